#include "memory/os/abandonable_call.h"

#include <atomic>

#include "memory/os/fault.h"

// In assembly (abandonable_call_x64.cpp, abandonable_call_a64.cpp): saves the callee-saved registers, notes
// the stack pointer in *sp, calls, and returns 1. Going on at lindvm_call_abandoned with that stack pointer
// returns 0.
extern "C" {
uint32_t lindvm_abandonable_call(void* a, const void* b, size_t c, lindvm::AbandonableCall::Function function,
                                 volatile uintptr_t* sp);
extern const char lindvm_call_abandoned[];
// Of AddressSanitizer: forgets what it knows about the frames that were left.
[[gnu::weak]] void __asan_handle_no_return();
}

namespace lindvm {

bool AbandonableCall::run(Function function, void* a, const void* b, size_t c) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  bool done = lindvm_abandonable_call(a, b, c, function, &sp_) != 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  sp_ = 0;
  if (!done && __asan_handle_no_return) __asan_handle_no_return();
  return done;
}

void AbandonableCall::abandon(FaultContext& context) const {
  context.resume_at(reinterpret_cast<uintptr_t>(lindvm_call_abandoned), sp_);
}

}  // namespace lindvm
