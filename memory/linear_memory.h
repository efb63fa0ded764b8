#pragma once
// A linear memory: one reservation whose base never moves and whose first size_bytes() are accessible. 32-bit
// memories of 64 KiB pages reserve all that an index plus an offset can reach, so that guest code needs no
// bounds check; the others are checked explicitly. A *mapped* memory has its final size from the start and no
// accessible page until an AddressMap maps some. Owned by the store (shared between instances that import
// it). Any thread may read the size and grow the memory; guest bytes are reached by VM and kernel code
// through memory/guest_access.h only [R4].

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>

#include "memory/os/virtual_memory.h"

namespace lindvm {

struct LinearMemoryShape {
  uint64_t min_pages = 0;
  std::optional<uint64_t> max_pages = {};
  uint8_t page_size_log2 = 16;  ///< 16, or 0 for pages of one byte
  bool is64 = false;
  bool is_shared = false;
  /// The size is the maximum, pages are mapped by an AddressMap (memory/address_map.h).
  bool is_mapped = false;
};

class LinearMemory {
 public:
  static constexpr uint64_t k_grow_failed = ~uint64_t{0};
  /// Bytes of zeroes, as the shape says; null and `error` if the host cannot give them or `limit_bytes`, the
  /// embedder's, forbids the minimum. Growth beyond the limit fails. What is mapped into a mapped memory is
  /// limited by its AddressMap.
  static std::unique_ptr<LinearMemory> create(const LinearMemoryShape& shape, uint64_t limit_bytes,
                                              std::error_code& error);
  ~LinearMemory();
  LinearMemory(const LinearMemory&) = delete;
  LinearMemory& operator=(const LinearMemory&) = delete;

  std::byte* base() const { return base_; }
  uint64_t size_bytes() const { return size_.load(std::memory_order_acquire); }
  uint64_t size_pages() const { return size_bytes() >> shape_.page_size_log2; }

  uint64_t min_pages() const { return shape_.min_pages; }
  std::optional<uint64_t> max_pages() const { return shape_.max_pages; }
  uint8_t page_size_log2() const { return shape_.page_size_log2; }
  uint64_t page_size() const { return uint64_t{1} << shape_.page_size_log2; }
  bool is64() const { return shape_.is64; }
  bool is_shared() const { return shape_.is_shared; }
  bool is_mapped() const { return shape_.is_mapped; }

  /// Old size in pages, or k_grow_failed. Does not grow mapped memories. Bytes beyond the size stay
  /// inaccessible to the byte where pages are whole host pages.
  uint64_t grow(uint64_t delta_pages);

  /// Must accesses be compared with the size? False: base + 32-bit index + 32-bit offset + 16 bytes either
  /// lies within the size or faults.
  bool needs_explicit_checks() const { return needs_explicit_checks(shape_.is64, shape_.page_size_log2); }
  /// The same for all memories of a kind, so that code may be translated before the memory exists.
  static bool needs_explicit_checks(bool is64, uint8_t page_size_log2);

  /// Where compiled code finds base() and size_bytes() in an object.
  static size_t base_offset();
  static size_t size_offset();

  /// The whole reservation, guard included: does a fault at `address` belong to this memory?
  bool reserves(const void* address) const { return storage_.contains(address); }

 private:
  LinearMemory(const LinearMemoryShape& shape, Reservation storage, uint64_t capacity);

  LinearMemoryShape shape_;
  Reservation storage_;
  std::byte* base_;
  uint64_t capacity_;  ///< bytes that it may grow to
  std::atomic<uint64_t> size_{0};
  std::mutex growing_;
};

/// Whether 32-bit memories get the reservation that makes checks needless. Decided once per process, at the
/// first question: not where the address-space limit (RLIMIT_AS) leaves too little, nor after
/// disable_guard_reservations().
bool guard_reservations_enabled();
/// For hosts where large reservations are dear (user-mode emulators). Only before the first memory.
void disable_guard_reservations();

}  // namespace lindvm
