#pragma once
// Meaning of scalar integer operations (spec 4.3.2). T is uint32_t or uint64_t.

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "vm/isa/semantics/outcome.h"

namespace lindvm::sem {

template <class T>
constexpr std::make_signed_t<T> as_signed(T value) {
  return static_cast<std::make_signed_t<T>>(value);
}

/// Shift and rotate counts count modulo the width.
template <class T>
constexpr T shift_mask = sizeof(T) * 8 - 1;

// clang-format off
template <class T> constexpr T wrap_add(T a, T b) { return a + b; }
template <class T> constexpr T wrap_sub(T a, T b) { return a - b; }
template <class T> constexpr T wrap_mul(T a, T b) { return a * b; }
template <class T> constexpr T bit_and(T a, T b) { return a & b; }
template <class T> constexpr T bit_or(T a, T b) { return a | b; }
template <class T> constexpr T bit_xor(T a, T b) { return a ^ b; }
template <class T> constexpr T shl(T a, T count) { return a << (count & shift_mask<T>); }
template <class T> constexpr T shr_u(T a, T count) { return a >> (count & shift_mask<T>); }
template <class T> constexpr T shr_s(T a, T count) { return static_cast<T>(as_signed(a) >> (count & shift_mask<T>)); }
template <class T> constexpr T rotl(T a, T count) { return std::rotl(a, static_cast<int>(count & shift_mask<T>)); }
template <class T> constexpr T rotr(T a, T count) { return std::rotr(a, static_cast<int>(count & shift_mask<T>)); }
template <class T> constexpr T clz(T a) { return static_cast<T>(std::countl_zero(a)); }
template <class T> constexpr T ctz(T a) { return static_cast<T>(std::countr_zero(a)); }
template <class T> constexpr T popcnt(T a) { return static_cast<T>(std::popcount(a)); }

template <class T> constexpr uint32_t eqz(T a) { return a == 0; }
template <class T> constexpr uint32_t lt_s(T a, T b) { return as_signed(a) < as_signed(b); }
template <class T> constexpr uint32_t lt_u(T a, T b) { return a < b; }
template <class T> constexpr uint32_t gt_s(T a, T b) { return as_signed(a) > as_signed(b); }
template <class T> constexpr uint32_t gt_u(T a, T b) { return a > b; }
template <class T> constexpr uint32_t le_s(T a, T b) { return as_signed(a) <= as_signed(b); }
template <class T> constexpr uint32_t le_u(T a, T b) { return a <= b; }
template <class T> constexpr uint32_t ge_s(T a, T b) { return as_signed(a) >= as_signed(b); }
template <class T> constexpr uint32_t ge_u(T a, T b) { return a >= b; }
// clang-format on

/// Also of float and double.
template <class T>
constexpr uint32_t eq(T a, T b) {
  return a == b;
}
template <class T>
constexpr uint32_t ne(T a, T b) {
  return a != b;
}

template <class T>
constexpr Outcome<T> div_u(T a, T b) {
  if (b == 0) [[unlikely]]
    return Outcome<T>::trapped(Trap::IntegerDivideByZero);
  return {static_cast<T>(a / b)};
}

template <class T>
constexpr Outcome<T> rem_u(T a, T b) {
  if (b == 0) [[unlikely]]
    return Outcome<T>::trapped(Trap::IntegerDivideByZero);
  return {static_cast<T>(a % b)};
}

template <class T>
constexpr Outcome<T> div_s(T a, T b) {
  if (b == 0) [[unlikely]]
    return Outcome<T>::trapped(Trap::IntegerDivideByZero);
  if (a == T{1} << shift_mask<T> && b == static_cast<T>(-1)) [[unlikely]] {
    return Outcome<T>::trapped(Trap::IntegerOverflow);
  }
  return {static_cast<T>(as_signed(a) / as_signed(b))};
}

template <class T>
constexpr Outcome<T> rem_s(T a, T b) {
  if (b == 0) [[unlikely]]
    return Outcome<T>::trapped(Trap::IntegerDivideByZero);
  if (b == static_cast<T>(-1)) return {0};  // the quotient may not be representable
  return {static_cast<T>(as_signed(a) % as_signed(b))};
}

/// Sign-extends the low bits that make up a Narrow (int8_t, int16_t, int32_t).
template <class Narrow, class T>
constexpr T sign_extend(T a) {
  return static_cast<T>(static_cast<std::make_signed_t<T>>(static_cast<Narrow>(a)));
}

constexpr uint32_t wrap_i64(uint64_t a) { return static_cast<uint32_t>(a); }
constexpr uint64_t extend_i32_s(uint32_t a) { return static_cast<uint64_t>(int64_t{as_signed(a)}); }
constexpr uint64_t extend_i32_u(uint32_t a) { return a; }

constexpr I64Pair pair_of(unsigned __int128 value) {
  return {static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64)};
}
constexpr unsigned __int128 wide_of(uint64_t low, uint64_t high) {
  return static_cast<unsigned __int128>(high) << 64 | low;
}
constexpr I64Pair add128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  return pair_of(wide_of(a_low, a_high) + wide_of(b_low, b_high));
}
constexpr I64Pair sub128(uint64_t a_low, uint64_t a_high, uint64_t b_low, uint64_t b_high) {
  return pair_of(wide_of(a_low, a_high) - wide_of(b_low, b_high));
}
constexpr I64Pair mul_wide_u(uint64_t a, uint64_t b) {
  return pair_of(static_cast<unsigned __int128>(a) * b);
}
constexpr I64Pair mul_wide_s(uint64_t a, uint64_t b) {
  return pair_of(static_cast<unsigned __int128>(static_cast<__int128>(as_signed(a)) * as_signed(b)));
}

}  // namespace lindvm::sem
