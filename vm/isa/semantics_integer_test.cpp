// Scalar integer meanings against 128-bit arithmetic, over all pairs of edge values.

#include <gtest/gtest.h>

#include "vm/isa/semantics.h"
#include "vm/testing/edge_values.h"

namespace lindvm::sem {
namespace {

using Wide = __int128;
using UnsignedWide = unsigned __int128;

template <class T>
std::vector<T> edges() {
  if constexpr (sizeof(T) == 4) {
    return testing::edge_values_i32();
  } else {
    return testing::edge_values_i64();
  }
}

template <class T>
class IntegerSemantics : public ::testing::Test {
 protected:
  static constexpr int k_bits = sizeof(T) * 8;
  static Wide s(T value) { return static_cast<std::make_signed_t<T>>(value); }
  static Wide u(T value) { return value; }

  template <class F>
  void for_pairs(F check) {
    for (T a : edges<T>()) {
      for (T b : edges<T>()) {
        SCOPED_TRACE(::testing::Message() << a << ", " << b);
        check(a, b);
      }
    }
  }
};
using Types = ::testing::Types<uint32_t, uint64_t>;
TYPED_TEST_SUITE(IntegerSemantics, Types);

TYPED_TEST(IntegerSemantics, Arithmetic) {
  using T = TypeParam;
  this->for_pairs([&](T a, T b) {
    EXPECT_EQ(wrap_add(a, b), T(UnsignedWide(a) + b));
    EXPECT_EQ(wrap_sub(a, b), T(UnsignedWide(a) - b));
    EXPECT_EQ(wrap_mul(a, b), T(UnsignedWide(a) * b));
    EXPECT_EQ(bit_and(a, b), T(~(~a | ~b)));
    EXPECT_EQ(bit_or(a, b), T(a + b - (a & b)));
    EXPECT_EQ(bit_xor(a, b), T((a | b) - (a & b)));
  });
}

TYPED_TEST(IntegerSemantics, Division) {
  using T = TypeParam;
  this->for_pairs([&](T a, T b) {
    if (b == 0) {
      EXPECT_EQ(div_s(a, b).trap, Trap::IntegerDivideByZero);
      EXPECT_EQ(div_u(a, b).trap, Trap::IntegerDivideByZero);
      EXPECT_EQ(rem_s(a, b).trap, Trap::IntegerDivideByZero);
      EXPECT_EQ(rem_u(a, b).trap, Trap::IntegerDivideByZero);
      return;
    }
    Wide quotient = this->s(a) / this->s(b);
    if (quotient == this->s(T(quotient))) {
      EXPECT_EQ(div_s(a, b), (Outcome<T>{T(quotient)}));
    } else {
      EXPECT_EQ(div_s(a, b).trap, Trap::IntegerOverflow);
    }
    EXPECT_EQ(rem_s(a, b), (Outcome<T>{T(this->s(a) % this->s(b))}));
    EXPECT_EQ(div_u(a, b), (Outcome<T>{T(this->u(a) / this->u(b))}));
    EXPECT_EQ(rem_u(a, b), (Outcome<T>{T(this->u(a) % this->u(b))}));
  });
}

TYPED_TEST(IntegerSemantics, ShiftsAndRotates) {
  using T = TypeParam;
  this->for_pairs([&](T a, T b) {
    int n = static_cast<int>(b % this->k_bits);
    UnsignedWide doubled = UnsignedWide(a) << this->k_bits | a;
    EXPECT_EQ(shl(a, b), T(UnsignedWide(a) << n));
    EXPECT_EQ(shr_u(a, b), T(this->u(a) >> n));
    EXPECT_EQ(shr_s(a, b), T(this->s(a) >> n));
    EXPECT_EQ(rotl(a, b), T(doubled >> (this->k_bits - n)));
    EXPECT_EQ(rotr(a, b), T(doubled >> n));
  });
}

TYPED_TEST(IntegerSemantics, Comparisons) {
  using T = TypeParam;
  this->for_pairs([&](T a, T b) {
    EXPECT_EQ(eq(a, b), uint32_t((a ^ b) == 0));
    EXPECT_EQ(ne(a, b), uint32_t((a ^ b) != 0));
    EXPECT_EQ(lt_s(a, b), uint32_t(this->s(a) - this->s(b) < 0));
    EXPECT_EQ(lt_u(a, b), uint32_t(this->u(a) - this->u(b) < 0));
    EXPECT_EQ(gt_s(a, b), uint32_t(this->s(a) - this->s(b) > 0));
    EXPECT_EQ(gt_u(a, b), uint32_t(this->u(a) - this->u(b) > 0));
    EXPECT_EQ(le_s(a, b), uint32_t(this->s(a) - this->s(b) <= 0));
    EXPECT_EQ(le_u(a, b), uint32_t(this->u(a) - this->u(b) <= 0));
    EXPECT_EQ(ge_s(a, b), uint32_t(this->s(a) - this->s(b) >= 0));
    EXPECT_EQ(ge_u(a, b), uint32_t(this->u(a) - this->u(b) >= 0));
  });
}

TYPED_TEST(IntegerSemantics, BitCounts) {
  using T = TypeParam;
  for (T a : edges<T>()) {
    int highest = -1, lowest = this->k_bits, ones = 0;
    for (int i = 0; i < this->k_bits; ++i) {
      if (!(a >> i & 1)) continue;
      highest = i;
      if (ones++ == 0) lowest = i;
    }
    EXPECT_EQ(clz(a), T(this->k_bits - 1 - highest));
    EXPECT_EQ(ctz(a), T(lowest));
    EXPECT_EQ(popcnt(a), T(ones));
    EXPECT_EQ(eqz(a), uint32_t(ones == 0));
  }
}

TYPED_TEST(IntegerSemantics, SignExtension) {
  using T = TypeParam;
  for (T a : edges<T>()) {
    EXPECT_EQ((sign_extend<int8_t, T>(a)), T((a & 0xff) - ((a & 0x80) << 1)));
    EXPECT_EQ((sign_extend<int16_t, T>(a)), T((a & 0xffff) - ((a & 0x8000) << 1)));
    if constexpr (sizeof(T) == 8) {
      EXPECT_EQ((sign_extend<int32_t, T>(a)), T((a & 0xffffffff) - ((a & 0x80000000) << 1)));
    }
  }
}

TEST(WideSemantics, MatchBorrowAndCarryArithmetic) {
  auto values = testing::edge_values_i64();
  for (uint64_t a : values) {
    for (uint64_t b : values) {
      uint64_t a_high = ~b, b_high = a * 3;
      uint64_t sum = a + b, difference = a - b;
      EXPECT_EQ(add128(a, a_high, b, b_high), (I64Pair{sum, a_high + b_high + (sum < a)}));
      EXPECT_EQ(sub128(a, a_high, b, b_high), (I64Pair{difference, a_high - b_high - (a < b)}));
      // Schoolbook multiplication of 32-bit halves.
      uint64_t al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
      uint64_t middle = ah * bl + (al * bl >> 32), middle2 = al * bh + (middle & 0xffffffff);
      uint64_t high = ah * bh + (middle >> 32) + (middle2 >> 32);
      EXPECT_EQ(mul_wide_u(a, b), (I64Pair{a * b, high}));
      uint64_t signed_high = high - (a >> 63 ? b : 0) - (b >> 63 ? a : 0);
      EXPECT_EQ(mul_wide_s(a, b), (I64Pair{a * b, signed_high}));
    }
  }
}

TEST(WidthSemantics, WrapAndExtend) {
  EXPECT_EQ(wrap_i64(0x1234567880000001), 0x80000001u);
  EXPECT_EQ(extend_i32_s(0x80000001), 0xffffffff80000001u);
  EXPECT_EQ(extend_i32_u(0x80000001), 0x80000001u);
}

static_assert(div_s<uint32_t>(0x80000000, 0xffffffff).trap == Trap::IntegerOverflow);
static_assert(rem_s<uint32_t>(0x80000000, 0xffffffff) == Outcome<uint32_t>{0});

}  // namespace
}  // namespace lindvm::sem
