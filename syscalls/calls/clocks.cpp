// Clocks, sleeping, timers. Clocks are the host's; the wall clock cannot be set.

#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

#include <limits>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/times.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

bool is_valid_timer(const itimerspec& timer) {
  return is_valid(timer.it_value) && is_valid(timer.it_interval);
}

/// The host's clock for a guest's. Negative ones are processor time of a process or thread by number: only
/// the process's own are known. False: EINVAL.
bool to_host_clock(Thread& thread, int32_t clock, clockid_t& host) {
  constexpr int32_t k_kind = 7, k_of_thread = 4, k_of_descriptor = 3;
  host = clock;
  if (clock >= 0) return true;
  if ((clock & k_kind & ~k_of_thread) == k_of_descriptor) return false;
  int32_t number = ~(clock >> 3);
  bool is_thread = clock & k_of_thread;
  int32_t own = is_thread ? thread.tid() : thread.process().identity().pid;
  host = static_cast<clockid_t>(~uint32_t{0} << 3) | (clock & k_kind);
  return number == 0 || number == own;
}

/// Of a device: there are none that guests may open.
bool is_descriptor_clock(int32_t clock) {
  constexpr int32_t k_kind = 7, k_of_descriptor = 3;
  return clock < 0 && (clock & k_kind) == k_of_descriptor;
}

bool is_alarm_clock(int32_t clock) { return clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM; }

/// Alarms wake the machine, which takes a device for it and, as opposed to the VM, the guest's privilege.
SysResult check_alarm(Thread& thread, int32_t clock) {
  timespec now;
  if (!is_alarm_clock(clock)) return SysResult();
  if (clock_gettime(clock, &now) != 0) return SysResult::error(EOPNOTSUPP);
  return thread.process().identity().may(CAP_WAKE_ALARM) ? SysResult() : SysResult::error(EPERM);
}

/// a + b, or the last moment there is.
timespec add(const timespec& a, const timespec& b) {
  timespec sum{0, a.tv_nsec + b.tv_nsec};
  if (__builtin_add_overflow(a.tv_sec, b.tv_sec, &sum.tv_sec) ||
      sum.tv_sec > std::numeric_limits<time_t>::max() / 2) {
    return {std::numeric_limits<time_t>::max() / 2, 0};
  }
  if (sum.tv_nsec >= k_second) ++sum.tv_sec, sum.tv_nsec -= k_second;
  return sum;
}

/// The wall clock may be set meanwhile; how long a sleep takes does not depend on it.
clockid_t clock_for_duration(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_TAI ? CLOCK_MONOTONIC : clock;
}

int host_timer_fd(const Fd& fd) { return fd.file->host_fd(); }

}  // namespace

SysResult sys_clock_gettime64(Thread& thread, const ClockNumber& clock, Out<timespec>& time) {
  clockid_t host;
  if (!to_host_clock(thread, clock.value, host)) return SysResult::error(EINVAL);
  timespec now;
  if (clock_gettime(host, &now) != 0) return SysResult::of_host(-1);
  return time.put(now);
}

SysResult sys_clock_getres_time64(Thread& thread, const ClockNumber& clock,
                                  OptionalOut<timespec>& resolution) {
  clockid_t host;
  if (!to_host_clock(thread, clock.value, host)) return SysResult::error(EINVAL);
  timespec step;
  if (clock_getres(host, &step) != 0) return SysResult::of_host(-1);
  return resolution.put(step);
}

SysResult sys_clock_settime64(Thread& thread, const ClockNumber& clock, const Late<In<timespec>>& time) {
  clockid_t host;
  bool is_known =
      clock.value == CLOCK_REALTIME || (clock.value < 0 && to_host_clock(thread, clock.value, host));
  if (!is_known) return SysResult::error(EINVAL);
  SYS_TRY(time.check());
  if (clock.value < 0) return SysResult::error(EPERM);
  return SysResult::error(is_valid(time.value) ? EPERM : EINVAL);
}

/// Reading is allowed. The structure has 64-bit fields everywhere.
SysResult sys_clock_adjtime64(Thread&, const ClockNumber& clock, const Pointer& pointer) {
  timex adjustment{};
  if (!pointer.read(adjustment)) return SysResult::error(EFAULT);
  if (clock.value != CLOCK_REALTIME)
    return SysResult::error(clock.value < 0 || clock.value > 11 ? EINVAL : EOPNOTSUPP);
  if (adjustment.modes != 0) return SysResult::error(EPERM);
  int64_t state = SYS_TRY(SysResult::of_host(clock_adjtime(clock.value, &adjustment)));
  SYS_TRY(pointer.write(adjustment));
  return SysResult(state);
}

SysResult sys_clock_nanosleep_time64(Thread& thread, const ClockNumber& clock,
                                     const Flags<FlagSet::TimerFlags>& flags,
                                     const Late<In<timespec>>& request, OptionalOut<timespec>& remain) {
  clockid_t host;
  if (is_descriptor_clock(clock.value)) return SysResult::error(EOPNOTSUPP);
  if (!to_host_clock(thread, clock.value, host)) return SysResult::error(EINVAL);
  timespec now;
  if (!is_alarm_clock(host) && clock_gettime(host, &now) != 0) return SysResult::of_host(-1);
  SYS_TRY(request.check());
  if (!is_valid(request.value)) return SysResult::error(EINVAL);
  SYS_TRY(check_alarm(thread, host));
  bool is_absolute = flags.has(flag::TimerFlags_TIMER_ABSTIME);
  timespec deadline = request.value;
  if (!is_absolute) {
    host = clock_for_duration(host);
    clock_gettime(host, &now);
    deadline = add(now, request.value);
  }
  SysResult result = blocking_call(thread, SYS_clock_nanosleep, host, TIMER_ABSTIME, &deadline, nullptr);
  if (is_absolute) return result;
  if (result.raw() == -EINTR) {
    clock_gettime(host, &now);
    SYS_TRY(remain.put(left_until(deadline, now)));
  }
  return never_again(thread, result);
}

