#include "memory/os/guarded_call.h"

#include "memory/os/fault.h"

namespace lindvm {
namespace {

struct GuardedFrame {
  AbandonableCall call;
  HostRange first, second;
};

/// The guarded call that the thread is in; they do not nest.
[[gnu::tls_model("initial-exec")]] thread_local constinit GuardedFrame* t_frame = nullptr;

[[gnu::tls_model("initial-exec")]] thread_local constinit GuardedFault t_last_fault{};

}  // namespace

bool guarded_call(AbandonableCall::Function function, void* to, const void* from, size_t count,
                  HostRange first, HostRange second) {
  GuardedFrame frame{{}, first, second};
  t_frame = &frame;
  bool done = frame.call.run(function, to, from, count);
  t_frame = nullptr;
  return done;
}

bool recover_guarded_call(FaultContext& context) {
  GuardedFrame* frame = t_frame;
  if (!frame || !frame->call.is_running()) return false;
  if (!frame->first.contains(context.fault_address) && !frame->second.contains(context.fault_address))
    return false;
  t_last_fault = {context.fault_address, context.signal};
  frame->call.abandon(context);
  return true;
}

GuardedFault last_guarded_fault() { return t_last_fault; }

}  // namespace lindvm
