// Vector meanings against lane-by-lane formulas in wide integers, and against the scalar float meanings, over
// all pairs of edge vectors.

#include <gtest/gtest.h>

#include <functional>

#include "vm/isa/semantics.h"
#include "vm/testing/edge_values.h"
#include "vm/testing/printers.h"

namespace lindvm::sem {
namespace {

const std::vector<V128>& vectors() {
  static const std::vector<V128> values = testing::edge_values_v128();
  return values;
}

/// Expects op(a) to be, lane for lane of T, f of the lanes as wide integers, taken modulo the lane's width.
template <class T>
void check_unary(V128 (*op)(V128), std::function<int64_t(int64_t)> f) {
  for (V128 a : vectors()) {
    V128 expected;
    for (unsigned i = 0; i < V128::lanes<T>(); ++i) expected.set_lane<T>(i, static_cast<T>(f(a.lane<T>(i))));
    EXPECT_EQ(op(a), expected) << ::testing::PrintToString(a);
  }
}

template <class T>
void check_binary(V128 (*op)(V128, V128), std::function<__int128(__int128, __int128)> f) {
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      V128 expected;
      for (unsigned i = 0; i < V128::lanes<T>(); ++i) {
        expected.set_lane<T>(i, static_cast<T>(f(a.lane<T>(i), b.lane<T>(i))));
      }
      ASSERT_EQ(op(a, b), expected) << ::testing::PrintToString(a) << ", " << ::testing::PrintToString(b);
    }
  }
}

template <class T>
class SimdLanes : public ::testing::Test {};
using LaneTypes = ::testing::Types<int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t>;
TYPED_TEST_SUITE(SimdLanes, LaneTypes);

TYPED_TEST(SimdLanes, Comparisons) {
  using T = TypeParam;
  check_binary<T>(simd_eq<T>, [](auto a, auto b) { return a == b ? -1 : 0; });
  check_binary<T>(simd_ne<T>, [](auto a, auto b) { return a != b ? -1 : 0; });
  check_binary<T>(simd_lt<T>, [](auto a, auto b) { return a < b ? -1 : 0; });
  check_binary<T>(simd_gt<T>, [](auto a, auto b) { return a > b ? -1 : 0; });
  check_binary<T>(simd_le<T>, [](auto a, auto b) { return a <= b ? -1 : 0; });
  check_binary<T>(simd_ge<T>, [](auto a, auto b) { return a >= b ? -1 : 0; });
  check_binary<T>(simd_min<T>, [](auto a, auto b) { return a < b ? a : b; });
  check_binary<T>(simd_max<T>, [](auto a, auto b) { return a > b ? a : b; });
}

TYPED_TEST(SimdLanes, WrappingArithmetic) {
  using T = TypeParam;
  using U = std::make_unsigned_t<T>;
  check_binary<T>(simd_add<U>, [](auto a, auto b) { return a + b; });
  check_binary<T>(simd_sub<U>, [](auto a, auto b) { return a - b; });
  check_binary<T>(simd_mul<U>, [](__int128 a, __int128 b) {
    return static_cast<__int128>(static_cast<unsigned __int128>(a) * static_cast<unsigned __int128>(b));
  });
  check_unary<T>(simd_neg<U>, [](int64_t a) { return static_cast<int64_t>(-static_cast<uint64_t>(a)); });
  if constexpr (std::is_signed_v<T>) {
    check_unary<T>(simd_abs<T>,
                   [](int64_t a) { return a < 0 ? static_cast<int64_t>(-static_cast<uint64_t>(a)) : a; });
  }
}

TYPED_TEST(SimdLanes, SaturatingArithmeticAndAverages) {
  using T = TypeParam;
  auto clamp = [](__int128 value) {
    return std::min<__int128>(std::max<__int128>(value, std::numeric_limits<T>::min()),
                              std::numeric_limits<T>::max());
  };
  if constexpr (sizeof(T) <= 2) {
    check_binary<T>(simd_add_sat<T>, [&](auto a, auto b) { return clamp(a + b); });
    check_binary<T>(simd_sub_sat<T>, [&](auto a, auto b) { return clamp(a - b); });
    if constexpr (std::is_unsigned_v<T>)
      check_binary<T>(simd_avgr<T>, [](auto a, auto b) { return (a + b + 1) / 2; });
  }
}

