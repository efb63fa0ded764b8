#pragma once
// Breaking a host thread out of a blocking system call, from another thread or a signal handler. A thread
// that blocks for a guest does so through interruptible_syscall(), which closes the window between looking at
// the interrupt flag and blocking: whoever sets the flag and then kicks is never missed.

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace lindvm {

/// Installs the handler of the kick signal, once per process; later calls do nothing.
void install_kick_handler();

/// A host thread as a target of kicks. Valid while the thread lives.
class HostThread {
 public:
  /// No thread: kicks do nothing.
  constexpr HostThread() = default;
  static HostThread current();

  /// Blocking system calls of the thread end with EINTR. Async-signal-safe. False if there is no such thread
  /// (any more).
  bool kick() const;

 private:
  explicit HostThread(pid_t id) : id_(id) {}

  pid_t id_ = 0;
};

/// The host's system call, unless `flag` is not zero: the kernel's answer (negative errno), or -EINTR without
/// a call. A kick that follows the setting of the flag ends the call, however close the race.
int64_t interruptible_syscall(const std::atomic<uint32_t>& flag, long number, uint64_t a = 0, uint64_t b = 0,
                              uint64_t c = 0, uint64_t d = 0, uint64_t e = 0, uint64_t f = 0);

}  // namespace lindvm
