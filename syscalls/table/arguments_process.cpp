#include "syscalls/table/arguments_process.h"

#include <fmt/format.h>

#include <iterator>

#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

template <class... Args>
void format(TraceText& text, fmt::format_string<Args...> pattern, Args&&... args) {
  fmt::format_to(std::back_inserter(text.text()), pattern, std::forward<Args>(args)...);
}

}  // namespace

void FutexOperation::print(TraceText& text) const {
  constexpr auto k_flags = static_cast<uint32_t>(known_bits(FlagSet::FutexFlags));
  auto bits = static_cast<uint32_t>(value);
  text.choice(FlagSet::FutexOperations, bits & ~k_flags);
  if (!(bits & k_flags)) return;
  text.raw("|");
  text.flags(FlagSet::FutexFlags, bits & k_flags);
}

void print_value(TraceText& text, const SignalMask& mask) {
  text.raw("[");
  const char* separator = "";
  for (int number = 1; number <= k_signal_count; ++number) {
    if (!(mask.bits & signal_bit(number))) continue;
    text.raw(separator);
    text.raw(signal_name(number).substr(3));
    separator = " ";
  }
  text.raw("]");
}

void print_value(TraceText& text, const SignalAction& action) {
  text.raw("{sa_handler=");
  if (action.handler == SignalAction::k_default) {
    text.raw("SIG_DFL");
  } else if (action.handler == SignalAction::k_ignore) {
    text.raw("SIG_IGN");
  } else {
    text.unsigned_number(action.handler);
  }
  text.raw(", sa_mask=");
  print_value(text, SignalMask{action.mask});
  text.raw(", sa_flags=");
  text.flags(FlagSet::SignalActionFlags, action.flags);
  text.raw("}");
}

void print_value(TraceText& text, const SignalInfo& info) {
  format(text, "{{si_signo={}, si_code={}}}", signal_name(info.number), info.code);
}

void print_value(TraceText& text, const AlternateStack& stack) {
  format(text, "{{ss_sp={:#x}, ss_flags={:#x}, ss_size={}}}", stack.address, stack.flags, stack.size);
}

void print_value(TraceText& text, const itimerspec& timer) {
  text.raw("{it_interval=");
  print_value(text, timer.it_interval);
  text.raw(", it_value=");
  print_value(text, timer.it_value);
  text.raw("}");
}

void print_value(TraceText& text, const itimerval& timer) {
  format(text, "{{it_interval={{tv_sec={}, tv_usec={}}}, it_value={{tv_sec={}, tv_usec={}}}}}",
         timer.it_interval.tv_sec, timer.it_interval.tv_usec, timer.it_value.tv_sec, timer.it_value.tv_usec);
}

void print_value(TraceText& text, const TimerEvent& event) {
  format(text, "{{sigev_signo={}, sigev_notify={}}}", signal_name(event.number), event.notify);
}

void print_value(TraceText& text, const rusage& usage) {
  format(text, "{{ru_utime={{tv_sec={}, tv_usec={}}}, ru_stime={{tv_sec={}, tv_usec={}}}, ...}}",
         usage.ru_utime.tv_sec, usage.ru_utime.tv_usec, usage.ru_stime.tv_sec, usage.ru_stime.tv_usec);
}

void print_value(TraceText& text, const tms& times) {
  format(text, "{{tms_utime={}, tms_stime={}, tms_cutime={}, tms_cstime={}}}", times.tms_utime,
         times.tms_stime, times.tms_cutime, times.tms_cstime);
}

void print_value(TraceText& text, const struct sysinfo& info) {
  format(text, "{{uptime={}, totalram={}, freeram={}, procs={}, ...}}", info.uptime, info.totalram,
         info.freeram, info.procs);
}

void print_value(TraceText& text, const utsname& names) {
  format(text, "{{sysname=\"{}\", nodename=\"{}\", release=\"{}\", machine=\"{}\", ...}}", names.sysname,
         names.nodename, names.release, names.machine);
}

void print_value(TraceText& text, const rlimit& limit) {
  auto one = [&](rlim_t value) {
    value == RLIM_INFINITY ? text.raw("RLIM64_INFINITY") : text.unsigned_number(value);
  };
  text.raw("{rlim_cur=");
  one(limit.rlim_cur);
  text.raw(", rlim_max=");
  one(limit.rlim_max);
  text.raw("}");
}

}  // namespace lindvm
