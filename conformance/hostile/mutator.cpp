#include "conformance/hostile/mutator.h"

#include <algorithm>

namespace lindvm::hostile {

using testing::Bytes;

namespace {

constexpr size_t k_header = 8;  // left alone: modules without it are refused at once
constexpr size_t k_longest_piece = 64;
const Bytes k_extremes[] = {
    {0x00},
    {0x7f},
    {0x80, 0x01},
    {0xff, 0xff, 0xff, 0xff, 0x0f},
    {0x80, 0x80, 0x80, 0x80, 0x08},
    {0x80, 0x80, 0x80, 0x80, 0x78},
    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
};

auto at(Bytes& bytes, size_t position) { return bytes.begin() + static_cast<std::ptrdiff_t>(position); }

}  // namespace

Bytes Mutator::mutate(uint64_t index) {
  random_.seed(index);
  Bytes bytes = seeds_[below(seeds_.size())];
  size_t times = below(3) ? 1 : 1 + below(8);
  for (size_t i = 0; i < times && bytes.size() > k_header; i++) mutate_once(bytes);
  return bytes;
}

// Most keep the size, so that enough of the results are well-formed.
void Mutator::mutate_once(Bytes& bytes) {
  switch (below(24)) {
    case 0:
      return insert(bytes);
    case 1:
      return erase(bytes);
    case 2:
      return repeat_piece(bytes);
    case 3:
      return splice(bytes);
    case 4:
      return bytes.resize(k_header + below(bytes.size() - k_header));
    case 5:
      return write_extreme(bytes);
    default:
      return flip_bits(bytes);
  }
}

void Mutator::flip_bits(Bytes& bytes) {
  size_t position = k_header + below(bytes.size() - k_header);
  if (below(2))
    bytes[position] = static_cast<uint8_t>(random_());
  else
    bytes[position] ^= static_cast<uint8_t>(1 << below(8));
}

void Mutator::write_extreme(Bytes& bytes) {
  const Bytes& extreme = k_extremes[below(std::size(k_extremes))];
  size_t position = k_header + below(bytes.size() - k_header);
  size_t replaced = below(2) ? 1 : std::min(extreme.size(), bytes.size() - position);
  bytes.erase(at(bytes, position), at(bytes, position + replaced));
  bytes.insert(at(bytes, position), extreme.begin(), extreme.end());
}

void Mutator::insert(Bytes& bytes) {
  Bytes piece(1 + below(8));
  for (uint8_t& byte : piece) byte = static_cast<uint8_t>(random_());
  bytes.insert(at(bytes, k_header + below(bytes.size() - k_header)), piece.begin(), piece.end());
}

void Mutator::erase(Bytes& bytes) {
  size_t position = k_header + below(bytes.size() - k_header);
  size_t count = 1 + below(std::min(k_longest_piece, bytes.size() - position));
  bytes.erase(at(bytes, position), at(bytes, std::min(position + count, bytes.size())));
}

void Mutator::repeat_piece(Bytes& bytes) {
  size_t position = k_header + below(bytes.size() - k_header);
  size_t count = std::min(1 + below(k_longest_piece), bytes.size() - position);
  Bytes piece(at(bytes, position), at(bytes, position + count));
  bytes.insert(at(bytes, k_header + below(bytes.size() - k_header)), piece.begin(), piece.end());
}

// The beginning of this module and the end of another.
void Mutator::splice(Bytes& bytes) {
  const Bytes& other = seeds_[below(seeds_.size())];
  bytes.resize(k_header + below(bytes.size() - k_header));
  bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size())), other.end());
}

}  // namespace lindvm::hostile
