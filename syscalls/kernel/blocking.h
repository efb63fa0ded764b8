#pragma once
// How the kernel blocks for a guest: host calls that end when the guest thread must leave for a safepoint,
// because it is to stop or has a signal to handle. Whoever makes a thread leave kicks it, and no kick is lost
// (memory/os/interrupt.h). Every host call that may block for long goes through here. On the guest thread's
// own host thread.

#include <cerrno>
#include <cstdint>
#include <type_traits>

#include "memory/os/interrupt.h"
#include "memory/os/raw_syscall.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// A call that answered EINTR: made again until the guest thread must leave.
[[gnu::cold]] SysResult after_interruption(Thread& thread, long number, const uint64_t (&words)[6]);

/// The host's system call for the thread: the kernel's answer, or EINTR once the guest thread must leave.
/// Kicks that turn out to be for nothing do not end it.
[[gnu::always_inline]] inline SysResult blocking_call_words(Thread& thread, long number,
                                                            const uint64_t (&words)[6]) {
  int64_t result = interruptible_syscall(thread.context().kicks(), number, words[0], words[1], words[2],
                                         words[3], words[4], words[5]);
  if (result == -EINTR) [[unlikely]]
    return after_interruption(thread, number, words);
  return SysResult(result);
}
/// A call that a signal ended must not be made again: it has a timeout that began, or is one that never is
/// (nanosleep, poll, select, epoll, sigsuspend, System V queues and semaphores). Otherwise SA_RESTART makes
/// it again.
SysResult never_again(Thread& thread, SysResult result);

/// A mask of signals for the time of one call that waits (sigsuspend, ppoll, pselect, epoll_pwait).
class TemporaryMask {
 public:
  /// Nothing if `mask` is null.
  TemporaryMask(Thread& thread, const SignalSet* mask);
  /// With what the call answers: after EINTR the old mask comes back when the signal has been handled, else
  /// now.
  SysResult finish(SysResult result);

 private:
  Thread& thread_;
};

/// Ends for nothing.
[[gnu::always_inline]] inline SysResult plain_call_words(long number, const uint64_t (&words)[6]) {
  return SysResult(raw_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]));
}

/// A machine word of the host's call: pointers to host memory or translated guest memory, and numbers.
template <class T>
uint64_t call_word(T value) {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<uint64_t>(value);
  } else if constexpr (std::is_null_pointer_v<T>) {
    return 0;
  } else {
    return static_cast<uint64_t>(static_cast<int64_t>(value));
  }
}

template <class... Args>
[[gnu::always_inline]] inline SysResult blocking_call(Thread& thread, long number, Args... args) {
  static_assert(sizeof...(Args) <= 6);
  return blocking_call_words(thread, number, {call_word(args)...});
}

/// The same for whoever runs on behalf of the calling host thread's guest thread (Thread::current); without
/// one, a plain system call.
template <class... Args>
[[gnu::always_inline]] inline SysResult blocking_call(long number, Args... args) {
  static_assert(sizeof...(Args) <= 6);
  const uint64_t words[6] = {call_word(args)...};
  if (Thread* thread = Thread::current()) return blocking_call_words(*thread, number, words);
  return plain_call_words(number, words);
}

}  // namespace lindvm
