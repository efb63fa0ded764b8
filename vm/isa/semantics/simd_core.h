#pragma once
// V128 as compiler vectors and back: what the SIMD meanings are made of.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "vm/isa/semantics/float_core.h"
#include "vm/isa/v128.h"

namespace lindvm::sem {

namespace detail {
template <class T>
struct HalfLanesOf {
  typedef T type __attribute__((vector_size(8)));
};
template <unsigned bytes>
struct LaneOfWidth;
template <>
struct LaneOfWidth<1> {
  using Unsigned = uint8_t;
};
template <>
struct LaneOfWidth<2> {
  using Unsigned = uint16_t;
};
template <>
struct LaneOfWidth<4> {
  using Unsigned = uint32_t;
};
template <>
struct LaneOfWidth<8> {
  using Unsigned = uint64_t;
};
}  // namespace detail

/// 8 bytes of T as a compiler vector.
template <class T>
using HalfLanes = typename detail::HalfLanesOf<T>::type;

template <class T>
inline Lanes<T> lanes_of(V128 value) {
  return __builtin_bit_cast(Lanes<T>, value);
}

template <class Vector>
inline V128 pack(Vector lanes) {
  static_assert(sizeof(Vector) == 16);
  return __builtin_bit_cast(V128, lanes);
}

/// The low (part 0) or high (part 1) 8 bytes.
template <class T>
inline HalfLanes<T> half_of(V128 value, unsigned part) {
  HalfLanes<T> half;
  std::memcpy(&half, value.bytes + 8 * part, 8);
  return half;
}

/// Lanes of the low or high half, each extended to a Wide.
template <class Narrow, class Wide>
inline Lanes<Wide> widened(V128 value, unsigned part) {
  return __builtin_convertvector(half_of<Narrow>(value, part), Lanes<Wide>);
}

/// Applies f to each pair of lanes of type T.
template <class T, class F>
inline V128 map_lanes(V128 a, F f) {
  V128 result;
  for (unsigned i = 0; i < V128::lanes<T>(); ++i) result.set_lane<T>(i, f(a.lane<T>(i)));
  return result;
}

}  // namespace lindvm::sem
