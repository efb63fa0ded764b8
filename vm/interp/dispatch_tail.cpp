// Threaded dispatch by guaranteed tail calls: every handler is a function that ends in a jump to the next
// one, with the registers as arguments. Needs clang's musttail and preserve_none.

#include "vm/interp/dispatcher.h"

#if LINDVM_TAIL_DISPATCH

#include "vm/interp/bodies_instance.h"
#include "vm/interp/dispatch.h"
#include "vm/interp/handlers.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/kind_lists.h"

namespace lindvm {

const char* dispatcher_name() { return "tail"; }

namespace interp {

namespace {

#define LINDVM_PARAMETERS                                                                         \
  const Instr *ip, uint64_t *fp, InstanceContext *ctx, std::byte *mem, uint64_t acc, uint64_t r0, \
      uint64_t r1, uint64_t r2, double fa, double f0, double f1, float ga, float g0, float g1
#define LINDVM_ARGUMENTS(r) \
  r.ip, r.fp, r.ctx, r.mem, r.acc, r.r0, r.r1, r.r2, r.fa, r.f0, r.f1, r.ga, r.g0, r.g1

using Handler = __attribute__((preserve_none)) void (*)(LINDVM_PARAMETERS);

Handler handler_of(const Instr* ip) { return reinterpret_cast<Handler>(const_cast<void*>(ip->handler)); }

#define LINDVM_HANDLER(name, ...)                                           \
  __attribute__((preserve_none)) void handle_##name(LINDVM_PARAMETERS) {    \
    Registers r{ip, fp, ctx, mem, acc, r0, r1, r2, fa, f0, f1, ga, g0, g1}; \
    __VA_ARGS__;                                                            \
    [[clang::musttail]] return handler_of(r.ip)(LINDVM_ARGUMENTS(r));       \
  }
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER

__attribute__((preserve_none)) void handle_exit(LINDVM_PARAMETERS) {
  record_leave({ip, fp, ctx, mem, acc, r0, r1, r2, fa, f0, f1, ga, g0, g1});
}

constexpr Handler k_handlers[] = {
#define LINDVM_HANDLER(name, ...) handle_##name,
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER
};

}  // namespace

const void* handler_address(uint32_t id) { return reinterpret_cast<const void*>(k_handlers[id]); }
const void* exit_handler_address() { return reinterpret_cast<const void*>(&handle_exit); }

void execute(const Registers& r) { handler_of(r.ip)(LINDVM_ARGUMENTS(r)); }

}  // namespace interp
}  // namespace lindvm

#endif
