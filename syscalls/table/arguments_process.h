#pragma once
// Argument kinds of the calls on processes, signals and time: see syscalls/table/arguments.h. Included by
// syscalls.h.

#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>

#include <ctime>

#include "syscalls/kernel/signal_info.h"
#include "syscalls/kernel/thread_signals.h"
#include "syscalls/kernel/timers.h"
#include "syscalls/table/arguments.h"
#include "syscalls/table/pointer.h"

namespace lindvm {

/// A clock's number: one of Linux's, or that of a process's or thread's processor time.
struct ClockNumber : Scalar<int32_t> {
  void print(TraceText& text) const { text.choice(FlagSet::LinuxClocks, static_cast<uint32_t>(value)); }
};

/// A signal's number.
struct SignalNumber : Scalar<int32_t> {
  void print(TraceText& text) const { text.raw(signal_name(value)); }
};

/// What futex(2) is to do, with its flags.
struct FutexOperation : Scalar<int32_t> {
  void print(TraceText& text) const;
};

/// A set of signals, 64 bits.
struct SignalMask {
  SignalSet bits = 0;
};

void print_value(TraceText& text, const SignalMask& mask);
void print_value(TraceText& text, const SignalAction& action);
void print_value(TraceText& text, const SignalInfo& info);
void print_value(TraceText& text, const AlternateStack& stack);
void print_value(TraceText& text, const itimerspec& timer);
void print_value(TraceText& text, const itimerval& timer);
void print_value(TraceText& text, const TimerEvent& event);
void print_value(TraceText& text, const rusage& usage);
void print_value(TraceText& text, const tms& times);
void print_value(TraceText& text, const struct sysinfo& info);
void print_value(TraceText& text, const utsname& names);
void print_value(TraceText& text, const rlimit& limit);

namespace columns {
template <Name N>
using clock_id = Arg<ClockNumber, N>;
template <Name N>
using signal_number = Arg<SignalNumber, N>;
template <Name N>
using wait_options = Arg<Bits<FlagSet::WaitOptions, int32_t>, N>;
template <Name N>
using futex_operation = Arg<FutexOperation, N>;
}  // namespace columns

}  // namespace lindvm
