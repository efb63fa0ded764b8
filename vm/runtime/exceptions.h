#pragma once
// The heap of exception objects. Handles are integers with a fixed pattern, never addresses [R6], so that a
// conservative scan of guest stacks, globals and tables finds every live one: the owner (Store) marks the
// words it can see and sweeps. Owned by the store; one thread at a time.

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace lindvm {

struct Tag;

/// An exception in flight or referenced by exnref: tag and payload slots (ascending order).
struct Exception {
  const Tag* tag = nullptr;  ///< null while the record is free
  std::vector<uint64_t> payload;
  uint16_t generation = 0;
  bool marked = false;
};

class ExceptionHeap {
 public:
  /// Returns the handle: bits 48-63 k_pattern, 32-47 the record's generation, 0-31 its number. Bit 63 is
  /// clear.
  uint64_t allocate(const Tag& tag, std::span<const uint64_t> payload);
  /// The record must be live.
  const Exception& get(uint64_t handle) const { return records_[static_cast<uint32_t>(handle)]; }

  /// Is it time to collect before the next allocation?
  bool is_full() const { return live_ >= threshold_; }
  size_t live_count() const { return live_; }

  /// Marks what `word` denotes if it is the handle of a live exception, with all that it refers to.
  void mark(uint64_t word) {
    if (word >> 48 == k_pattern) [[unlikely]]
      mark_handle(word);
  }
  void mark(std::span<const uint64_t> words) {
    for (uint64_t word : words) mark(word);
  }
  /// Frees what was not marked since the last sweep, and sets the next threshold to twice the survivors.
  void sweep();

 private:
  static constexpr uint64_t k_pattern = 0x5ec7;
  static constexpr size_t k_min_threshold = 16'384;

  void mark_handle(uint64_t handle);

  std::deque<Exception> records_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> to_scan_;
  size_t live_ = 0;
  size_t threshold_ = k_min_threshold;
};

}  // namespace lindvm
