#pragma once
// A guest thread's part of signal state. Used by the thread's own host thread, but for `pending` (the
// process's mutex) and the atomics, which senders read.

#include <atomic>
#include <optional>

#include "syscalls/kernel/pending_signals.h"

namespace lindvm {

/// stack_t of a 32-bit guest.
struct AlternateStack {
  static constexpr int32_t k_on_stack = 1, k_disable = 2;

  uint32_t address = 0;
  int32_t flags = k_disable;
  uint32_t size = 0;

  bool is_enabled() const { return !(flags & k_disable); }
  bool contains(uint32_t sp) const { return is_enabled() && sp > address && sp - address <= size; }
};
static_assert(sizeof(AlternateStack) == 12);

/// A host call that a signal ended, by number: what makes it anew.
struct InterruptedCall {
  static constexpr size_t k_words = 7;

  bool is_valid = false;
  uint32_t words[k_words] = {};  ///< number and arguments
};

class ThreadSignals {
 public:
  SignalSet mask() const { return mask_.load(std::memory_order_relaxed); }
  void set_mask(SignalSet mask) { mask_.store(mask & ~k_unblockable, std::memory_order_relaxed); }

  /// Signals that the thread waits for in sigtimedwait: not discarded, whatever their action.
  std::atomic<SignalSet> awaited{0};
  PendingSignals pending;
  AlternateStack alternate_stack;
  /// What the mask is to be again when the call that replaced it is over (sigsuspend, ppoll...).
  std::optional<SignalSet> saved_mask;
  /// Did the blocking call that a signal ended last leave nothing behind that forbids to make it again?
  bool is_restartable = false;
  InterruptedCall interrupted_call;

 private:
  std::atomic<SignalSet> mask_{0};
};

}  // namespace lindvm