TYPED_TEST(SimdLanes, Shifts) {
  using T = TypeParam;
  constexpr uint32_t bits = sizeof(T) * 8;
  for (V128 a : vectors()) {
    for (uint32_t count : {0u, 1u, 3u, 7u, bits - 1, bits, bits + 1, 0x80000005u, 0xffffffffu}) {
      V128 left, right;
      for (unsigned i = 0; i < V128::lanes<T>(); ++i) {
        left.set_lane<T>(i, static_cast<T>(static_cast<unsigned __int128>(a.lane<T>(i)) << count % bits));
        right.set_lane<T>(i, static_cast<T>(static_cast<__int128>(a.lane<T>(i)) >> count % bits));
      }
      EXPECT_EQ(simd_shl<std::make_unsigned_t<T>>(a, count), left);
      EXPECT_EQ(simd_shr<T>(a, count), right);
    }
  }
}

TYPED_TEST(SimdLanes, LaneReductions) {
  using T = TypeParam;
  using U = std::make_unsigned_t<T>;
  for (V128 a : vectors()) {
    uint32_t all = 1, any = 0, mask = 0;
    for (unsigned i = 0; i < V128::lanes<T>(); ++i) {
      all &= a.lane<T>(i) != 0;
      any |= a.lane<T>(i) != 0;
      mask |= static_cast<uint32_t>(a.lane<U>(i) >> (sizeof(T) * 8 - 1)) << i;
    }
    EXPECT_EQ(simd_all_true<U>(a), all);
    EXPECT_EQ(simd_any_true(a), any);
    EXPECT_EQ(simd_bitmask<U>(a), mask) << ::testing::PrintToString(a);
  }
}

TYPED_TEST(SimdLanes, LaneAccess) {
  using T = TypeParam;
  using Value = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  for (V128 a : vectors()) {
    for (unsigned lane = 0; lane < V128::lanes<T>(); ++lane) {
      EXPECT_EQ((extract_lane<T, Value>(a, lane)), static_cast<Value>(a.lane<T>(lane)));
      V128 replaced = replace_lane<T, Value>(a, static_cast<Value>(0x0123456789abcdef), lane);
      for (unsigned i = 0; i < V128::lanes<T>(); ++i) {
        EXPECT_EQ(replaced.lane<T>(i), i == lane ? static_cast<T>(0x0123456789abcdef) : a.lane<T>(i));
      }
    }
  }
  V128 splat = simd_splat<T, Value>(static_cast<Value>(0xfedcba9876543210));
  for (unsigned i = 0; i < V128::lanes<T>(); ++i)
    EXPECT_EQ(splat.lane<T>(i), static_cast<T>(0xfedcba9876543210));
}

template <class From, class To>
void check_widening() {
  constexpr unsigned count = V128::lanes<To>();
  for (V128 a : vectors()) {
    V128 low, high, pairs;
    for (unsigned i = 0; i < count; ++i) {
      low.set_lane<To>(i, a.lane<From>(i));
      high.set_lane<To>(i, a.lane<From>(count + i));
      pairs.set_lane<To>(i, static_cast<To>(To{a.lane<From>(2 * i)} + To{a.lane<From>(2 * i + 1)}));
    }
    EXPECT_EQ((simd_extend_low<From, To>(a)), low);
    EXPECT_EQ((simd_extend_high<From, To>(a)), high);
    EXPECT_EQ((simd_extadd_pairwise<From, To>(a)), pairs);
    for (V128 b : vectors()) {
      V128 low_product, high_product;
      for (unsigned i = 0; i < count; ++i) {
        auto product = [&](unsigned k) {
          return static_cast<To>(static_cast<__int128>(a.lane<From>(k)) * b.lane<From>(k));
        };
        low_product.set_lane<To>(i, product(i));
        high_product.set_lane<To>(i, product(count + i));
      }
      ASSERT_EQ((simd_extmul_low<From, To>(a, b)), low_product);
      ASSERT_EQ((simd_extmul_high<From, To>(a, b)), high_product);
    }
  }
}

TEST(Simd, WideningArithmetic) {
  check_widening<int8_t, int16_t>();
  check_widening<uint8_t, uint16_t>();
  check_widening<int16_t, int32_t>();
  check_widening<uint16_t, uint32_t>();
  check_widening<int32_t, int64_t>();
  check_widening<uint32_t, uint64_t>();
}

template <class From, class To>
void check_narrowing() {
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      V128 expected;
      for (unsigned i = 0; i < V128::lanes<To>(); ++i) {
        constexpr unsigned count = V128::lanes<From>();
        int64_t lane = i < count ? a.lane<From>(i) : b.lane<From>(i - count);
        lane = std::min<int64_t>(std::max<int64_t>(lane, std::numeric_limits<To>::min()),
                                 std::numeric_limits<To>::max());
        expected.set_lane<To>(i, static_cast<To>(lane));
      }
      ASSERT_EQ((simd_narrow<From, To>(a, b)), expected);
    }
  }
}

TEST(Simd, Narrowing) {
  check_narrowing<int16_t, int8_t>();
  check_narrowing<int16_t, uint8_t>();
  check_narrowing<int32_t, int16_t>();
  check_narrowing<int32_t, uint16_t>();
}

