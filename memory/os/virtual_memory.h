#pragma once
// Address space from the host: ranges are reserved inaccessible and made usable piece by piece. The only
// place that maps memory for guests. A Reservation has one owner, who also orders concurrent commits.

#include <cstddef>
#include <optional>
#include <utility>

namespace lindvm {

/// Granularity in which offsets and sizes are best given; commit and decommit round to the host's own page,
/// which may be larger.
inline constexpr size_t k_host_page = 4096;

size_t host_page_size();

/// Gets the pages of memory that is about to be filled from end to end, large ones where the host can: page
/// faults cost more than the filling. Nothing but time depends on it.
void expect_filling(void* begin, size_t bytes);

/// A range of addresses, inaccessible but for the parts that were committed. Unmapped when destroyed.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Reservation& operator=(Reservation&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Reservation();

  /// At least `bytes`, page aligned; nothing if the host refuses (errno says why).
  static std::optional<Reservation> reserve(size_t bytes);

  std::byte* base() const { return base_; }
  size_t size() const { return size_; }
  explicit operator bool() const { return base_ != nullptr; }
  bool contains(const void* address) const {
    auto* byte = static_cast<const std::byte*>(address);
    return byte >= base_ && byte < base_ + size_;
  }

  /// Makes [offset, offset + bytes), rounded outward to pages, readable and writable; fresh pages read as
  /// zero and take host memory when first written. False if the host refuses; errno says why.
  bool commit(size_t offset, size_t bytes);
  /// Drops contents and access of [offset, offset + bytes), rounded outward, whatever was mapped there.
  bool decommit(size_t offset, size_t bytes);
  /// Takes access away and keeps the contents.
  bool make_inaccessible(size_t offset, size_t bytes);
  /// Asks for the pages of committed bytes at once, where the host can; else they come as they are touched.
  void populate(size_t offset, size_t bytes);
  /// Keeps the range out of huge pages: for ranges that are used sparsely.
  void prefer_small_pages();
  /// Lets the range have huge pages at its first touch: for ranges that are filled from end to end.
  void prefer_huge_pages();

 private:
  Reservation(std::byte* base, size_t size) : base_(base), size_(size) {}

  std::byte* base_ = nullptr;
  size_t size_ = 0;
};

}  // namespace lindvm
