// AArch64: scalar floating point and conversions. Scalar instructions clear the rest of the register, so that
// an f32 in a register is zero-extended.

#include <bit>

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace target;

namespace {

bool is_double(ValKind kind) { return kind == ValKind::f64; }

}  // namespace

void Compiler::float_binary(VecOp op, ValKind kind) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.v(op, number(d), number(l), number(r));
  push_reg(kind, d);
}

void Compiler::float_unary(VecOp op, ValKind to) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.v(op, number(d), number(s));
  push_reg(to, d);
}

void Compiler::float_compare(ValKind kind, Cond cond) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  masm_.fcmp(is_double(kind) ? op::fcmp_d : op::fcmp_s, number(l), number(r));
  push_condition(cond);
}

void Compiler::float_copysign(ValKind kind) {
  Entry right = pop(), left = pop();
  Reg magnitude = use(left), sign = use(right);
  Reg d = alloc(true);
  bool wide = is_double(kind);
  masm_.mov_imm(k_scratch, wide ? uint64_t{1} << 63 : uint64_t{1} << 31);
  masm_.v(wide ? op::fmov_dx : op::fmov_sw, k_vec_scratch, k_scratch);
  masm_.move(kind, d, magnitude);
  masm_.v(op::bit_8b, number(d), number(sign), k_vec_scratch);
  push_reg(kind, d);
}

/// To a register of the other bank, or of the same: conversions of integers; truncations, which saturate and
/// make 0 of NaN as the instructions do.
void Compiler::convert(VecOp op, ValKind to) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_reg(is_vector_kind(to));
  masm_.v(op, number(d), number(s));
  push_reg(to, d);
}

void Compiler::reinterpret(VecOp op, ValKind to) {
  if (!top().is_const()) return convert(op, to);
  push_const(to, pop().bits);
}

namespace {

/// What numbers truncate to an integer type: those above `lower` (or from it on) and below `upper`.
struct Range {
  double lower, upper;
  bool includes_lower;
};

Range range_of(bool from_double, ValKind to, bool is_unsigned) {
  double upper = to == ValKind::i32 ? 0x1p32 : 0x1p64;
  if (is_unsigned) return {-1, upper, false};
  // f64 has numbers between the least i32 and the one before it.
  if (from_double && to == ValKind::i32) return {-0x1p31 - 1, upper / 2, false};
  return {-upper / 2, upper / 2, true};
}

uint64_t bits_of(bool wide, double value) {
  return wide ? std::bit_cast<uint64_t>(value) : std::bit_cast<uint32_t>(static_cast<float>(value));
}

}  // namespace

/// Compares with the ends of the range first; NaN is not above its lower end.
void Compiler::checked_truncate(VecOp op, ValKind from, ValKind to, bool is_unsigned) {
  Entry value = pop();
  Reg s = use(value);
  bool wide = is_double(from);
  Range range = range_of(wide, to, is_unsigned);
  VecOp compare = wide ? op::fcmp_d : op::fcmp_s;
  Label failed = add_cold(&Compiler::cold_truncation_failed, {}, s, wide);
  masm_.load_const(from, vec(k_vec_scratch), bits_of(wide, range.lower));
  masm_.fcmp(compare, number(s), k_vec_scratch);
  masm_.jump_if(range.includes_lower ? LT : LE, failed);
  masm_.load_const(from, vec(k_vec_scratch), bits_of(wide, range.upper));
  masm_.fcmp(compare, number(s), k_vec_scratch);
  masm_.jump_if(GE, failed);
  Reg d = result_reg(false);
  masm_.v(op, number(d), number(s));
  push_reg(to, d);
}

void Compiler::cold_truncation_failed(const Cold& cold) {
  auto s = number(static_cast<Reg>(cold.a));
  Label nan = masm_.new_label();
  masm_.fcmp(cold.b ? op::fcmp_d : op::fcmp_s, s, s);
  masm_.jump_if(VS, nan);
  call_trap(Trap::IntegerOverflow);
  masm_.bind(nan);
  call_trap(Trap::InvalidConversion);
}

}  // namespace lindvm::jit
