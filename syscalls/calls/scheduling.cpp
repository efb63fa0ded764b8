// Scheduling. A guest thread is a host thread: these ask and tell the host about the calling one. A guest can
// do what the host lets lind-vm's own threads do, as far as its own user, capabilities and limits allow it.
// The first process, which is the VM itself, can be asked about and not changed.

#include <linux/capability.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "syscalls/kernel/blocking.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr size_t k_mask_bytes = 1024;
constexpr uint32_t k_guest_word = 4;
constexpr uint32_t k_attributes_bytes = 48;
constexpr uint32_t k_page_bytes = 4096;
constexpr int32_t k_same_policy = -1;  ///< as no policy's number
constexpr int32_t k_deadline = 6;      ///< SCHED_DEADLINE
constexpr int32_t k_least_nice = -20, k_most_nice = 19;

/// struct sched_attr, whose first version has 48 bytes.
struct Attributes {
  uint32_t size;
  int32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
  uint32_t least_use, most_use;
};
constexpr uint64_t k_reset_on_fork = 0x01, k_keep_policy = 0x08, k_keep_parameters = 0x10;

/// ESRCH for a thread that is not in the process, nor the first process.
SysResult find_thread(Thread& thread, int32_t tid) {
  bool exists = tid == 0 || tid == Identity::k_init || thread.process().find_thread(tid);
  return exists ? SysResult() : SysResult::error(ESRCH);
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

/// Is (which, who) the first process?
bool is_init(int32_t kind, int32_t who) { return kind == PRIO_PROCESS && who == Identity::k_init; }

SysResult refuse_init(int32_t tid) { return tid == Identity::k_init ? SysResult::error(EPERM) : SysResult(); }

bool may_have_nice(const Identity& self, int32_t nice) {
  constexpr int32_t k_limit_of_zero = 20;  // RLIMIT_NICE counts from the other end
  auto wanted = static_cast<rlim_t>(k_limit_of_zero - nice);
  return wanted <= self.limits[RLIMIT_NICE].rlim_cur || self.may(CAP_SYS_NICE);
}

SysResult attributes_of_self(Attributes& now) {
  now = {};
  return host_call(SYS_sched_getattr, 0, &now, k_attributes_bytes, 0);
}

/// Is it a change that Linux wants CAP_SYS_NICE for?
bool needs_privilege(const Identity& self, const Attributes& now, const Attributes& wanted) {
  switch (wanted.policy) {
    case SCHED_OTHER:
    case SCHED_BATCH:
      if (wanted.nice < now.nice && !may_have_nice(self, wanted.nice)) return true;
      break;
    case SCHED_FIFO:
    case SCHED_RR: {
      rlim_t most = self.limits[RLIMIT_RTPRIO].rlim_cur;
      if (wanted.policy != now.policy && most == 0) return true;
      if (wanted.priority > now.priority && wanted.priority > most) return true;
      break;
    }
    case k_deadline:
      return true;
  }
  bool leaves_idle = now.policy == SCHED_IDLE && wanted.policy != SCHED_IDLE;
  if (leaves_idle && !may_have_nice(self, now.nice)) return true;
  return now.flags & k_reset_on_fork && !(wanted.flags & k_reset_on_fork);
}

/// Are policy and priority ones that go together? The host checks the rest.
SysResult check_attributes(const Attributes& wanted) {
  int64_t least = SYS_TRY(host_call(SYS_sched_get_priority_min, wanted.policy));
  int64_t most = SYS_TRY(host_call(SYS_sched_get_priority_max, wanted.policy));
  bool is_in_range = wanted.priority >= least && wanted.priority <= most;
  return is_in_range ? SysResult() : SysResult::error(EINVAL);
}

SysResult check_change(Thread& thread, int32_t tid, const Attributes& now, const Attributes& wanted) {
  SYS_TRY(check_attributes(wanted));
  SYS_TRY(refuse_init(tid));
  const Identity& self = thread.process().identity();
  bool is_refused = !self.may(CAP_SYS_NICE) && needs_privilege(self, now, wanted);
  return is_refused ? SysResult::error(EPERM) : SysResult();
}

/// sched_setscheduler and sched_setparam.
SysResult set_scheduler(Thread& thread, int32_t tid, int32_t policy, int32_t priority) {
  Attributes now;
  SYS_TRY(attributes_of_self(now));
  Attributes wanted = now;
  wanted.priority = static_cast<uint32_t>(priority);
  if (policy != k_same_policy) {
    wanted.policy = policy & ~SCHED_RESET_ON_FORK;
    wanted.flags = policy & SCHED_RESET_ON_FORK ? k_reset_on_fork : 0;
  }
  if (tid == Identity::k_init && policy == k_same_policy) wanted.policy = SCHED_OTHER;
  // Without its parameters no host takes that policy.
  if (wanted.policy != k_deadline || policy == k_same_policy) SYS_TRY(check_change(thread, tid, now, wanted));
  sched_param parameters{.sched_priority = priority};
  if (policy == k_same_policy) return host_call(SYS_sched_setparam, 0, &parameters);
  return host_call(SYS_sched_setscheduler, 0, policy, &parameters);
}

SysResult refuse_size(const Pointer& pointer) {
  SYS_TRY(pointer.write(uint32_t{sizeof(Attributes)}));
  return SysResult::error(E2BIG);
}

/// What follows the bytes that we know must be zero.
SysResult read_attributes(const Pointer& pointer, Attributes& attributes) {
  char all[k_page_bytes] = {};
  uint32_t bytes = 0;
  if (!pointer.read(bytes)) return SysResult::error(EFAULT);
  if (bytes == 0) bytes = k_attributes_bytes;
  if (bytes < k_attributes_bytes || bytes > k_page_bytes) return refuse_size(pointer);
  if (!pointer.read(all, bytes)) return SysResult::error(EFAULT);
  std::memcpy(&attributes, all, sizeof attributes);
  attributes.size = std::min<uint32_t>(bytes, sizeof attributes);
  bool is_known = std::all_of(all + attributes.size, all + bytes, [](char byte) { return byte == 0; });
  return is_known ? SysResult() : refuse_size(pointer);
}

/// Of the first process: as processes are at first.
SysResult write_init_attributes(const Pointer& pointer, uint32_t size) {
  Attributes attributes{};
  attributes.size = std::min<uint32_t>(size, sizeof attributes);
  return pointer.write(attributes, attributes.size);
}

/// Real-time classes take privilege whoever they are for.
bool may_have_io_class(Thread& thread, int32_t priority) {
  const Identity& self = thread.process().identity();
  bool is_real_time = IOPRIO_PRIO_CLASS(priority) == IOPRIO_CLASS_RT;
  return !is_real_time || self.may(CAP_SYS_ADMIN) || self.may(CAP_SYS_NICE);
}

}  // namespace

