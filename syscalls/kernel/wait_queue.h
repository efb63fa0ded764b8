#pragma once
// Where guest threads wait for something that happens in the VM: a change counter that they sleep on. Whoever
// waits reads the counter, looks whether there is anything to wait for, and sleeps until the counter differs,
// so no change is missed. Part of the kernel object that is waited for; any thread.

#include <atomic>
#include <cstdint>
#include <ctime>

#include "syscalls/kernel/thread.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// A time of CLOCK_MONOTONIC or CLOCK_REALTIME.
struct Deadline {
  clockid_t clock = CLOCK_MONOTONIC;
  timespec time{};
};

class WaitQueue {
 public:
  uint32_t changes() const { return changes_.load(std::memory_order_acquire); }
  /// Until the counter is not `seen`: EINTR, ETIMEDOUT (null: none). May end early for no reason.
  SysResult wait(Thread& thread, uint32_t seen, const Deadline* deadline);
  /// Something has changed: everyone looks again.
  void wake_all();

 private:
  std::atomic<uint32_t> changes_{0};
};

/// In `timeout` from now; EINVAL if that is no time.
SysResult deadline_after(const timespec& timeout, Deadline& deadline);

}  // namespace lindvm
