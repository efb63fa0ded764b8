#include "syscalls/kernel/timers.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <iterator>

#include "syscalls/kernel/host_signals.h"
#include "syscalls/kernel/process.h"

namespace lindvm {
namespace {

/// Numbers of the interval timers in the table of timers, and what they are made of.
struct IntervalTimer {
  uint32_t id;
  clockid_t clock;
  int signal;
};
constexpr IntervalTimer k_interval_timers[] = {
    {0x1000'0000, CLOCK_MONOTONIC, SIGALRM},
    {0x1000'0001, CLOCK_PROCESS_CPUTIME_ID, SIGVTALRM},
    {0x1000'0002, CLOCK_PROCESS_CPUTIME_ID, SIGPROF},
};
constexpr int k_kernel_code = 0x80;  // SI_KERNEL

timespec to_timespec(const timeval& time) { return {time.tv_sec, time.tv_usec * 1000}; }
/// Rounded up, so that a running timer never shows as stopped.
timeval to_timeval(const timespec& time) {
  timeval result{time.tv_sec, (time.tv_nsec + 999) / 1000};
  if (result.tv_usec == 1'000'000) ++result.tv_sec, result.tv_usec = 0;
  return result;
}
bool is_valid(const timeval& time) {
  return time.tv_sec >= 0 && time.tv_usec >= 0 && time.tv_usec < 1'000'000;
}

}  // namespace

Timers::~Timers() {
  for (auto& [id, timer] : timers_) timer_delete(timer.host);
}

Timers::Timer* Timers::find(uint32_t id) {
  auto found = timers_.find(id);
  return found == timers_.end() ? nullptr : &found->second;
}

int Timers::service_for(const TimerEvent& event) {
  return event.notify == SIGEV_NONE ? 0 : service_thread(process_.signals());
}

SysResult Timers::start_host_timer(clockid_t clock, uint32_t id, int service, timer_t& timer) {
  sigevent host{};
  host.sigev_notify = SIGEV_NONE;
  if (service) {
    host.sigev_notify = SIGEV_THREAD_ID;
    host.sigev_signo = service_timer_signal();
    host.sigev_value.sival_int = static_cast<int>(id);
    host._sigev_un._tid = service;
  }
  return SysResult::of_host(timer_create(clock, &host, &timer));
}

SysResult Timers::create(clockid_t clock, const TimerEvent& event) {
  int service = service_for(event);
  std::lock_guard lock(mutex_);
  uint32_t id = 0;
  while (id < k_max_timers && timers_.contains(id)) ++id;
  auto count = std::distance(timers_.begin(), timers_.lower_bound(k_max_timers));
  // Each has the queue's place for its signal set aside.
  bool is_allowed = static_cast<uint64_t>(count) < process_.identity().limits[RLIMIT_SIGPENDING].rlim_cur;
  if (id == k_max_timers || !is_allowed) return SysResult::error(EAGAIN);
  Timer timer;
  timer.event = event;
  SYS_TRY(start_host_timer(clock, id, service, timer.host));
  timers_.emplace(id, timer);
  return SysResult(id);
}

SysResult Timers::set(uint32_t id, int flags, const itimerspec& value, itimerspec& old) {
  std::lock_guard lock(mutex_);
  Timer* timer = find(id);
  if (!timer) return SysResult::error(EINVAL);
  timer->overrun = 0;
  return SysResult::of_host(timer_settime(timer->host, flags, &value, &old));
}

SysResult Timers::get(uint32_t id, itimerspec& value) {
  std::lock_guard lock(mutex_);
  Timer* timer = find(id);
  return timer ? SysResult::of_host(timer_gettime(timer->host, &value)) : SysResult::error(EINVAL);
}

SysResult Timers::overrun(uint32_t id) {
  std::lock_guard lock(mutex_);
  Timer* timer = find(id);
  return timer ? SysResult(timer->overrun) : SysResult::error(EINVAL);
}

SysResult Timers::remove(uint32_t id) {
  std::lock_guard lock(mutex_);
  Timer* timer = find(id);
  if (!timer) return SysResult::error(EINVAL);
  timer_delete(timer->host);
  timers_.erase(id);
  return SysResult();
}

SysResult Timers::interval_timer(uint32_t which, const itimerval* value, itimerval& old) {
  if (which >= std::size(k_interval_timers)) return SysResult::error(EINVAL);
  if (value && (!is_valid(value->it_value) || !is_valid(value->it_interval))) return SysResult::error(EINVAL);
  const IntervalTimer& row = k_interval_timers[which];
  int service = value ? service_for({}) : 0;
  std::lock_guard lock(mutex_);
  old = {};
  Timer* timer = find(row.id);
  if (!timer && value && (value->it_value.tv_sec || value->it_value.tv_usec)) {
    Timer fresh;
    fresh.event.number = row.signal;
    SYS_TRY(start_host_timer(row.clock, row.id, service, fresh.host));
    timer = &timers_.emplace(row.id, fresh).first->second;
  }
  if (!timer) return SysResult();
  itimerspec before{};
  if (value) {
    itimerspec next{to_timespec(value->it_interval), to_timespec(value->it_value)};
    SYS_TRY(SysResult::of_host(timer_settime(timer->host, 0, &next, &before)));
  } else {
    SYS_TRY(SysResult::of_host(timer_gettime(timer->host, &before)));
  }
  old = {to_timeval(before.it_interval), to_timeval(before.it_value)};
  return SysResult();
}

void Timers::expired(uint32_t id, uint32_t missed) {
  TimerEvent event;
  {
    std::lock_guard lock(mutex_);
    Timer* timer = find(id);
    if (!timer) return;
    event = timer->event;
  }
  SignalInfo info{event.number, 0, k_kernel_code};
  if (id < k_max_timers) {
    info.code = SI_TIMER;
    info.fields[SignalInfo::k_timer] = id;
    info.fields[SignalInfo::k_overrun] = missed;
    info.fields[SignalInfo::k_value] = event.value.value_or(id);
  }
  Thread* target = event.notify == SIGEV_THREAD_ID ? process_.find_thread(event.tid) : nullptr;
  process_.signals().send_from_timer(info, target);
}

void Timers::delivered(const SignalInfo& info) {
  std::lock_guard lock(mutex_);
  if (Timer* timer = find(info.fields[SignalInfo::k_timer]))
    timer->overrun = info.fields[SignalInfo::k_overrun];
}

}  // namespace lindvm