TEST(Simd, Products) {
  check_binary<int16_t>(simd_q15mulr_sat,
                        [](auto a, auto b) { return std::min<__int128>((a * b + 0x4000) >> 15, 32767); });
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      V128 dot16, dot8, dot8_add;
      for (unsigned i = 0; i < 4; ++i) {
        int64_t sum = 0;
        for (unsigned k = 2 * i; k < 2 * i + 2; ++k) sum += int64_t{a.lane<int16_t>(k)} * b.lane<int16_t>(k);
        dot16.set_lane<uint32_t>(i, static_cast<uint32_t>(sum));
      }
      for (unsigned i = 0; i < 8; ++i) {
        int sum = 0;
        for (unsigned k = 2 * i; k < 2 * i + 2; ++k) sum += a.lane<int8_t>(k) * b.lane<int8_t>(k);
        dot8.set_lane<int16_t>(i, static_cast<int16_t>(std::min(sum, 32767)));
      }
      for (unsigned i = 0; i < 4; ++i) {
        uint32_t sum = static_cast<uint32_t>(dot8.lane<int16_t>(2 * i) + dot8.lane<int16_t>(2 * i + 1));
        dot8_add.set_lane<uint32_t>(i, sum + a.lane<uint32_t>(i));
      }
      ASSERT_EQ(simd_dot_i16x8(a, b), dot16);
      ASSERT_EQ(simd_dot_i8x16(a, b), dot8);
      ASSERT_EQ(simd_dot_i8x16_add(a, b, a), dot8_add);
    }
  }
}

TEST(Simd, BitsAndBytes) {
  check_unary<uint8_t>(simd_popcnt, [](int64_t a) { return __builtin_popcountll(static_cast<uint64_t>(a)); });
  check_unary<uint64_t>(simd_not, [](int64_t a) { return ~a; });
  check_binary<uint64_t>(simd_and, [](auto a, auto b) { return a & b; });
  check_binary<uint64_t>(simd_or, [](auto a, auto b) { return a | b; });
  check_binary<uint64_t>(simd_xor, [](auto a, auto b) { return a ^ b; });
  check_binary<uint64_t>(simd_andnot, [](auto a, auto b) { return a & ~b; });
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      V128 swizzled, index, shuffled, selected;
      for (unsigned i = 0; i < 16; ++i) {
        swizzled.bytes[i] = b.bytes[i] < 16 ? a.bytes[b.bytes[i]] : 0;
        index.bytes[i] = static_cast<uint8_t>(i * 11 % 32);
        shuffled.bytes[i] = index.bytes[i] < 16 ? a.bytes[index.bytes[i]] : b.bytes[index.bytes[i] - 16];
        selected.bytes[i] = static_cast<uint8_t>((a.bytes[i] & 0x5a) | (b.bytes[i] & 0xa5));
      }
      ASSERT_EQ(simd_swizzle(a, b), swizzled);
      ASSERT_EQ(simd_shuffle(a, b, index), shuffled);
      ASSERT_EQ(simd_bitselect(a, b, simd_splat<uint8_t, uint32_t>(0x5a)), selected);
    }
  }
}

/// Lane equality up to NaN bits that the specification leaves open: both arithmetic NaNs will do.
template <class F>
bool same_lane(F a, F b) {
  constexpr auto quiet = std::bit_cast<FloatBits<F>>(std::numeric_limits<F>::quiet_NaN());
  if (a != a && b != b) return (bits_of(a) & bits_of(b) & quiet) == quiet;
  return bits_of(a) == bits_of(b);
}

template <class F>
void check_float_unary(V128 (*op)(V128), F (*f)(F)) {
  for (V128 a : vectors()) {
    for (unsigned i = 0; i < V128::lanes<F>(); ++i) {
      EXPECT_PRED2(same_lane<F>, op(a).lane<F>(i), f(a.lane<F>(i))) << a.lane<F>(i);
    }
  }
}

template <class F>
void check_float_binary(V128 (*op)(V128, V128), F (*f)(F, F)) {
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      for (unsigned i = 0; i < V128::lanes<F>(); ++i) {
        ASSERT_PRED2(same_lane<F>, op(a, b).lane<F>(i), f(a.lane<F>(i), b.lane<F>(i)))
            << a.lane<F>(i) << ", " << b.lane<F>(i);
      }
    }
  }
}

template <class F>
class SimdFloat : public ::testing::Test {};
using FloatTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(SimdFloat, FloatTypes);

