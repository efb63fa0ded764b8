#pragma once
// Damages binary modules in the ways that find bugs in decoders: flipped bits, extreme numbers, inserted,
// removed, repeated and exchanged pieces. The result is a function of the seeds and a number. Plain values.

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "vm/module/module_bytes.h"

namespace lindvm::hostile {

class Mutator {
 public:
  /// `seeds` must outlive the mutator and not be empty.
  explicit Mutator(std::span<const testing::Bytes> seeds) : seeds_(seeds) {}

  /// Mutation number `index`: always the same bytes.
  testing::Bytes mutate(uint64_t index);

 private:
  size_t below(size_t limit) { return limit ? random_() % limit : 0; }
  void mutate_once(testing::Bytes& bytes);
  void flip_bits(testing::Bytes& bytes);
  void write_extreme(testing::Bytes& bytes);
  void insert(testing::Bytes& bytes);
  void erase(testing::Bytes& bytes);
  void repeat_piece(testing::Bytes& bytes);
  void splice(testing::Bytes& bytes);

  std::span<const testing::Bytes> seeds_;
  std::mt19937_64 random_;
};

}  // namespace lindvm::hostile
