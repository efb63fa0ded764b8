#pragma once
// Meaning of conversions between numeric types (spec 4.3.4). Integer template arguments carry signedness; the
// values passed and returned are the unsigned types of i32 and i64.

#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/isa/semantics/outcome.h"

namespace lindvm::sem {

/// What truncation to Int accepts of a Float: k_below is the greatest value too small or the least value that
/// fits (`k_below_fits` says which, as the Float's precision allows); k_above the least value too large.
template <class Float, class Int>
struct TruncationRange {
  static constexpr int k_bits = std::numeric_limits<Int>::digits;
  static constexpr Float k_above = static_cast<Float>(uint64_t{1} << (k_bits - 1)) * 2;
  static constexpr bool k_below_fits = std::is_signed_v<Int> && k_bits >= std::numeric_limits<Float>::digits;
  static constexpr Float k_below = !std::is_signed_v<Int> ? Float{-1}
                                   : k_below_fits         ? -k_above
                                                          : -k_above - 1;

  static constexpr bool above_minimum(Float a) { return k_below_fits ? a >= k_below : a > k_below; }
};

/// Truncates toward zero; NaN and values out of range trap.
template <class Float, class Int>
constexpr Outcome<std::make_unsigned_t<Int>> trunc_checked(Float a) {
  using Range = TruncationRange<Float, Int>;
  using Bits = std::make_unsigned_t<Int>;
  if (Range::above_minimum(a) && a < Range::k_above) [[likely]] {
    return {static_cast<Bits>(static_cast<Int>(a))};
  }
  return Outcome<Bits>::trapped(a != a ? Trap::InvalidConversion : Trap::IntegerOverflow);
}

/// Truncates toward zero; NaN gives 0, values out of range the nearest bound.
template <class Float, class Int>
constexpr std::make_unsigned_t<Int> trunc_sat(Float a) {
  using Range = TruncationRange<Float, Int>;
  using Bits = std::make_unsigned_t<Int>;
  if (Range::above_minimum(a) && a < Range::k_above) [[likely]]
    return static_cast<Bits>(static_cast<Int>(a));
  if (a != a) return 0;
  return static_cast<Bits>(a < 0 ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max());
}

/// Integer to float, rounding to nearest, ties to even.
template <class Int, class Float>
constexpr Float convert(std::make_unsigned_t<Int> a) {
  return static_cast<Float>(static_cast<Int>(a));
}

constexpr float demote(double a) { return static_cast<float>(a); }
constexpr double promote(float a) { return a; }

template <class From, class To>
constexpr To reinterpret(From a) {
  return __builtin_bit_cast(To, a);
}

}  // namespace lindvm::sem
