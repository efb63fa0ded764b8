#pragma once
// Meaning of scalar floating-point operations (spec 4.3.3). T is float or double. A NaN result is canonical
// if every NaN operand is canonical, else quiet, as IEEE hardware gives it.

#include <cstdint>

#include "vm/isa/semantics/float_core.h"

namespace lindvm::sem {

// clang-format off
template <class T> constexpr uint32_t lt(T a, T b) { return a < b; }
template <class T> constexpr uint32_t gt(T a, T b) { return a > b; }
template <class T> constexpr uint32_t le(T a, T b) { return a <= b; }
template <class T> constexpr uint32_t ge(T a, T b) { return a >= b; }

template <class T> constexpr T float_abs(T a) { return abs_core(a); }
template <class T> constexpr T float_neg(T a) { return neg_core(a); }
template <class T> constexpr T float_copysign(T a, T b) { return copysign_core(a, b); }
template <class T> constexpr T float_ceil(T a) { return ceil_core(a); }
template <class T> constexpr T float_floor(T a) { return floor_core(a); }
template <class T> constexpr T float_trunc(T a) { return trunc_core(a); }
template <class T> constexpr T float_nearest(T a) { return nearest_core(a); }
template <class T> constexpr T float_add(T a, T b) { return a + b; }
template <class T> constexpr T float_sub(T a, T b) { return a - b; }
template <class T> constexpr T float_mul(T a, T b) { return a * b; }
template <class T> constexpr T float_div(T a, T b) { return a / b; }
template <class T> constexpr T float_min(T a, T b) { return min_core(a, b); }
template <class T> constexpr T float_max(T a, T b) { return max_core(a, b); }
// clang-format on

template <class T>
inline T float_sqrt(T a) {
  if constexpr (sizeof(T) == 4) {
    return __builtin_sqrtf(a);
  } else {
    return __builtin_sqrt(a);
  }
}

}  // namespace lindvm::sem
