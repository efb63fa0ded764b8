// WASI's arguments, environment, end, time and chance.

#include <csignal>

#include "syscalls/wasi/functions.h"

namespace lindvm::wasi {
namespace {

SysResult put_sizes(const std::vector<std::string>& strings, Out<uint32_t>& count, Out<uint32_t>& bytes) {
  size_t total = 0;
  for (const std::string& string : strings) total += string.size() + 1;
  SYS_TRY(count.put(static_cast<uint32_t>(strings.size())));
  return bytes.put(static_cast<uint32_t>(total));
}

/// Linux's numbers by WASI's.
constexpr int k_signals[] = {0,       SIGHUP,    SIGINT,  SIGQUIT,  SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
                             SIGFPE,  SIGKILL,   SIGUSR1, SIGSEGV,  SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
                             SIGCHLD, SIGCONT,   SIGSTOP, SIGTSTP,  SIGTTIN, SIGTTOU, SIGURG,  SIGXCPU,
                             SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGPOLL, SIGPWR,  SIGSYS};

constexpr int k_status_of_signal = 128;

}  // namespace

SysResult args_get(Thread& thread, StringTable& argv) { return argv.put(thread.process().args()); }

SysResult args_sizes_get(Thread& thread, Out<uint32_t>& count, Out<uint32_t>& bytes) {
  return put_sizes(thread.process().args(), count, bytes);
}

SysResult environ_get(Thread& thread, StringTable& environ) { return environ.put(thread.process().env()); }

SysResult environ_sizes_get(Thread& thread, Out<uint32_t>& count, Out<uint32_t>& bytes) {
  return put_sizes(thread.process().env(), count, bytes);
}

SysResult clock_res_get(Thread& thread, const Choice<FlagSet::ClockIds>& clock, Out<timespec>& resolution) {
  OptionalOut<timespec> wanted(resolution);
  ClockNumber number;
  number.value = static_cast<int32_t>(clock.value);
  SysResult result = sys_clock_getres_time64(thread, number, wanted);
  resolution = wanted;
  return result;
}

SysResult clock_time_get(Thread& thread, const Choice<FlagSet::ClockIds>& clock, const Nanoseconds&,
                         Out<timespec>& time) {
  ClockNumber number;
  number.value = static_cast<int32_t>(clock.value);
  return sys_clock_gettime64(thread, number, time);
}

SysResult proc_exit(Thread& thread, const Scalar<int32_t>& status) { return sys_exit_group(thread, status); }

/// A WASI guest handles no signals: each does what it does by default.
SysResult proc_raise(Thread& thread, const Scalar<int32_t>& signal) {
  uint32_t number = static_cast<uint32_t>(signal.value);
  if (number >= std::size(k_signals)) return SysResult::error(EINVAL);
  switch (k_signals[number]) {
    case 0:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
      return SysResult();
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return SysResult::error(ENOSYS);
  }
  Scalar<int32_t> status;
  status.value = k_status_of_signal + k_signals[number];
  return sys_exit_group(thread, status);
}

SysResult random_get(Thread& thread, BytesOut& buffer) {
  Late<BytesOut> checked{buffer};
  SysResult count = buffer.fill_with(sys_getrandom(thread, checked, {}));
  if (count.ok() && count.value() != buffer.size) return SysResult::error(EINTR);
  return count;
}

SysResult sched_yield(Thread& thread) { return sys_sched_yield(thread); }

}  // namespace lindvm::wasi
