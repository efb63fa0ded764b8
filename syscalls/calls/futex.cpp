// futex: the host's, on translated addresses, so that it works between guest threads and, in shared mappings,
// between processes. Priority inheritance would need host thread numbers in guest memory and is not offered
// (ENOSYS).

#include <linux/futex.h>
#include <sys/syscall.h>

#include <ctime>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/times.h"
#include "syscalls/linux/layout_process.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

struct FutexCall {
  int command;
  int flags;  ///< FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME
  std::byte* address;
  uint32_t value;
};

/// The moment up to which a wait lasts: FUTEX_WAIT takes a duration, FUTEX_WAIT_BITSET a moment.
SysResult read_deadline(const FutexCall& call, const Pointer& timeout, timespec& deadline) {
  linux_abi::Timespec guest;
  if (!timeout.read(guest)) return SysResult::error(EFAULT);
  deadline = Layout<linux_abi::Abi, timespec>::from_guest(guest);
  if (!is_valid(deadline)) return SysResult::error(EINVAL);
  if (call.command == FUTEX_WAIT_BITSET) return SysResult();
  timespec begin = now(call.flags & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC);
  if (__builtin_add_overflow(deadline.tv_sec, begin.tv_sec, &deadline.tv_sec))
    return SysResult::error(EINVAL);
  deadline.tv_nsec += begin.tv_nsec;
  if (deadline.tv_nsec >= k_second) ++deadline.tv_sec, deadline.tv_nsec -= k_second;
  return SysResult();
}

/// As a wait for a moment, which a call made again does not prolong.
SysResult wait(Thread& thread, const FutexCall& call, const Pointer& timeout, uint32_t bits) {
  timespec deadline{};
  if (timeout.value) SYS_TRY(read_deadline(call, timeout, deadline));
  SysResult result = blocking_call(thread, SYS_futex, call.address, FUTEX_WAIT_BITSET | call.flags,
                                   call.value, timeout.value ? &deadline : nullptr, nullptr, bits);
  return timeout.value ? never_again(thread, result) : result;
}

}  // namespace

SysResult sys_futex_time64(Thread& thread, const Pointer& address, const FutexOperation& operation,
                           const Scalar<uint32_t>& value, const Pointer& timeout, const Pointer& address2,
                           const Scalar<uint32_t>& value3) {
  FutexCall call{operation.value & FUTEX_CMD_MASK, operation.value & ~FUTEX_CMD_MASK, address.host(),
                 value.value};
  uint64_t second_value = timeout.value;
  const int host_operation = operation.value;
  switch (call.command) {
    case FUTEX_WAIT:
      if (call.flags & FUTEX_CLOCK_REALTIME) return SysResult::error(ENOSYS);
      return wait(thread, call, timeout, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET:
      return wait(thread, call, timeout, value3.value);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP: {
      const uint64_t words[6] = {call_word(call.address),
                                 call_word(host_operation),
                                 value.value,
                                 second_value,
                                 call_word(address2.host()),
                                 value3.value};
      return plain_call_words(SYS_futex, words);
    }
  }
  return SysResult::error(ENOSYS);
}

}  // namespace lindvm
