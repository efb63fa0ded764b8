#pragma once
// Meaning of vector operations on float lanes and of lane conversions (spec 4.6). Relaxed operations take the
// choice of the specification's deterministic profile: multiply-add rounds twice, the rest are their strict
// counterparts.

#include <cstdint>

#include "vm/isa/semantics/conversion.h"
#include "vm/isa/semantics/float.h"
#include "vm/isa/semantics/simd_core.h"

namespace lindvm::sem {

// clang-format off
template <class T> inline V128 simd_float_abs(V128 a) { return pack(abs_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_neg(V128 a) { return pack(neg_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_ceil(V128 a) { return pack(ceil_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_floor(V128 a) { return pack(floor_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_trunc(V128 a) { return pack(trunc_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_nearest(V128 a) { return pack(nearest_core(lanes_of<T>(a))); }
template <class T> inline V128 simd_float_min(V128 a, V128 b) { return pack(min_core(lanes_of<T>(a), lanes_of<T>(b))); }
template <class T> inline V128 simd_float_max(V128 a, V128 b) { return pack(max_core(lanes_of<T>(a), lanes_of<T>(b))); }
template <class T> inline V128 simd_div(V128 a, V128 b) { return pack(lanes_of<T>(a) / lanes_of<T>(b)); }
template <class T> inline V128 simd_sqrt(V128 a) { return map_lanes<T>(a, float_sqrt<T>); }
// clang-format on

/// b if it is less, else a: what C's conditional gives, NaNs and zeros included.
template <class T>
inline V128 simd_pmin(V128 a, V128 b) {
  auto x = lanes_of<T>(a), y = lanes_of<T>(b);
  return pack(y < x ? y : x);
}
template <class T>
inline V128 simd_pmax(V128 a, V128 b) {
  auto x = lanes_of<T>(a), y = lanes_of<T>(b);
  return pack(x < y ? y : x);
}

template <class T>
inline V128 simd_madd(V128 a, V128 b, V128 c) {
  return pack(lanes_of<T>(a) * lanes_of<T>(b) + lanes_of<T>(c));
}
template <class T>
inline V128 simd_nmadd(V128 a, V128 b, V128 c) {
  return pack(neg_core(lanes_of<T>(a)) * lanes_of<T>(b) + lanes_of<T>(c));
}

/// f32x4 to four Int lanes, saturating.
template <class Int>
inline V128 simd_trunc_sat(V128 a) {
  V128 result;
  for (unsigned i = 0; i < 4; ++i) result.set_lane<uint32_t>(i, trunc_sat<float, Int>(a.lane<float>(i)));
  return result;
}

/// f64x2 to two Int lanes, saturating; the upper two are zero.
template <class Int>
inline V128 simd_trunc_sat_zero(V128 a) {
  V128 result{};
  for (unsigned i = 0; i < 2; ++i) result.set_lane<uint32_t>(i, trunc_sat<double, Int>(a.lane<double>(i)));
  return result;
}

/// Four Int lanes to f32x4.
template <class Int>
inline V128 simd_convert(V128 a) {
  V128 result;
  for (unsigned i = 0; i < 4; ++i) result.set_lane<float>(i, static_cast<float>(a.lane<Int>(i)));
  return result;
}

/// The lower two Int lanes to f64x2.
template <class Int>
inline V128 simd_convert_low(V128 a) {
  V128 result;
  for (unsigned i = 0; i < 2; ++i) result.set_lane<double>(i, a.lane<Int>(i));
  return result;
}

inline V128 simd_demote_zero(V128 a) {
  V128 result{};
  for (unsigned i = 0; i < 2; ++i) result.set_lane<float>(i, demote(a.lane<double>(i)));
  return result;
}

inline V128 simd_promote_low(V128 a) {
  V128 result;
  for (unsigned i = 0; i < 2; ++i) result.set_lane<double>(i, promote(a.lane<float>(i)));
  return result;
}

}  // namespace lindvm::sem