SysResult sys_sched_yield(Thread&) { return SysResult::of_host(sched_yield()); }

SysResult sys_sched_setscheduler(Thread& thread, const Scalar<int32_t>& pid,
                                 const Named<FlagSet::SchedulingPolicies>& policy,
                                 const Late<OptionalIn<int32_t>>& priority) {
  if (policy.value < 0 || pid.value < 0 || !priority.is_given) return SysResult::error(EINVAL);
  SYS_TRY(priority.check());
  SYS_TRY(find_thread(thread, pid.value));
  return set_scheduler(thread, pid.value, policy.value, priority.value);
}

SysResult sys_sched_getscheduler(Thread& thread, const Scalar<int32_t>& pid) {
  SYS_TRY(check_thread(thread, pid.value));
  if (pid.value == Identity::k_init) return SysResult(SCHED_OTHER);
  return host_call(SYS_sched_getscheduler, 0);
}

SysResult sys_sched_setparam(Thread& thread, const Scalar<int32_t>& pid,
                             const Late<OptionalIn<int32_t>>& priority) {
  if (!priority.is_given || pid.value < 0) return SysResult::error(EINVAL);
  SYS_TRY(priority.check());
  SYS_TRY(find_thread(thread, pid.value));
  return set_scheduler(thread, pid.value, k_same_policy, priority.value);
}

SysResult sys_sched_getparam(Thread& thread, const Scalar<int32_t>& pid, OptionalOut<int32_t>& priority) {
  if (!priority.is_wanted) return SysResult::error(EINVAL);
  SYS_TRY(check_thread(thread, pid.value));
  sched_param parameters{};
  if (pid.value != Identity::k_init) SYS_TRY(host_call(SYS_sched_getparam, 0, &parameters));
  return priority.put(parameters.sched_priority);
}

