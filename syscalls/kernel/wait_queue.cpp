#include "syscalls/kernel/wait_queue.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <limits>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/times.h"

namespace lindvm {

SysResult WaitQueue::wait(Thread& thread, uint32_t seen, const Deadline* deadline) {
  int operation = FUTEX_WAIT_BITSET_PRIVATE;
  if (deadline && deadline->clock == CLOCK_REALTIME) operation |= FUTEX_CLOCK_REALTIME;
  const timespec* time = deadline ? &deadline->time : nullptr;
  SysResult result = blocking_call(thread, SYS_futex, &changes_, operation, seen, time, nullptr,
                                   static_cast<int64_t>(FUTEX_BITSET_MATCH_ANY));
  return result.error_number() == EAGAIN ? SysResult() : result;
}

void WaitQueue::wake_all() {
  changes_.fetch_add(1, std::memory_order_release);
  syscall(SYS_futex, &changes_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

SysResult deadline_after(const timespec& timeout, Deadline& deadline) {
  if (!is_valid(timeout)) return SysResult::error(EINVAL);
  timespec& end = deadline.time;
  clock_gettime(deadline.clock, &end);
  if (__builtin_add_overflow(end.tv_sec, timeout.tv_sec, &end.tv_sec))
    end.tv_sec = std::numeric_limits<time_t>::max() - 1;
  end.tv_nsec += timeout.tv_nsec;
  if (end.tv_nsec >= k_second) ++end.tv_sec, end.tv_nsec -= k_second;
  return SysResult();
}

}  // namespace lindvm
