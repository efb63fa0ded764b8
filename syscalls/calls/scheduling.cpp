// Scheduling. A guest thread is a host thread: these ask and tell the host about the calling one; a guest can
// do what the host lets lind-vm's own threads do.

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "syscalls/kernel/blocking.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr size_t k_mask_bytes = 1024;
constexpr uint32_t k_guest_word = 4;
constexpr uint32_t k_attributes_bytes = 48;

/// ESRCH for a thread that is not in the process.
SysResult find_thread(Thread& thread, int32_t tid) {
  return tid == 0 || thread.process().find_thread(tid) ? SysResult() : SysResult::error(ESRCH);
}

/// For calls that answer EINVAL to negative numbers.
SysResult check_thread(Thread& thread, int32_t tid) {
  return tid < 0 ? SysResult::error(EINVAL) : find_thread(thread, tid);
}

template <class... Args>
SysResult host_call(long number, Args... args) {
  const uint64_t words[6] = {call_word(args)...};
  return plain_call_words(number, words);
}

/// Is (which, who) of getpriority or ioprio_get the process itself? Their kinds differ by one.
bool is_self(Thread& thread, int32_t kind, int32_t who) {
  const Identity& self = thread.process().identity();
  switch (kind) {
    case PRIO_PROCESS:
      return who == 0 || thread.process().find_thread(who);
    case PRIO_PGRP:
      return who == 0 || who == self.group;
    case PRIO_USER:
      return who == 0 || static_cast<uint32_t>(who) == self.user.real;
  }
  return false;
}

}  // namespace

SysResult sys_sched_yield(Thread&) { return SysResult::of_host(sched_yield()); }

SysResult sys_sched_setscheduler(Thread& thread, const Scalar<int32_t>& pid, const Scalar<int32_t>& policy,
                                 const OptionalIn<int32_t>& priority) {
  if (policy.value < 0 || !priority.is_given) return SysResult::error(EINVAL);
  SYS_TRY(check_thread(thread, pid.value));
  sched_param parameters{.sched_priority = priority.value};
  return host_call(SYS_sched_setscheduler, 0, policy.value, &parameters);
}

SysResult sys_sched_getscheduler(Thread& thread, const Scalar<int32_t>& pid) {
  SYS_TRY(check_thread(thread, pid.value));
  return host_call(SYS_sched_getscheduler, 0);
}

SysResult sys_sched_setparam(Thread& thread, const Scalar<int32_t>& pid,
                             const OptionalIn<int32_t>& priority) {
  if (!priority.is_given) return SysResult::error(EINVAL);
  SYS_TRY(check_thread(thread, pid.value));
  sched_param parameters{.sched_priority = priority.value};
  return host_call(SYS_sched_setparam, 0, &parameters);
}

SysResult sys_sched_getparam(Thread& thread, const Scalar<int32_t>& pid, OptionalOut<int32_t>& priority) {
  if (!priority.is_wanted) return SysResult::error(EINVAL);
  SYS_TRY(check_thread(thread, pid.value));
  sched_param parameters{};
  SYS_TRY(host_call(SYS_sched_getparam, 0, &parameters));
  return priority.put(parameters.sched_priority);
}

SysResult sys_sched_get_priority_max(Thread&, const Scalar<int32_t>& policy) {
  return host_call(SYS_sched_get_priority_max, policy.value);
}
SysResult sys_sched_get_priority_min(Thread&, const Scalar<int32_t>& policy) {
  return host_call(SYS_sched_get_priority_min, policy.value);
}

SysResult sys_sched_rr_get_interval_time64(Thread& thread, const Scalar<int32_t>& pid,
                                           Out<timespec>& interval) {
  SYS_TRY(check_thread(thread, pid.value));
  timespec host{};
  SYS_TRY(host_call(SYS_sched_rr_get_interval, 0, &host));
  return interval.put(host);
}

SysResult sys_sched_setaffinity(Thread& thread, const Scalar<int32_t>& pid, const Scalar<uint32_t>& size,
                                const Pointer& mask) {
  SYS_TRY(find_thread(thread, pid.value));
  alignas(8) std::byte bytes[k_mask_bytes] = {};
  if (!mask.read(bytes, std::min<size_t>(size.value, sizeof bytes))) return SysResult::error(EFAULT);
  return host_call(SYS_sched_setaffinity, 0, sizeof bytes, bytes);
}

SysResult sys_sched_getaffinity(Thread& thread, const Scalar<int32_t>& pid, const Scalar<uint32_t>& size,
                                const Pointer& mask) {
  if (size.value % k_guest_word != 0) return SysResult::error(EINVAL);
  SYS_TRY(find_thread(thread, pid.value));
  alignas(8) std::byte bytes[k_mask_bytes] = {};
  auto used = static_cast<size_t>(SYS_TRY(host_call(SYS_sched_getaffinity, 0, sizeof bytes, bytes)));
  bool fits = std::all_of(bytes + std::min<size_t>(size.value, used), bytes + used,
                          [](std::byte byte) { return byte == std::byte{0}; });
  if (!fits || size.value == 0) return SysResult::error(EINVAL);
  used = std::min<size_t>(used, size.value);
  SYS_TRY(mask.write(bytes, used));
  return SysResult(static_cast<int64_t>(used));
}

SysResult sys_sched_setattr(Thread& thread, const Scalar<int32_t>& pid, const Pointer& attributes,
                            const Scalar<uint32_t>& flags) {
  SYS_TRY(check_thread(thread, pid.value));
  if (attributes.value == 0) return SysResult::error(EINVAL);
  return host_call(SYS_sched_setattr, 0, attributes.host(), flags.value);
}

SysResult sys_sched_getattr(Thread& thread, const Scalar<int32_t>& pid, const Pointer& attributes,
                            const Scalar<uint32_t>& size, const Scalar<uint32_t>& flags) {
  SYS_TRY(check_thread(thread, pid.value));
  if (attributes.value == 0 || size.value < k_attributes_bytes) return SysResult::error(EINVAL);
  return host_call(SYS_sched_getattr, 0, attributes.host(), size.value, flags.value);
}

SysResult sys_getpriority(Thread& thread, const Scalar<int32_t>& which, const Scalar<int32_t>& who) {
  if (which.value < PRIO_PROCESS || which.value > PRIO_USER) return SysResult::error(EINVAL);
  if (!is_self(thread, which.value, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_getpriority, PRIO_PROCESS, 0);
}

SysResult sys_setpriority(Thread& thread, const Scalar<int32_t>& which, const Scalar<int32_t>& who,
                          const Scalar<int32_t>& nice) {
  if (which.value < PRIO_PROCESS || which.value > PRIO_USER) return SysResult::error(EINVAL);
  if (!is_self(thread, which.value, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_setpriority, PRIO_PROCESS, 0, nice.value);
}

SysResult sys_ioprio_get(Thread& thread, const Scalar<int32_t>& which, const Scalar<int32_t>& who) {
  if (which.value < 1 || which.value > 3) return SysResult::error(EINVAL);
  if (!is_self(thread, which.value - 1, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_ioprio_get, 1, 0);
}

SysResult sys_ioprio_set(Thread& thread, const Scalar<int32_t>& which, const Scalar<int32_t>& who,
                         const Scalar<int32_t>& priority) {
  if (which.value < 1 || which.value > 3) return SysResult::error(EINVAL);
  if (!is_self(thread, which.value - 1, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_ioprio_set, 1, 0, priority.value);
}

}  // namespace lindvm
