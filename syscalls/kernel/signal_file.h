#pragma once
// signalfd: a descriptor that is readable while signals of its set are pending. The host's side is an
// eventfd, so that poll and epoll work on it; reading takes signals from the process. Any thread.

#include <mutex>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/signal_info.h"

namespace lindvm {

class Process;

class SignalFile final : public HostFile {
 public:
  static constexpr size_t k_record_bytes = 128;

  /// `fd` is a non-blocking eventfd.
  SignalFile(OwnedFd fd, Process& process, SignalSet set, bool is_nonblocking)
      : HostFile(std::move(fd)), process_(process), set_(set), is_nonblocking_(is_nonblocking) {}

  SignalSet signals() const { return set_.load(); }
  void set_signals(SignalSet set) { set_.store(set); }
  /// The signals that are pending now. With the lock of the process's Signals.
  void show(SignalSet pending);

  SysResult readv(Vectors vectors) override;
  SysResult writev(Vectors) override { return SysResult::error(EINVAL); }
  SysResult flags() override;
  SysResult set_flags(int flags) override;

 private:
  Process& process_;
  std::atomic<SignalSet> set_;
  std::atomic<bool> is_nonblocking_;
  bool is_shown_ = false;
};

}  // namespace lindvm
