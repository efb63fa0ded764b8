#pragma once
// Signals that were sent and not delivered yet, of a process or of a thread. Guarded by the mutex of the
// process's Signals, but for bits(), which any thread may read.

#include <atomic>
#include <deque>

#include "syscalls/kernel/signal_info.h"

namespace lindvm {

class PendingSignals {
 public:
  static constexpr size_t k_max_queued = 4096;

  SignalSet bits() const { return bits_.load(std::memory_order_relaxed); }

  /// Standard signals are kept once, real-time ones queue. False if the queue is full.
  bool add(const SignalInfo& info);
  size_t count() const { return queue_.size(); }
  /// The next of a set: the lowest number, the oldest of it. False if there is none.
  bool take(SignalSet set, SignalInfo& info);
  void remove(SignalSet set);
  /// The expiry of a timer that waits for delivery, or null.
  SignalInfo* find_timer(uint32_t id);

 private:
  std::atomic<SignalSet> bits_{0};
  std::deque<SignalInfo> queue_;
};

}  // namespace lindvm