TYPED_TEST(SimdFloat, MatchesTheScalarMeaning) {
  using F = TypeParam;
  check_float_unary<F>(simd_float_ceil<F>, float_ceil<F>);
  check_float_unary<F>(simd_float_floor<F>, float_floor<F>);
  check_float_unary<F>(simd_float_trunc<F>, float_trunc<F>);
  check_float_unary<F>(simd_float_nearest<F>, float_nearest<F>);
  check_float_unary<F>(simd_sqrt<F>, float_sqrt<F>);
  check_float_binary<F>(simd_float_min<F>, float_min<F>);
  check_float_binary<F>(simd_float_max<F>, float_max<F>);
  check_float_binary<F>(simd_add<F>, float_add<F>);
  check_float_binary<F>(simd_sub<F>, float_sub<F>);
  check_float_binary<F>(simd_mul<F>, float_mul<F>);
  check_float_binary<F>(simd_div<F>, float_div<F>);
}

TYPED_TEST(SimdFloat, BitExactOperations) {
  using F = TypeParam;
  using U = FloatBits<F>;
  for (V128 a : vectors()) {
    for (V128 b : vectors()) {
      for (unsigned i = 0; i < V128::lanes<F>(); ++i) {
        F x = a.lane<F>(i), y = b.lane<F>(i);
        ASSERT_EQ(simd_float_abs<F>(a).template lane<U>(i), bits_of(float_abs(x)));
        ASSERT_EQ(simd_float_neg<F>(a).template lane<U>(i), bits_of(float_neg(x)));
        ASSERT_EQ(simd_pmin<F>(a, b).template lane<U>(i), bits_of(y < x ? y : x));
        ASSERT_EQ(simd_pmax<F>(a, b).template lane<U>(i), bits_of(x < y ? y : x));
        U all = ~U{0};
        ASSERT_EQ(simd_eq<F>(a, b).template lane<U>(i), x == y ? all : 0);
        ASSERT_EQ(simd_ne<F>(a, b).template lane<U>(i), x != y ? all : 0);
        ASSERT_EQ(simd_lt<F>(a, b).template lane<U>(i), x < y ? all : 0);
        ASSERT_EQ(simd_gt<F>(a, b).template lane<U>(i), x > y ? all : 0);
        ASSERT_EQ(simd_le<F>(a, b).template lane<U>(i), x <= y ? all : 0);
        ASSERT_EQ(simd_ge<F>(a, b).template lane<U>(i), x >= y ? all : 0);
      }
    }
  }
}

TYPED_TEST(SimdFloat, MultiplyAddRoundsTwice) {
  using F = TypeParam;
  F near_one = 1 + std::numeric_limits<F>::epsilon();
  V128 a = simd_splat<F, F>(near_one), c = simd_splat<F, F>(-near_one * near_one);
  EXPECT_EQ((simd_madd<F>(a, a, c)), (simd_splat<F, F>(0)));
  EXPECT_EQ((simd_nmadd<F>(a, a, simd_float_neg<F>(c))), (simd_splat<F, F>(0)));
  V128 two = simd_splat<F, F>(2), three = simd_splat<F, F>(3), ten = simd_splat<F, F>(10);
  EXPECT_EQ(simd_madd<F>(two, three, ten), (simd_splat<F, F>(16)));
  EXPECT_EQ(simd_nmadd<F>(two, three, ten), (simd_splat<F, F>(4)));
}

template <class Int>
void check_lane_conversions() {
  for (V128 a : vectors()) {
    for (unsigned i = 0; i < 4; ++i) {
      EXPECT_EQ(simd_trunc_sat<Int>(a).template lane<uint32_t>(i), (trunc_sat<float, Int>(a.lane<float>(i))));
      uint32_t zeroed = i < 2 ? trunc_sat<double, Int>(a.lane<double>(i)) : 0;
      EXPECT_EQ(simd_trunc_sat_zero<Int>(a).template lane<uint32_t>(i), zeroed);
      EXPECT_EQ(simd_convert<Int>(a).template lane<float>(i), (convert<Int, float>(a.lane<uint32_t>(i))));
    }
    for (unsigned i = 0; i < 2; ++i) {
      EXPECT_EQ(simd_convert_low<Int>(a).template lane<double>(i),
                (convert<Int, double>(a.lane<uint32_t>(i))));
    }
  }
}

TEST(Simd, LaneConversions) {
  check_lane_conversions<int32_t>();
  check_lane_conversions<uint32_t>();
  for (V128 a : vectors()) {
    for (unsigned i = 0; i < 4; ++i) {
      EXPECT_PRED2(same_lane<float>, simd_demote_zero(a).lane<float>(i),
                   i < 2 ? demote(a.lane<double>(i)) : 0.0f);
    }
    for (unsigned i = 0; i < 2; ++i) {
      EXPECT_PRED2(same_lane<double>, simd_promote_low(a).lane<double>(i), promote(a.lane<float>(i)));
    }
  }
}

}  // namespace
}  // namespace lindvm::sem
