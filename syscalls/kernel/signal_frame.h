#pragma once
// What a handler finds on the guest's stack in linear memory, as Linux would put it there: siginfo and
// ucontext below the interrupted code's stack pointer or on the alternate stack. On the guest thread's own
// host thread.

#include <cstdint>

#include "syscalls/kernel/signals.h"
#include "syscalls/kernel/thread.h"

namespace lindvm {

/// The stack pointer of the program that the thread runs.
uint32_t& guest_stack_pointer(Thread& thread);

/// Writes the frame of one delivery, lowers the stack pointer to it and prepares the call of the handler.
/// `restored` is the mask that the handler's return brings back. False if the stack is not accessible.
bool push_signal_frame(Thread& thread, const SignalInfo& info, const SignalAction& action, SignalSet restored,
                       InjectedCall& call);

/// Undoes it when the handler returns: stack pointer and mask, which the handler may have changed in the
/// ucontext.
void pop_signal_frame(Thread& thread, std::span<const uint64_t> kept);

/// Words of InjectedCall::kept.
enum KeptWord : int { k_kept_frame, k_kept_stack_pointer, k_kept_trap, k_kept_is_call, k_kept_call };

}  // namespace lindvm
