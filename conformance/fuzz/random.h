#pragma once
// The dice of the generator: everything random follows from one seed. Plain value.

#include <cstdint>
#include <iterator>
#include <random>
#include <vector>

namespace lindvm::fuzz {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t bits() { return engine_(); }
  /// In [0, limit); 0 where the limit is 0.
  uint32_t below(uint64_t limit) { return limit ? static_cast<uint32_t>(engine_() % limit) : 0; }
  uint32_t between(uint32_t low, uint32_t high) { return low + below(high - low + 1); }
  /// Once in `n` times.
  bool one_in(uint32_t n) { return below(n) == 0; }

  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

  /// One of the rows, in proportion to their `weight` members.
  template <class Rows>
  const auto& weighted(const Rows& rows) {
    unsigned total = 0;
    for (const auto& row : rows) total += row.weight;
    unsigned at = below(total);
    for (const auto& row : rows) {
      if (at < row.weight) return row;
      at -= row.weight;
    }
    return *std::rbegin(rows);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lindvm::fuzz