SysResult sys_getitimer(Thread& thread, const Named<FlagSet::TimerWhich>& which, Out<itimerval>& value) {
  itimerval now{};
  SYS_TRY(thread.process().timers().interval_timer(which.value, nullptr, now));
  return value.put(now);
}

/// Without a value Linux stops the timer.
SysResult sys_setitimer(Thread& thread, const Named<FlagSet::TimerWhich>& which,
                        const OptionalIn<itimerval>& value, OptionalOut<itimerval>& old) {
  itimerval before{};
  SYS_TRY(thread.process().timers().interval_timer(which.value, &value.value, before));
  return old.put(before);
}

SysResult sys_timer_create(Thread& thread, const ClockNumber& clock, const OptionalIn<TimerEvent>& event,
                           Out<int32_t>& timer) {
  clockid_t host;
  if (!to_host_clock(thread, clock.value, host)) return SysResult::error(EINVAL);
  TimerEvent wanted;
  if (event.is_given) {
    wanted = event.value;
    constexpr int k_thread_id = SIGEV_SIGNAL | SIGEV_THREAD_ID;
    bool is_known =
        wanted.notify == SIGEV_NONE || wanted.notify == SIGEV_SIGNAL || wanted.notify == k_thread_id;
    if (!is_known) return SysResult::error(EINVAL);
    if (wanted.notify != SIGEV_NONE && !is_signal(wanted.number)) return SysResult::error(EINVAL);
    if (wanted.notify == k_thread_id && !thread.process().find_thread(wanted.tid))
      return SysResult::error(EINVAL);
  }
  SYS_TRY(check_alarm(thread, host));
  int64_t id = SYS_TRY(thread.process().timers().create(host, wanted));
  SysResult put = timer.put(static_cast<int32_t>(id));
  if (!put.ok()) (void)thread.process().timers().remove(static_cast<uint32_t>(id));
  return put;
}

SysResult sys_timer_settime64(Thread& thread, const Scalar<uint32_t>& timer,
                              const Flags<FlagSet::TimerFlags>& flags, const OptionalIn<itimerspec>& value,
                              OptionalOut<itimerspec>& old) {
  if (!value.is_given || !is_valid_timer(value.value)) return SysResult::error(EINVAL);
  itimerspec before{};
  int how = flags.has(flag::TimerFlags_TIMER_ABSTIME) ? TIMER_ABSTIME : 0;
  SYS_TRY(thread.process().timers().set(timer.value, how, value.value, before));
  return old.put(before);
}

SysResult sys_timer_gettime64(Thread& thread, const Scalar<uint32_t>& timer, Out<itimerspec>& value) {
  itimerspec now{};
  SYS_TRY(thread.process().timers().get(timer.value, now));
  return value.put(now);
}

SysResult sys_timer_getoverrun(Thread& thread, const Scalar<uint32_t>& timer) {
  return thread.process().timers().overrun(timer.value);
}

SysResult sys_timer_delete(Thread& thread, const Scalar<uint32_t>& timer) {
  return thread.process().timers().remove(timer.value);
}

SysResult sys_timerfd_create(Thread& thread, const ClockNumber& clock,
                             const Flags<FlagSet::NewFdFlags>& flags) {
  if (flags.bits & ~flags.k_known) return SysResult::error(EINVAL);
  bool may_wake = thread.process().identity().may(CAP_WAKE_ALARM);
  if (is_alarm_clock(clock.value) && !may_wake) return SysResult::error(EPERM);
  int nonblock = flags.has(flag::NewFdFlags_NONBLOCK) ? TFD_NONBLOCK : 0;
  int64_t fd = SYS_TRY(SysResult::of_host(timerfd_create(clock.value, TFD_CLOEXEC | nonblock)));
  return thread.process().fds().add({.file = std::make_shared<HostFile>(OwnedFd(static_cast<int>(fd))),
                                     .closes_on_exec = flags.has(flag::NewFdFlags_CLOEXEC)});
}

SysResult sys_timerfd_settime64(Thread&, const Fd& fd, const Flags<FlagSet::TimerFlags>& flags,
                                const In<itimerspec>& value, OptionalOut<itimerspec>& old) {
  itimerspec before{};
  SYS_TRY(SysResult::of_host(
      timerfd_settime(host_timer_fd(fd), static_cast<int>(flags.bits), &value.value, &before)));
  return old.put(before);
}

SysResult sys_timerfd_gettime64(Thread&, const Fd& fd, Out<itimerspec>& value) {
  itimerspec now{};
  SYS_TRY(SysResult::of_host(timerfd_gettime(host_timer_fd(fd), &now)));
  return value.put(now);
}

}  // namespace lindvm
