// Threaded dispatch by computed goto (labels as values): all handlers are blocks of one function, the
// registers its local variables.

#include "vm/interp/dispatcher.h"

#if !LINDVM_TAIL_DISPATCH

#include "vm/interp/bodies_instance.h"
#include "vm/interp/dispatch.h"
#include "vm/interp/handlers.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/kind_lists.h"

namespace lindvm {

const char* dispatcher_name() { return "goto"; }

namespace interp {

namespace {

struct Labels {
  const void* const* handlers;
  const void* exit;
};

/// Runs from `start`; without it, tells the labels' addresses.
[[gnu::noinline]] Labels run(const Registers* start) {
  static const void* const labels[] = {
#define LINDVM_HANDLER(name, ...) &&label_##name,
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER
  };
  if (start == nullptr) return {labels, &&label_exit};
  Registers r = *start;
  goto* const_cast<void*>(r.ip->handler);

#define LINDVM_HANDLER(name, ...) \
  label_##name : { __VA_ARGS__; } \
  goto* const_cast<void*>(r.ip->handler);
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER

label_exit:
  record_leave(r);
  return {};
}

}  // namespace

const void* handler_address(uint32_t id) {
  static const Labels labels = run(nullptr);
  return labels.handlers[id];
}
const void* exit_handler_address() { return run(nullptr).exit; }

void execute(const Registers& start) { run(&start); }

}  // namespace interp
}  // namespace lindvm

#endif
