#include "memory/os/guarded_call.h"

#include <atomic>

#include "memory/os/fault.h"

namespace lindvm {
namespace {

/// The guarded call that a thread is in. `sp` is written by lindvm_guarded_call, first in the struct.
struct GuardedFrame {
  uintptr_t sp = 0;
  ByteRange first, second;
};

thread_local constinit GuardedFrame* t_frame = nullptr;

}  // namespace

// In assembly (guarded_call_x64.cpp, guarded_call_a64.cpp): saves the callee-saved registers, notes the stack
// pointer in *sp, calls, and returns 1. Going on at lindvm_guarded_call_abandoned with that stack pointer
// returns 0.
extern "C" {
uint32_t lindvm_guarded_call(void* to, const void* from, size_t count, GuardedFunction function,
                             uintptr_t* sp);
extern const char lindvm_guarded_call_abandoned[];
}

bool guarded_call(GuardedFunction function, void* to, const void* from, size_t count, ByteRange first,
                  ByteRange second) {
  GuardedFrame frame{0, first, second};
  t_frame = &frame;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  bool done = lindvm_guarded_call(to, from, count, function, &frame.sp) != 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  t_frame = nullptr;
  return done;
}

bool recover_guarded_call(FaultContext& context) {
  GuardedFrame* frame = t_frame;
  if (!frame || frame->sp == 0) return false;
  if (!frame->first.contains(context.fault_address) && !frame->second.contains(context.fault_address))
    return false;
  context.resume_at(reinterpret_cast<uintptr_t>(lindvm_guarded_call_abandoned), frame->sp);
  return true;
}

}  // namespace lindvm