SysResult sys_sched_get_priority_max(Thread&, const Named<FlagSet::SchedulingPolicies>& policy) {
  return host_call(SYS_sched_get_priority_max, policy.value);
}
SysResult sys_sched_get_priority_min(Thread&, const Named<FlagSet::SchedulingPolicies>& policy) {
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
  alignas(8) std::byte bytes[k_mask_bytes] = {};
  if (!mask.read(bytes, std::min<size_t>(size.value, sizeof bytes))) return SysResult::error(EFAULT);
  SYS_TRY(find_thread(thread, pid.value));
  SYS_TRY(refuse_init(pid.value));
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
  if (attributes.is_null() || pid.value < 0 || flags.value != 0) return SysResult::error(EINVAL);
  Attributes now, wanted;
  SYS_TRY(read_attributes(attributes, wanted));
  if (wanted.policy < 0) return SysResult::error(EINVAL);
  SYS_TRY(find_thread(thread, pid.value));
  SYS_TRY(attributes_of_self(now));
  Attributes effective = wanted;
  if (wanted.flags & k_keep_policy) effective.policy = now.policy;
  if (wanted.flags & k_keep_parameters) effective.nice = now.nice, effective.priority = now.priority;
  effective.nice = std::clamp(effective.nice, k_least_nice, k_most_nice);
  SYS_TRY(check_change(thread, pid.value, now, effective));
  return host_call(SYS_sched_setattr, 0, &wanted, 0);
}

SysResult sys_sched_getattr(Thread& thread, const Scalar<int32_t>& pid, const Pointer& attributes,
                            const Scalar<uint32_t>& size, const Scalar<uint32_t>& flags) {
  SYS_TRY(check_thread(thread, pid.value));
  if (attributes.value == 0 || size.value < k_attributes_bytes) return SysResult::error(EINVAL);
  if (pid.value == Identity::k_init && size.value <= k_page_bytes && flags.value == 0)
    return write_init_attributes(attributes, size.value);
  return host_call(SYS_sched_getattr, 0, attributes.host(), size.value, flags.value);
}

SysResult sys_getpriority(Thread& thread, const Named<FlagSet::PriorityWhich>& which,
                          const Scalar<int32_t>& who) {
  if (which.value < PRIO_PROCESS || which.value > PRIO_USER) return SysResult::error(EINVAL);
  if (is_init(which.value, who.value)) return SysResult(1 + k_most_nice);  // 0, as the call answers it
  if (!is_self(thread, which.value, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_getpriority, PRIO_PROCESS, 0);
}

SysResult sys_setpriority(Thread& thread, const Named<FlagSet::PriorityWhich>& which,
                          const Scalar<int32_t>& who, const Scalar<int32_t>& nice) {
  if (which.value < PRIO_PROCESS || which.value > PRIO_USER) return SysResult::error(EINVAL);
  if (is_init(which.value, who.value)) return SysResult::error(EPERM);
  if (!is_self(thread, which.value, who.value)) return SysResult::error(ESRCH);
  int32_t wanted = std::clamp(nice.value, k_least_nice, k_most_nice);
  Attributes now;
  SYS_TRY(attributes_of_self(now));
  bool is_allowed = wanted >= now.nice || may_have_nice(thread.process().identity(), wanted);
  if (!is_allowed) return SysResult::error(EACCES);
  return host_call(SYS_setpriority, PRIO_PROCESS, 0, wanted);
}

SysResult sys_ioprio_get(Thread& thread, const Named<FlagSet::IoPriorityWhich>& which,
                         const Scalar<int32_t>& who) {
  if (which.value < 1 || which.value > 3) return SysResult::error(EINVAL);
  constexpr int32_t k_at_first = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, IOPRIO_BE_NORM);
  if (is_init(which.value - 1, who.value)) return SysResult(k_at_first);
  if (!is_self(thread, which.value - 1, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_ioprio_get, 1, 0);
}

SysResult sys_ioprio_set(Thread& thread, const Named<FlagSet::IoPriorityWhich>& which,
                         const Scalar<int32_t>& who, const Scalar<int32_t>& priority) {
  if (!may_have_io_class(thread, priority.value)) return SysResult::error(EPERM);
  if (which.value < 1 || which.value > 3) return SysResult::error(EINVAL);
  if (is_init(which.value - 1, who.value)) return SysResult::error(EPERM);
  if (!is_self(thread, which.value - 1, who.value)) return SysResult::error(ESRCH);
  return host_call(SYS_ioprio_set, 1, 0, priority.value);
}

}  // namespace lindvm
