#pragma once
// Ending a guest from outside: Ctrl-C, SIGTERM and the time limit. A signal asks the guest to leave at its
// next safepoint, and ends what it is blocked in; a second signal ends the
// process at once. Process-wide state: one guest at a time.

namespace lindvm {

class ThreadContext;

/// Installs the handlers and, if `timeout` is not 0, starts the clock. Until watch_guest, a signal ends the
/// process.
void install_interrupts(double timeout);

/// From now on, signals interrupt this thread, which must live until the process ends or
/// watch_guest(nullptr).
void watch_guest(ThreadContext* thread);

/// The signal that asked the guest to stop: SIGINT, SIGTERM, SIGALRM for the time limit; 0 if none.
int stop_signal();

}  // namespace lindvm
