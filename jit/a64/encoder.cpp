#include "jit/a64/encoder.h"

#include <algorithm>
#include <bit>

namespace lindvm::jit::a64 {
namespace {

constexpr uint32_t k_first_capacity = 4096;

}  // namespace

Encoder::Encoder() : words_(new uint32_t[k_first_capacity]), capacity_(k_first_capacity) {}

void Encoder::grow() {
  std::unique_ptr<uint32_t[]> larger(new uint32_t[size_t{capacity_} * 2]);
  std::copy_n(words_.get(), count_, larger.get());
  words_ = std::move(larger);
  capacity_ *= 2;
}

void Encoder::clear() {
  count_ = 0;
  positions_.clear();
  fixups_.clear();
  constants_.clear();
}

// --- labels ----------------------------------------------------------------------------------------------

void Encoder::align(uint32_t alignment) {
  while (offset() % alignment != 0) nop();
}

void Encoder::distance(Label label, Label origin) {
  fixups_.push_back({offset(), label.id, Reach::distance, origin.id});
  word(0);
}

Label Encoder::pool(uint64_t low, uint64_t high) {
  auto same = std::find_if(constants_.begin(), constants_.end(),
                           [&](const Constant& c) { return c.low == low && c.high == high; });
  if (same != constants_.end()) return {same->label};
  Label label = new_label();
  constants_.push_back({low, high, label.id});
  return label;
}

bool Encoder::finish() {
  if (!constants_.empty()) align(16);
  for (const Constant& constant : constants_) {
    bind({constant.label});
    for (uint64_t half : {constant.low, constant.high}) {
      word(static_cast<uint32_t>(half));
      word(static_cast<uint32_t>(half >> 32));
    }
  }
  return std::all_of(fixups_.begin(), fixups_.end(), [this](const Fixup& fixup) { return resolve(fixup); });
}

bool Encoder::resolve(const Fixup& fixup) {
  int32_t to = positions_[fixup.label];
  if (fixup.reach == Reach::distance) {
    words_[fixup.at / 4] = static_cast<uint32_t>(to - positions_[fixup.origin]);
    return true;
  }
  int32_t distance = to - static_cast<int32_t>(fixup.at);
  auto fits = [&](unsigned bits) { return distance >= -(1 << (bits - 1)) && distance < 1 << (bits - 1); };
  auto words = static_cast<uint32_t>(distance >> 2);
  switch (fixup.reach) {
    case Reach::b:
      patch(fixup.at, words & 0x3ffffff);
      return fits(28);
    case Reach::near:
      patch(fixup.at, (words & 0x7ffff) << 5);
      return fits(21);
    default:
      patch(fixup.at, (static_cast<uint32_t>(distance) & 3) << 29 | (words & 0x7ffff) << 5);
      return fits(21);
  }
}

// --- immediates ------------------------------------------------------------------------------------------

/// Arm Architecture Reference Manual, DecodeBitMasks: a run of ones, rotated, in an element of 2 to 64 bits
/// that repeats.
std::optional<uint32_t> logical_immediate(Width w, uint64_t value) {
  if (w == W32) value = value << 32 | (value & UINT32_MAX);
  if (value == 0 || value == ~uint64_t{0}) return std::nullopt;
  unsigned size = 64;
  while (size > 2) {
    unsigned half = size / 2;
    uint64_t mask = (uint64_t{1} << half) - 1;
    if ((value & mask) != (value >> half & mask)) break;
    size = half;
  }
  uint64_t mask = size == 64 ? ~uint64_t{0} : (uint64_t{1} << size) - 1;
  uint64_t element = value & mask;
  auto rotated = [&](unsigned by) {
    return by == 0 ? element : (element << by | element >> (size - by)) & mask;
  };
  auto ones = static_cast<unsigned>(std::popcount(element));
  uint64_t run = (uint64_t{1} << ones) - 1;
  for (unsigned rotation = 0; rotation < size; ++rotation) {
    if (rotated(rotation) != run) continue;
    uint32_t imms = ((~(size - 1) << 1) | (ones - 1)) & 0x3f;
    uint32_t n = size == 64 ? 1 : 0;
    return n << 12 | rotation << 6 | imms;
  }
  return std::nullopt;
}

std::optional<uint32_t> add_immediate(uint64_t value) {
  if (value < 4096) return static_cast<uint32_t>(value);
  if ((value & 0xfff) == 0 && value >> 12 < 4096) return static_cast<uint32_t>(value >> 12) | 1u << 12;
  return std::nullopt;
}

void Encoder::mov_imm(Gpr d, uint64_t imm) {
  Width w = imm <= UINT32_MAX ? W32 : W64;
  unsigned parts = w == W32 ? 2 : 4, zeroes = 0, ones = 0;
  for (unsigned i = 0; i < parts; ++i) {
    auto part = static_cast<uint16_t>(imm >> 16 * i);
    zeroes += part == 0;
    ones += part == 0xffff;
  }
  bool negative = ones > zeroes;
  if (std::max(zeroes, ones) + 1 < parts) {
    if (auto field = logical_immediate(w, imm)) return logic_imm(Logic::orr, w, d, xzr, *field);
  }
  uint16_t skipped = negative ? 0xffff : 0;
  bool first = true;
  for (unsigned i = 0; i < parts; ++i) {
    auto part = static_cast<uint16_t>(imm >> 16 * i);
    if (part == skipped) continue;
    if (!first) {
      movk(w, d, part, i);
    } else if (negative) {
      movn(w, d, static_cast<uint16_t>(~part), i);
    } else {
      movz(w, d, part, i);
    }
    first = false;
  }
  if (first) negative ? movn(w, d, 0, 0) : movz(w, d, 0, 0);
}

void Encoder::shift_imm(Shift op, Width w, Gpr d, Gpr n, unsigned count) {
  unsigned bits = w == W32 ? 32 : 64;
  switch (op) {
    case Shift::lsl:
      return bitfield(false, w, d, n, bits - count, bits - 1 - count);
    case Shift::lsr:
      return bitfield(false, w, d, n, count, bits - 1);
    case Shift::asr:
      return bitfield(true, w, d, n, count, bits - 1);
    case Shift::ror:
      return word(sf(w) | 0x13800000u | n_bit(w) | n << 16 | count << 10 | n << 5 | d);
  }
}

// --- memory ----------------------------------------------------------------------------------------------

void Encoder::access(Access access, unsigned r, const Mem& m) {
  uint32_t op = static_cast<uint32_t>(access.size) << 30 | 0x38000000u |
                static_cast<uint32_t>(access.vector) << 26 | static_cast<uint32_t>(access.opc) << 22 |
                m.base << 5 | r;
  if (m.index != xzr) return word(op | 0x00206800u | m.index << 16);
  if (is_scaled(access, m.disp)) {
    return word(op | 1u << 24 | static_cast<uint32_t>(m.disp >> access.bytes_log2) << 10);
  }
  word(op | (static_cast<uint32_t>(m.disp) & 0x1ff) << 12);
}

void Encoder::load_literal(Access access, unsigned r, Label label) {
  uint32_t op = !access.vector           ? 0x58000000
                : access.bytes_log2 == 2 ? 0x1c000000
                : access.bytes_log2 == 3 ? 0x5c000000
                                         : 0x9c000000;
  reference(Reach::near, label, op | r);
}

}  // namespace lindvm::jit::a64
