#pragma once
// Values at which arithmetic goes wrong, per operand type: tests of all layers take their grids from here.
// Constant data.

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "vm/isa/v128.h"

namespace lindvm::testing {

inline std::vector<uint32_t> edge_values_i32() {
  return {0,          1,          2,          3,          31,         32,         33,
          0x7f,       0x80,       0xff,       0x100,      0x7fff,     0x8000,     0xffff,
          0x10000,    0x12345678, 0x55555555, 0xaaaaaaaa, 0x7ffffffe, 0x7fffffff, 0x80000000,
          0x80000001, 0xffffff7f, 0xffffff80, 0xffff8000, 0xfffffffe, 0xffffffff};
}

inline std::vector<uint64_t> edge_values_i64() {
  std::vector<uint64_t> values = {63,
                                  64,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0x123456789abcdef0,
                                  0x7ffffffffffffffe,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0x8000000000000001,
                                  0xffffffff00000000,
                                  0x5555555555555555};
  for (uint32_t value : edge_values_i32())
    values.push_back(static_cast<uint64_t>(static_cast<int32_t>(value)));
  return values;
}

namespace detail {
/// Signed zeros, halves, bounds of integer types and of the format, infinities, canonical, quiet and
/// signalling NaNs.
template <class F, class Bits>
std::vector<F> float_edges(Bits signalling, Bits payload) {
  using Limits = std::numeric_limits<F>;
  std::vector<F> values = {0,
                           F(0.25),
                           F(0.5),
                           F(0.75),
                           1,
                           F(1.5),
                           2,
                           F(2.5),
                           F(3.5),
                           F(4.2),
                           127,
                           128,
                           255,
                           256,
                           32767,
                           32768,
                           65535,
                           65536,
                           Limits::min(),
                           Limits::denorm_min(),
                           Limits::max(),
                           Limits::epsilon(),
                           Limits::infinity(),
                           Limits::quiet_NaN(),
                           std::bit_cast<F>(signalling),
                           std::bit_cast<F>(payload),
                           F(8388607.5),
                           F(4503599627370495.5)};
  for (int exponent : {22, 23, 24, 31, 32, 51, 52, 53, 62, 63, 64}) {
    F power = 1;
    for (int i = 0; i < exponent; ++i) power *= 2;
    for (F value : {power - 1, power - F(0.5), power, power + 1, power * (1 - Limits::epsilon() / 2)}) {
      values.push_back(value);
    }
  }
  auto positive = values;
  for (F value : positive)
    values.push_back(std::bit_cast<F>(std::bit_cast<Bits>(value) ^ Bits{1} << (sizeof(F) * 8 - 1)));
  return values;
}
}  // namespace detail

inline std::vector<float> edge_values_f32() {
  return detail::float_edges<float, uint32_t>(0x7f800001, 0x7fc12345);
}
inline std::vector<double> edge_values_f64() {
  return detail::float_edges<double, uint64_t>(0x7ff0000000000001, 0x7ff8000012345678);
}

namespace detail {
template <class Lane>
void append_vectors(const std::vector<Lane>& lanes, std::vector<V128>& out) {
  constexpr unsigned count = V128::lanes<Lane>();
  for (size_t first = 0; first < lanes.size(); first += count) {
    V128 value;
    for (unsigned i = 0; i < count; ++i) value.set_lane<Lane>(i, lanes[(first + i) % lanes.size()]);
    out.push_back(value);
  }
}
}  // namespace detail

/// Vectors whose lanes, taken as any shape, are edge values.
inline std::vector<V128> edge_values_v128() {
  std::vector<V128> values;
  detail::append_vectors<uint8_t>(
      {0,    1,    2,    3, 15,   16,   31,   32, 63, 64, 0x55, 0x7e, 0x7f, 0x80, 0x81, 0xaa,
       0xc0, 0xfe, 0xff, 0, 0x80, 0xff, 0x7f, 1,  14, 17, 128,  127,  0xff, 0x80, 7,    8},
      values);
  detail::append_vectors<uint16_t>(
      {0,      1,      0x7f,   0x80,   0xff,   0x100,  0x7ffe, 0x7fff, 0x8000, 0x8000, 0x8000, 0x8000,
       0x8001, 0xff7f, 0xff80, 0xffff, 0x4000, 0xc000, 0x1234, 0xfffe, 0x0fff, 0xf000, 3,      2},
      values);
  detail::append_vectors<uint32_t>(edge_values_i32(), values);
  detail::append_vectors<uint64_t>(edge_values_i64(), values);
  detail::append_vectors<float>(edge_values_f32(), values);
  detail::append_vectors<double>(edge_values_f64(), values);
  return values;
}

}  // namespace lindvm::testing
