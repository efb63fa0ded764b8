#pragma once
// Where guest threads sleep in memory.atomic.wait: a process-wide table of waiters keyed by the host
// address waited on, so that it works whichever store maps a shared memory. A thread sleeps on its own
// Parker, which a signal handler can end. Any host thread may call.

#include <atomic>
#include <cstdint>

namespace lindvm {

/// The futex word that one guest thread sleeps on; lives in its ThreadContext.
class Parker {
 public:
  /// Announces that the owner is about to sleep. Own thread.
  void prepare() { word_.store(k_parked); }
  /// Sleeps until unpark(), or until `deadline_ns` of CLOCK_MONOTONIC (negative: for ever); returns at once
  /// if unpark() was called since prepare(). Own thread.
  void sleep(int64_t deadline_ns);
  /// Ends the sleep that was announced; false if there is none. Any thread, async-signal-safe.
  bool unpark();
  /// Has the announced sleep not been ended by unpark() yet?
  bool is_parked() const { return word_.load() == k_parked; }
  /// The owner gave up sleeping.
  void cancel() { word_.store(k_idle); }

 private:
  static constexpr uint32_t k_idle = 0;
  static constexpr uint32_t k_parked = 1;

  std::atomic<uint32_t> word_{k_idle};
};

/// The first three are the results of memory.atomic.wait (spec threads proposal).
enum class WaitOutcome : uint32_t {
  woken = 0,
  not_equal = 1,
  timed_out = 2,
  interrupted,  ///< a stop bit is set
  fault,        ///< the address is not mapped
};

/// What a wait needs to know of its thread.
struct WaitingThread {
  Parker& parker;
  const std::atomic<uint32_t>& interrupts;  ///< InterruptReason bits
  uint32_t stop_mask;                       ///< the bits that end a wait
};

/// Sleeps while `*address == expected`; the comparison and going to sleep are one step against
/// notify_address. `timeout_ns` < 0 waits for ever. `interrupted` if a stop bit is set before or meanwhile
/// (whoever sets one calls parker.unpark() after). `address` is naturally aligned.
WaitOutcome wait_on_address(const uint32_t* address, uint32_t expected, int64_t timeout_ns,
                            const WaitingThread& thread);
WaitOutcome wait_on_address(const uint64_t* address, uint64_t expected, int64_t timeout_ns,
                            const WaitingThread& thread);

/// Wakes up to `count` waiters of `address`, oldest first; returns how many.
uint32_t notify_address(const void* address, uint32_t count);

}  // namespace lindvm
