#pragma once
// Meaning of vector operations on bits and integer lanes (spec 4.3.5 and 4.6). T is the lane type; its
// signedness chooses between the _s and _u forms. Wrapping arithmetic takes the unsigned type.

#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/isa/semantics/simd_core.h"

namespace lindvm::sem {

template <class T>
constexpr unsigned k_lane_bits = sizeof(T) * 8;

// clang-format off
inline V128 simd_not(V128 a) { return pack(~lanes_of<uint64_t>(a)); }
inline V128 simd_and(V128 a, V128 b) { return pack(lanes_of<uint64_t>(a) & lanes_of<uint64_t>(b)); }
inline V128 simd_andnot(V128 a, V128 b) { return pack(lanes_of<uint64_t>(a) & ~lanes_of<uint64_t>(b)); }
inline V128 simd_or(V128 a, V128 b) { return pack(lanes_of<uint64_t>(a) | lanes_of<uint64_t>(b)); }
inline V128 simd_xor(V128 a, V128 b) { return pack(lanes_of<uint64_t>(a) ^ lanes_of<uint64_t>(b)); }

/// Arithmetic and comparison, of integer and float lanes alike.
template <class T> inline V128 simd_add(V128 a, V128 b) { return pack(lanes_of<T>(a) + lanes_of<T>(b)); }
template <class T> inline V128 simd_sub(V128 a, V128 b) { return pack(lanes_of<T>(a) - lanes_of<T>(b)); }
template <class T> inline V128 simd_mul(V128 a, V128 b) { return pack(lanes_of<T>(a) * lanes_of<T>(b)); }
template <class T> inline V128 simd_eq(V128 a, V128 b) { return pack(lanes_of<T>(a) == lanes_of<T>(b)); }
template <class T> inline V128 simd_ne(V128 a, V128 b) { return pack(lanes_of<T>(a) != lanes_of<T>(b)); }
template <class T> inline V128 simd_lt(V128 a, V128 b) { return pack(lanes_of<T>(a) < lanes_of<T>(b)); }
template <class T> inline V128 simd_gt(V128 a, V128 b) { return pack(lanes_of<T>(a) > lanes_of<T>(b)); }
template <class T> inline V128 simd_le(V128 a, V128 b) { return pack(lanes_of<T>(a) <= lanes_of<T>(b)); }
template <class T> inline V128 simd_ge(V128 a, V128 b) { return pack(lanes_of<T>(a) >= lanes_of<T>(b)); }

template <class T> inline V128 simd_neg(V128 a) { return pack(Lanes<T>{} - lanes_of<T>(a)); }
// clang-format on

/// Bits of a where mask is set, of b elsewhere.
inline V128 simd_bitselect(V128 a, V128 b, V128 mask) {
  auto bits = lanes_of<uint64_t>(mask);
  return pack((lanes_of<uint64_t>(a) & bits) | (lanes_of<uint64_t>(b) & ~bits));
}

inline uint32_t simd_any_true(V128 a) { return (a.lane<uint64_t>(0) | a.lane<uint64_t>(1)) != 0; }

template <class T>
inline uint32_t simd_all_true(V128 a) {
  return !simd_any_true(pack(lanes_of<T>(a) == Lanes<T>{}));
}

namespace detail {
/// Gathers the sign bits of the lanes in 8 bytes: each lies alone in its lane, and the multiplication adds up
/// shifted copies such that lane i's arrives at bit i of the top lane.
template <class T>
constexpr uint32_t sign_bits(uint64_t half) {
  constexpr unsigned count = 8 / sizeof(T);
  constexpr unsigned bits = k_lane_bits<T>;
  if constexpr (count == 1) {
    return static_cast<uint32_t>(half >> 63);
  } else {
    uint64_t ones = 0;
    uint64_t gather = 0;
    for (unsigned i = 0; i < count; ++i) {
      ones |= uint64_t{1} << (i * bits);
      gather |= uint64_t{1} << (64 - bits - i * (bits - 1));
    }
    return static_cast<uint32_t>((half >> (bits - 1) & ones) * gather >> (64 - bits)) & ((1u << count) - 1);
  }
}
}  // namespace detail

template <class T>
inline uint32_t simd_bitmask(V128 a) {
  constexpr unsigned count = 8 / sizeof(T);
  return detail::sign_bits<T>(a.lane<uint64_t>(0)) | detail::sign_bits<T>(a.lane<uint64_t>(1)) << count;
}

template <class T>
inline V128 simd_abs(V128 a) {
  using U = std::make_unsigned_t<T>;
  auto sign = lanes_of<U>(pack(lanes_of<T>(a) < Lanes<T>{}));
  return pack((lanes_of<U>(a) ^ sign) - sign);
}

template <class T>
inline V128 simd_shl(V128 a, uint32_t count) {
  return pack(lanes_of<T>(a) << static_cast<T>(count & (k_lane_bits<T> - 1)));
}
template <class T>
inline V128 simd_shr(V128 a, uint32_t count) {
  return pack(lanes_of<T>(a) >> static_cast<T>(count & (k_lane_bits<T> - 1)));
}

template <class T>
inline V128 simd_min(V128 a, V128 b) {
  auto x = lanes_of<T>(a), y = lanes_of<T>(b);
  return pack(x < y ? x : y);
}
template <class T>
inline V128 simd_max(V128 a, V128 b) {
  auto x = lanes_of<T>(a), y = lanes_of<T>(b);
  return pack(x > y ? x : y);
}

namespace detail {
/// The bound that an overflowing signed operation saturates to: the maximum, or the minimum if `a` is
/// negative.
template <class T>
inline auto signed_bound(V128 a) {
  using U = std::make_unsigned_t<T>;
  auto sign = lanes_of<U>(a) >> static_cast<U>(k_lane_bits<T> - 1);
  return sign + static_cast<U>(std::numeric_limits<T>::max());
}
/// All ones where the sign bit is set.
template <class T>
inline auto sign_mask(Lanes<std::make_unsigned_t<T>> bits) {
  using U = std::make_unsigned_t<T>;
  return lanes_of<U>(pack(lanes_of<T>(pack(bits)) < Lanes<T>{}));
}
}  // namespace detail

template <class T>
inline V128 simd_add_sat(V128 a, V128 b) {
  using U = std::make_unsigned_t<T>;
  auto x = lanes_of<U>(a), y = lanes_of<U>(b);
  auto sum = x + y;
  if constexpr (std::is_unsigned_v<T>) {
    return pack(sum | lanes_of<U>(pack(sum < x)));
  } else {
    auto overflow = detail::sign_mask<T>(~(x ^ y) & (x ^ sum));
    return pack((sum & ~overflow) | (detail::signed_bound<T>(a) & overflow));
  }
}

template <class T>
inline V128 simd_sub_sat(V128 a, V128 b) {
  using U = std::make_unsigned_t<T>;
  auto x = lanes_of<U>(a), y = lanes_of<U>(b);
  auto difference = x - y;
  if constexpr (std::is_unsigned_v<T>) {
    return pack(difference & lanes_of<U>(pack(x >= y)));
  } else {
    auto overflow = detail::sign_mask<T>((x ^ y) & (x ^ difference));
    return pack((difference & ~overflow) | (detail::signed_bound<T>(a) & overflow));
  }
}

/// Average, rounded up.
template <class T>
inline V128 simd_avgr(V128 a, V128 b) {
  auto x = lanes_of<T>(a), y = lanes_of<T>(b);
  return pack((x | y) - ((x ^ y) >> T{1}));
}

inline V128 simd_popcnt(V128 a) {
  auto x = lanes_of<uint8_t>(a);
  x = x - ((x >> uint8_t{1}) & uint8_t{0x55});
  x = (x & uint8_t{0x33}) + ((x >> uint8_t{2}) & uint8_t{0x33});
  return pack((x + (x >> uint8_t{4})) & uint8_t{0x0f});
}

/// Lanes of a, then of b, saturated from the signed From to To.
template <class From, class To>
inline V128 simd_narrow(V128 a, V128 b) {
  constexpr From low = std::numeric_limits<To>::min();
  constexpr From high = std::numeric_limits<To>::max();
  auto clamp = [](V128 value) {
    auto x = lanes_of<From>(value);
    x = x < low ? Lanes<From>{} + low : x;
    x = x > high ? Lanes<From>{} + high : x;
    return __builtin_convertvector(x, HalfLanes<To>);
  };
  HalfLanes<To> first = clamp(a), second = clamp(b);
  V128 result;
  std::memcpy(result.bytes, &first, 8);
  std::memcpy(result.bytes + 8, &second, 8);
  return result;
}

// clang-format off
template <class From, class To> inline V128 simd_extend_low(V128 a) { return pack(widened<From, To>(a, 0)); }
template <class From, class To> inline V128 simd_extend_high(V128 a) { return pack(widened<From, To>(a, 1)); }
template <class From, class To> inline V128 simd_extmul_low(V128 a, V128 b) { return pack(widened<From, To>(a, 0) * widened<From, To>(b, 0)); }
template <class From, class To> inline V128 simd_extmul_high(V128 a, V128 b) { return pack(widened<From, To>(a, 1) * widened<From, To>(b, 1)); }
// clang-format on

namespace detail {
/// Even and odd lanes of type From, extended to To.
template <class From, class To>
inline Lanes<To> even_lanes(V128 a) {
  using U = std::make_unsigned_t<To>;
  auto raised = lanes_of<U>(a) << static_cast<U>(k_lane_bits<From>);
  return lanes_of<To>(pack(raised)) >> static_cast<To>(k_lane_bits<From>);
}
template <class From, class To>
inline Lanes<To> odd_lanes(V128 a) {
  return lanes_of<To>(a) >> static_cast<To>(k_lane_bits<From>);
}
}  // namespace detail

template <class From, class To>
inline V128 simd_extadd_pairwise(V128 a) {
  return pack(detail::even_lanes<From, To>(a) + detail::odd_lanes<From, To>(a));
}

/// Sums of products of adjacent i16 lanes, modulo 2^32.
inline V128 simd_dot_i16x8(V128 a, V128 b) {
  auto even = detail::even_lanes<int16_t, int32_t>(a) * detail::even_lanes<int16_t, int32_t>(b);
  auto odd = detail::odd_lanes<int16_t, int32_t>(a) * detail::odd_lanes<int16_t, int32_t>(b);
  return pack(lanes_of<uint32_t>(pack(even)) + lanes_of<uint32_t>(pack(odd)));
}

/// Sums of products of adjacent i8 lanes, both signed, saturated to i16 (the deterministic profile's choice).
inline V128 simd_dot_i8x16(V128 a, V128 b) {
  auto even = detail::even_lanes<int8_t, int16_t>(a) * detail::even_lanes<int8_t, int16_t>(b);
  auto odd = detail::odd_lanes<int8_t, int16_t>(a) * detail::odd_lanes<int8_t, int16_t>(b);
  return simd_add_sat<int16_t>(pack(even), pack(odd));
}
inline V128 simd_dot_i8x16_add(V128 a, V128 b, V128 c) {
  return simd_add<uint32_t>(simd_extadd_pairwise<int16_t, int32_t>(simd_dot_i8x16(a, b)), c);
}

/// Q15 product, rounded and saturated.
inline V128 simd_q15mulr_sat(V128 a, V128 b) {
  auto product = [&](unsigned part) {
    return pack((widened<int16_t, int32_t>(a, part) * widened<int16_t, int32_t>(b, part) + 0x4000) >> 15);
  };
  return simd_narrow<int32_t, int16_t>(product(0), product(1));
}

/// Byte i is a[index[i]], or 0 if the index is out of range.
inline V128 simd_swizzle(V128 a, V128 index) {
  V128 result;
  for (unsigned i = 0; i < 16; ++i) result.bytes[i] = index.bytes[i] < 16 ? a.bytes[index.bytes[i] & 15] : 0;
  return result;
}

/// Byte i is byte index[i] of a followed by b; indices are below 32.
inline V128 simd_shuffle(V128 a, V128 b, V128 index) {
  uint8_t both[32];
  std::memcpy(both, a.bytes, 16);
  std::memcpy(both + 16, b.bytes, 16);
  V128 result;
  for (unsigned i = 0; i < 16; ++i) result.bytes[i] = both[index.bytes[i] & 31];
  return result;
}

/// Every lane is the Value's low bits. Also of floats, whose bits are kept.
template <class Lane, class Value>
inline V128 simd_splat(Value value) {
  using U = typename detail::LaneOfWidth<sizeof(Lane)>::Unsigned;
  return pack(Lanes<U>{} + __builtin_bit_cast(U, static_cast<Lane>(value)));
}

template <class Lane, class Value>
inline Value extract_lane(V128 a, unsigned lane) {
  return static_cast<Value>(a.lane<Lane>(lane));
}

template <class Lane, class Value>
inline V128 replace_lane(V128 a, Value value, unsigned lane) {
  a.set_lane<Lane>(lane, static_cast<Lane>(value));
  return a;
}

}  // namespace lindvm::sem
