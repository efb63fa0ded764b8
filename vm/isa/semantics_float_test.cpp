// Float meanings and conversions against the C library and extended precision, over edge values, compared bit
// by bit.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "vm/isa/semantics.h"
#include "vm/testing/edge_values.h"

namespace lindvm::sem {
namespace {

template <class F>
std::vector<F> edges() {
  if constexpr (sizeof(F) == 4) {
    return testing::edge_values_f32();
  } else {
    return testing::edge_values_f64();
  }
}

template <class F>
auto bits(F value) {
  return bits_of(value);
}

/// Quiet bit, and the whole of the canonical NaN.
template <class F>
constexpr auto k_canonical = std::bit_cast<FloatBits<F>>(std::numeric_limits<F>::quiet_NaN());

template <class F>
bool is_arithmetic_nan(F value) {
  constexpr auto quiet = k_canonical<F>;
  return (bits(value) & quiet) == quiet;
}

template <class F>
bool is_canonical_or_number(F value) {
  return value == value || (bits(value) & ~k_sign_bit<F>) == k_canonical<F>;
}

/// Equal bits, or for an expected NaN any NaN that the specification allows, given the operands.
template <class F>
void expect_result(F actual, F expected, std::initializer_list<F> operands) {
  if (expected == expected) {
    EXPECT_EQ(bits(actual), bits(expected));
    return;
  }
  EXPECT_TRUE(is_arithmetic_nan(actual)) << std::hex << bits(actual);
  bool canonical = true;
  for (F operand : operands) canonical = canonical && is_canonical_or_number(operand);
  if (canonical) {
    EXPECT_TRUE(is_canonical_or_number(actual)) << std::hex << bits(actual);
  }
}

template <class F>
class FloatSemantics : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(FloatSemantics, Types);

TYPED_TEST(FloatSemantics, RoundingMatchesTheLibrary) {
  using F = TypeParam;
  for (F a : edges<F>()) {
    SCOPED_TRACE(::testing::Message() << a);
    expect_result<F>(float_ceil(a), std::ceil(a), {a});
    expect_result<F>(float_floor(a), std::floor(a), {a});
    expect_result<F>(float_trunc(a), std::trunc(a), {a});
    expect_result<F>(float_nearest(a), std::nearbyint(a), {a});
    expect_result<F>(float_sqrt(a), std::sqrt(a), {a});
  }
}

TYPED_TEST(FloatSemantics, RoundingMatchesTheLibraryOnASweep) {
  using F = TypeParam;
  for (int i = -4000; i <= 4000; ++i) {
    F a = static_cast<F>(i) / 16;
    EXPECT_EQ(bits(float_ceil(a)), bits(std::ceil(a))) << a;
    EXPECT_EQ(bits(float_floor(a)), bits(std::floor(a))) << a;
    EXPECT_EQ(bits(float_trunc(a)), bits(std::trunc(a))) << a;
    EXPECT_EQ(bits(float_nearest(a)), bits(std::nearbyint(a))) << a;
  }
}

TYPED_TEST(FloatSemantics, SignOperationsKeepAllOtherBits) {
  using F = TypeParam;
  auto sign = k_sign_bit<F>;
  for (F a : edges<F>()) {
    EXPECT_EQ(bits(float_abs(a)), bits(a) & ~sign);
    EXPECT_EQ(bits(float_neg(a)), bits(a) ^ sign);
    for (F b : edges<F>()) EXPECT_EQ(bits(float_copysign(a, b)), (bits(a) & ~sign) | (bits(b) & sign));
  }
}

template <class F>
F expected_min(F a, F b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<F>::quiet_NaN();
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

TYPED_TEST(FloatSemantics, Arithmetic) {
  using F = TypeParam;
  for (F a : edges<F>()) {
    for (F b : edges<F>()) {
      SCOPED_TRACE(::testing::Message() << a << ", " << b);
      expect_result<F>(float_min(a, b), expected_min(a, b), {a, b});
      expect_result<F>(float_max(a, b), -expected_min<F>(-a, -b), {a, b});
      volatile F x = a, y = b;
      expect_result<F>(float_add(a, b), x + y, {a, b});
      expect_result<F>(float_sub(a, b), x - y, {a, b});
      expect_result<F>(float_mul(a, b), x * y, {a, b});
      expect_result<F>(float_div(a, b), x / y, {a, b});
    }
  }
}

TYPED_TEST(FloatSemantics, Comparisons) {
  using F = TypeParam;
  for (F a : edges<F>()) {
    for (F b : edges<F>()) {
      bool unordered = std::isunordered(a, b);
      EXPECT_EQ(eq(a, b), uint32_t(!unordered && !std::islessgreater(a, b)));
      EXPECT_EQ(ne(a, b), uint32_t(unordered || std::islessgreater(a, b)));
      EXPECT_EQ(lt(a, b), uint32_t(std::isless(a, b)));
      EXPECT_EQ(gt(a, b), uint32_t(std::isgreater(a, b)));
      EXPECT_EQ(le(a, b), uint32_t(std::islessequal(a, b)));
      EXPECT_EQ(ge(a, b), uint32_t(std::isgreaterequal(a, b)));
    }
  }
}

// Truncation in extended precision, where every operand and bound is exact.
template <class F, class Int>
void check_truncation() {
  using Bits = std::make_unsigned_t<Int>;
  using Limits = std::numeric_limits<Int>;
  for (F a : edges<F>()) {
    SCOPED_TRACE(::testing::Message() << a);
    Outcome<Bits> checked = trunc_checked<F, Int>(a);
    Bits saturated = trunc_sat<F, Int>(a);
    if (std::isnan(a)) {
      EXPECT_EQ(checked.trap, Trap::InvalidConversion);
      EXPECT_EQ(saturated, 0u);
      continue;
    }
    long double truncated = std::trunc(static_cast<long double>(a));
    if (truncated < static_cast<long double>(Limits::min())) {
      EXPECT_EQ(checked.trap, Trap::IntegerOverflow);
      EXPECT_EQ(saturated, Bits(Limits::min()));
    } else if (truncated > static_cast<long double>(Limits::max())) {
      EXPECT_EQ(checked.trap, Trap::IntegerOverflow);
      EXPECT_EQ(saturated, Bits(Limits::max()));
    } else {
      EXPECT_EQ(checked, (Outcome<Bits>{Bits(static_cast<Int>(truncated))}));
      EXPECT_EQ(saturated, Bits(static_cast<Int>(truncated)));
    }
  }
}

TYPED_TEST(FloatSemantics, Truncation) {
  check_truncation<TypeParam, int32_t>();
  check_truncation<TypeParam, uint32_t>();
  check_truncation<TypeParam, int64_t>();
  check_truncation<TypeParam, uint64_t>();
}

/// Nearest F to an integer, found by looking at the neighbours of an approximation.
template <class F>
F nearest_float(long double exact) {
  F middle = static_cast<F>(static_cast<double>(exact));
  F best = middle;
  for (F candidate : {std::nextafter(middle, F(-1e30)), std::nextafter(middle, F(1e30))}) {
    long double distance = std::fabs(candidate - exact), best_distance = std::fabs(best - exact);
    if (distance < best_distance || (distance == best_distance && !(bits(candidate) & 1))) best = candidate;
  }
  return best;
}

template <class F, class Int>
void check_conversion(std::vector<uint64_t> values) {
  for (uint64_t value : values) {
    auto operand = static_cast<std::make_unsigned_t<Int>>(value);
    F expected = nearest_float<F>(static_cast<long double>(static_cast<Int>(operand)));
    EXPECT_EQ(bits(convert<Int, F>(operand)), bits(expected)) << static_cast<Int>(operand);
  }
}

TYPED_TEST(FloatSemantics, ConversionFromIntegers) {
  auto values = testing::edge_values_i64();
  for (uint64_t low :
       {0x1000001ull, 0x1000003ull, 0x20000000000001ull, 0x7fffff4000000001ull, 0x8000008000000000ull,
        0xfffffffffffffbffull, 0xfffffffffffffc00ull, 0x8000000000000401ull, 0xffffff7fffffffffull}) {
    values.push_back(low);
  }
  check_conversion<TypeParam, int32_t>(values);
  check_conversion<TypeParam, uint32_t>(values);
  check_conversion<TypeParam, int64_t>(values);
  check_conversion<TypeParam, uint64_t>(values);
}

TEST(FloatWidth, DemotionAndPromotion) {
  for (double a : testing::edge_values_f64()) {
    if (a == a) {
      EXPECT_EQ(bits(demote(a)), bits(static_cast<float>(a)));
    } else {
      EXPECT_TRUE(is_arithmetic_nan(demote(a)));
      if (is_canonical_or_number(a)) {
        EXPECT_TRUE(is_canonical_or_number(demote(a)));
      }
    }
  }
  for (float a : testing::edge_values_f32()) {
    if (a == a) {
      EXPECT_EQ(static_cast<long double>(promote(a)), static_cast<long double>(a));
    } else {
      EXPECT_TRUE(is_arithmetic_nan(promote(a)));
      if (is_canonical_or_number(a)) {
        EXPECT_TRUE(is_canonical_or_number(promote(a)));
      }
    }
  }
}

TEST(FloatWidth, ReinterpretationAndMemoryKeepSignallingNaNs) {
  for (uint32_t pattern : {0x7f800001u, 0xff800001u, 0x7fa00000u}) {
    float value = reinterpret<uint32_t, float>(pattern);
    EXPECT_EQ((reinterpret<float, uint32_t>(value)), pattern);
    uint32_t memory = 0;
    store<float, float>(&memory, value);
    EXPECT_EQ(memory, pattern);
    float loaded = load<float, float>(&memory);
    EXPECT_EQ((reinterpret<float, uint32_t>(loaded)), pattern);
    EXPECT_EQ((extract_lane<uint32_t, uint32_t>(simd_splat<float, float>(value), 2)), pattern);
  }
}

}  // namespace
}  // namespace lindvm::sem
