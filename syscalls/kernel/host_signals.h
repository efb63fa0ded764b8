#pragma once
// Signals that the host process gets, for its guest: from terminals, other processes and the host timers that
// stand behind guest timers. A handler passes them on to a service thread, started at the first need, which
// sends them to the guest's Signals with locks and memory at hand. Process-wide; one guest process at a time.

#include <cstdint>

namespace lindvm {

class Signals;

/// Was the signal ignored when lind-vm was started? Then it is for the guest, too.
bool is_host_ignored(int number);
/// From now on the signal goes to the guest. Not for faults, SIGKILL, SIGSTOP and SIGPIPE, which stay as they
/// are.
void forward_host_signal(int number, Signals& to);
void ignore_host_signal(int number);
/// What it was before lind-vm's guest cared.
void restore_host_signal(int number);
/// Nothing is sent to `to` any more when this returns.
void stop_host_signals(Signals& to);

/// The service thread and the signal by which host timers (SIGEV_THREAD_ID) report to it, with the value that
/// Timers::expired takes.
int service_thread(Signals& to);
int service_timer_signal();

}  // namespace lindvm
