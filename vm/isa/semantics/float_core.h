#pragma once
// Floating-point building blocks that work alike on one number and on a vector of lanes (GCC/clang vector
// types): F is float, double or a vector of either. They need no ISA extension, call no library function and
// rely on IEEE arithmetic: never compile them with -ffast-math.

#include <cstdint>
#include <limits>
#include <type_traits>

namespace lindvm::sem {

namespace detail {
template <unsigned bytes>
struct LaneBits;
template <>
struct LaneBits<4> {
  using Unsigned = uint32_t;
};
template <>
struct LaneBits<8> {
  using Unsigned = uint64_t;
};

template <class T>
struct LanesOf {
  typedef T type __attribute__((vector_size(16)));
};
}  // namespace detail

/// 16 bytes of T as a compiler vector.
template <class T>
using Lanes = typename detail::LanesOf<T>::type;

/// Lane type of F, and the unsigned integer (or vector) of its bits.
template <class F>
struct FloatTraits {
  using Lane = F;
  using Bits = typename detail::LaneBits<sizeof(F)>::Unsigned;
};
template <>
struct FloatTraits<Lanes<float>> {
  using Lane = float;
  using Bits = Lanes<uint32_t>;
};
template <>
struct FloatTraits<Lanes<double>> {
  using Lane = double;
  using Bits = Lanes<uint64_t>;
};

template <class F>
using FloatLane = typename FloatTraits<F>::Lane;
template <class F>
using FloatBits = typename FloatTraits<F>::Bits;

/// Bits of one lane.
template <class F>
using LaneWord = typename detail::LaneBits<sizeof(FloatLane<F>)>::Unsigned;

template <class F>
constexpr LaneWord<F> k_sign_bit = LaneWord<F>{1} << (sizeof(FloatLane<F>) * 8 - 1);

template <class F>
constexpr FloatBits<F> bits_of(F value) {
  return __builtin_bit_cast(FloatBits<F>, value);
}
template <class F>
constexpr F from_bits(FloatBits<F> bits) {
  return __builtin_bit_cast(F, bits);
}

// Sign operations work on the bits, so that NaNs pass unchanged.
template <class F>
constexpr F abs_core(F a) {
  return from_bits<F>(bits_of(a) & ~k_sign_bit<F>);
}
template <class F>
constexpr F neg_core(F a) {
  return from_bits<F>(bits_of(a) ^ k_sign_bit<F>);
}
template <class F>
constexpr F copysign_core(F magnitude, F sign) {
  return from_bits<F>((bits_of(magnitude) & ~k_sign_bit<F>) | (bits_of(sign) & k_sign_bit<F>));
}

/// From this magnitude on every number is an integer.
template <class F>
constexpr FloatLane<F> k_integral_from =
    static_cast<FloatLane<F>>(uint64_t{1} << (std::numeric_limits<FloatLane<F>>::digits - 1));

/// Chooses `rounded`, given the sign of `a`, where `a` has a fraction; elsewhere `a` itself, NaNs made quiet.
template <class F>
constexpr F finish_rounding(F a, F rounded) {
  return abs_core(a) < k_integral_from<F> ? copysign_core(rounded, a) : a + FloatLane<F>{0};
}

/// |a| to the nearest integer, ties to even, if |a| is below k_integral_from: adding that constant leaves no
/// bits for a fraction.
template <class F>
constexpr F nearest_magnitude(F magnitude) {
  return (magnitude + k_integral_from<F>)-k_integral_from<F>;
}

template <class F>
constexpr F nearest_core(F a) {
  return finish_rounding<F>(a, nearest_magnitude<F>(abs_core(a)));
}
template <class F>
constexpr F trunc_core(F a) {
  F magnitude = abs_core(a);
  F rounded = nearest_magnitude<F>(magnitude);
  return finish_rounding<F>(a, rounded > magnitude ? rounded - FloatLane<F>{1} : rounded);
}
template <class F>
constexpr F floor_core(F a) {
  F rounded = copysign_core(nearest_magnitude<F>(abs_core(a)), a);
  return finish_rounding<F>(a, rounded > a ? rounded - FloatLane<F>{1} : rounded);
}
template <class F>
constexpr F ceil_core(F a) {
  F rounded = copysign_core(nearest_magnitude<F>(abs_core(a)), a);
  return finish_rounding<F>(a, rounded < a ? rounded + FloatLane<F>{1} : rounded);
}

// The two selections differ only for zeros of different sign, where combining their bits picks the right
// zero, and for NaNs, which the sum propagates and makes quiet.
template <class F>
constexpr F min_core(F a, F b) {
  F merged = from_bits<F>(bits_of<F>(a < b ? a : b) | bits_of<F>(b < a ? b : a));
  return ((a != a) | (b != b)) ? a + b : merged;
}
template <class F>
constexpr F max_core(F a, F b) {
  F merged = from_bits<F>(bits_of<F>(a > b ? a : b) & bits_of<F>(b > a ? b : a));
  return ((a != a) | (b != b)) ? a + b : merged;
}

}  // namespace lindvm::sem
