#pragma once
// Timers of a guest process that send it signals: POSIX timers and interval timers. Each stands for a timer
// of the host, which reports to the service thread (syscalls/kernel/host_signals.h). Owned by the Process;
// any thread.

#include <sys/time.h>

#include <ctime>
#include <map>
#include <mutex>
#include <optional>

#include "syscalls/kernel/signal_info.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

class Process;
class Thread;

/// What a guest's sigevent asks for.
struct TimerEvent {
  int notify = SIGEV_SIGNAL;  ///< SIGEV_SIGNAL, SIGEV_NONE or SIGEV_THREAD_ID
  int number = SIGALRM;
  std::optional<uint32_t> value;  ///< none: the timer's number
  int32_t tid = 0;
};

class Timers {
 public:
  static constexpr uint32_t k_max_timers = 4096;

  explicit Timers(Process& process) : process_(process) {}
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  /// The new timer's number. `clock` is the host's.
  SysResult create(clockid_t clock, const TimerEvent& event);
  SysResult set(uint32_t id, int flags, const itimerspec& value, itimerspec& old);
  SysResult get(uint32_t id, itimerspec& value);
  SysResult overrun(uint32_t id);
  SysResult remove(uint32_t id);

  /// ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF; a null `value` only asks.
  SysResult interval_timer(uint32_t which, const itimerval* value, itimerval& old);

  /// From the service thread: the host timer behind timer `id` expired, 1 + `missed` times.
  void expired(uint32_t id, uint32_t missed);
  /// A signal of a timer is being delivered. With the lock of the process's Signals.
  void delivered(const SignalInfo& info);

 private:
  struct Timer {
    timer_t host{};
    TimerEvent event;
    uint32_t overrun = 0;  ///< of the last delivery
  };

  /// The service thread for a timer that notifies; asked for before taking the lock.
  int service_for(const TimerEvent& event);
  static SysResult start_host_timer(clockid_t clock, uint32_t id, int service, timer_t& timer);
  Timer* find(uint32_t id);

  Process& process_;
  std::mutex mutex_;
  std::map<uint32_t, Timer> timers_;  // guarded by mutex_; interval timers under numbers above k_max_timers
};

}  // namespace lindvm
