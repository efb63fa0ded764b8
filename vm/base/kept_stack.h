#pragma once
// A stack of plain values whose greatest height is known beforehand, and which keeps its memory when it is
// emptied: for compilers, which push and pop for every instruction. One thread.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace lindvm {

template <class T>
class KeptStack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Empty, with room for so many: no more may be pushed.
  void clear(size_t capacity) {
    if (capacity > capacity_) {
      capacity_ = 2 * capacity;
      begin_ = std::make_unique<T[]>(capacity_);
    }
    end_ = begin_.get();
  }
  size_t size() const { return static_cast<size_t>(end_ - begin_.get()); }
  bool empty() const { return end_ == begin_.get(); }
  T& operator[](size_t index) { return begin_[index]; }
  const T& operator[](size_t index) const { return begin_[index]; }
  T& back() { return end_[-1]; }
  const T& back() const { return end_[-1]; }
  T* begin() { return begin_.get(); }
  T* end() { return end_; }
  void push(const T& value) {
    assert(size() < capacity_);
    *end_++ = value;
  }
  T pop() { return *--end_; }
  std::span<T> lowest(size_t count) { return {begin_.get(), std::min(count, size())}; }
  std::span<const T> lowest(size_t count) const { return {begin_.get(), std::min(count, size())}; }

 private:
  std::unique_ptr<T[]> begin_;
  size_t capacity_ = 0;
  T* end_ = nullptr;
};

}  // namespace lindvm
