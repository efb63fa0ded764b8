// AArch64: vector operations. Sequences of more than one instruction build the result in a fresh register or
// in the two scratch registers, so that operands are not overwritten before they are read.

#include "jit/baseline/compiler.h"
#include "jit/baseline/shuffle.h"

namespace lindvm::jit {

using namespace target;

namespace {

constexpr unsigned k_temp = k_vec_scratch, k_temp_below = k_vec_scratch_below;
constexpr unsigned k_byte = 0, k_single = 2, k_double = 3;  // lane sizes, as powers of two

}  // namespace

void Compiler::vector_binary(VecOp op, bool swap) {
  Entry right = pop(), left = pop();
  if (swap) std::swap(left, right);
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.v(op, number(d), number(l), number(r));
  push_reg(ValKind::v128, d);
}

/// The complement of a comparison.
void Compiler::vector_inverted(VecOp op) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.v(op, k_temp, number(l), number(r));
  masm_.v(op::mvn_v, number(d), k_temp);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_unary(VecOp op) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.v(op, number(d), number(s));
  push_reg(ValKind::v128, d);
}

/// Widened, then converted, or the like.
void Compiler::vector_two_steps(VecOp first, VecOp second) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.v(first, k_temp, number(s));
  masm_.v(second, number(d), k_temp);
  push_reg(ValKind::v128, d);
}

/// By a vector of counts: negative ones shift to the right.
void Compiler::vector_shift(VecOp op, unsigned lane_bytes_log2, bool right) {
  static constexpr VecOp k_dup[] = {op::dup_b, op::dup_h, op::dup_s, op::dup_d};
  Entry count = pop(), value = pop();
  Reg v = use(value);
  load_into(Masm::k_int_scratch, count);
  uint64_t mask = (8u << lane_bytes_log2) - 1;
  masm_.logic_imm(Logic::and_, W32, k_scratch, k_scratch, *logical_immediate(W32, mask));
  if (right) masm_.neg(W64, k_scratch, k_scratch);
  masm_.v(k_dup[lane_bytes_log2], k_temp, k_scratch);
  Reg d = result_over(value, 0);
  masm_.v(op, number(d), number(v), k_temp);
  push_reg(ValKind::v128, d);
}

// --- rearranging -----------------------------------------------------------------------------------------

void Compiler::vector_shuffle() {
  uint8_t lanes[16];
  for (uint8_t& lane : lanes) lane = reader_.u8();
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  if (auto distance = as_window(lanes)) {
    masm_.ext(number(d), number(l), number(r), *distance);
    return push_reg(ValKind::v128, d);
  }
  uint64_t halves[2] = {};
  for (unsigned i = 0; i < 16; ++i) halves[i / 8] |= uint64_t{lanes[i]} << 8 * (i % 8);
  masm_.load_const128(d, halves[0], halves[1]);
  masm_.move(ValKind::v128, vec(k_temp_below), l);
  masm_.move(ValKind::v128, vec(k_temp), r);
  masm_.tbl2(number(d), k_temp_below, number(d));
  push_reg(ValKind::v128, d);
}

void Compiler::vector_swizzle() {
  Entry lanes = pop(), table = pop();
  Reg i = use(lanes), t = use(table);
  Reg d = result_over(table, 0);
  masm_.tbl1(number(d), number(t), number(i));
  push_reg(ValKind::v128, d);
}

void Compiler::vector_splat(VecOp op) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_reg(true);
  masm_.v(op, number(d), s);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_splat_lane(unsigned lane_bytes_log2) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.dup_lane(lane_bytes_log2, number(d), number(s), 0);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_extract(unsigned lane_bytes_log2, bool is_signed) {
  unsigned lane = reader_.u8();
  Entry value = pop();
  Reg v = use(value);
  Reg d = result_reg(false);
  is_signed ? masm_.smov(lane_bytes_log2, gpr(d), number(v), lane)
            : masm_.umov(lane_bytes_log2, gpr(d), number(v), lane);
  push_reg(lane_bytes_log2 == k_double ? ValKind::i64 : ValKind::i32, d);
}

void Compiler::vector_extract_float(unsigned lane_bytes_log2) {
  unsigned lane = reader_.u8();
  Entry value = pop();
  Reg v = use(value);
  Reg d = result_over(value, 0);
  masm_.dup_lane_scalar(lane_bytes_log2, number(d), number(v), lane);
  push_reg(lane_bytes_log2 == k_double ? ValKind::f64 : ValKind::f32, d);
}

void Compiler::vector_replace(unsigned lane_bytes_log2) {
  unsigned lane = reader_.u8();
  Entry scalar = pop(), value = pop();
  Reg s = use(scalar), v = use(value);
  Reg d = result_over(value, 0);
  masm_.move(ValKind::v128, d, v);
  masm_.ins_gpr(lane_bytes_log2, number(d), lane, gpr(s));
  push_reg(ValKind::v128, d);
}

void Compiler::vector_replace_float(unsigned lane_bytes_log2) {
  unsigned lane = reader_.u8();
  Entry scalar = pop(), value = pop();
  Reg s = use(scalar), v = use(value);
  Reg d = result_over(value, bit(s));
  masm_.move(ValKind::v128, d, v);
  masm_.ins_lane(lane_bytes_log2, number(d), lane, number(s));
  push_reg(ValKind::v128, d);
}

/// The high lanes of a narrowed pair come from the second operand.
void Compiler::vector_narrow(VecOp low, VecOp high) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = alloc(true);
  masm_.v(low, number(d), number(l));
  masm_.v(high, number(d), number(r));
  push_reg(ValKind::v128, d);
}

// --- to scalars ------------------------------------------------------------------------------------------

void Compiler::vector_any_true() {
  Entry value = pop();
  masm_.v(op::umaxv_b, k_temp, number(use(value)));
  masm_.v(op::fmov_ws, k_scratch, k_temp);
  masm_.compare(W32, k_scratch, 0);
  push_condition(NE);
}

/// `least`: the least of the lanes, without sign.
void Compiler::vector_all_true(VecOp least) {
  Entry value = pop();
  masm_.v(least, k_temp, number(use(value)));
  masm_.v(op::fmov_ws, k_scratch, k_temp);
  masm_.compare(W32, k_scratch, 0);
  push_condition(NE);
}

/// No lane is zero: those that are would leave -1 in a sum.
void Compiler::vector_all_true64() {
  Entry value = pop();
  masm_.v(op::cmeq0_d, k_temp, number(use(value)));
  masm_.v(op::addp_d, k_temp, k_temp);
  masm_.v(op::fmov_xd, k_scratch, k_temp);
  masm_.compare(W64, k_scratch, 0);
  push_condition(EQ);
}

/// The signs select a power of two in each lane, which are added up. Bytes are paired to halfwords first.
void Compiler::vector_bitmask(unsigned lane_bytes_log2) {
  static constexpr uint64_t k_powers[3][2] = {{0x8040201008040201, 0x8040201008040201},
                                              {0x0008000400020001, 0x0080004000200010},
                                              {0x0000000200000001, 0x0000000800000004}};
  Entry value = pop();
  Reg v = use(value);
  Reg powers = alloc(true);
  masm_.load_const128(powers, k_powers[lane_bytes_log2][0], k_powers[lane_bytes_log2][1]);
  masm_.vshr(true, lane_bytes_log2, k_temp, number(v), (8u << lane_bytes_log2) - 1);
  masm_.v(op::and_v, k_temp, k_temp, number(powers));
  if (lane_bytes_log2 == k_byte) {
    masm_.ext(k_temp_below, k_temp, k_temp, 8);
    masm_.v(op::zip1_b, k_temp, k_temp, k_temp_below);
  }
  masm_.v(lane_bytes_log2 == k_single ? op::addv_s : op::addv_h, k_temp, k_temp);
  Reg d = result_reg(false);
  masm_.v(op::fmov_ws, d, k_temp);
  push_reg(ValKind::i32, d);
}

void Compiler::vector_bitmask64() {
  Entry value = pop();
  Reg v = use(value);
  Reg d = result_reg(false);
  masm_.vshr(false, k_double, k_temp, number(v), 63);
  masm_.umov(k_double, k_scratch, k_temp, 1);
  masm_.umov(k_double, gpr(d), k_temp, 0);
  masm_.add_shifted(W64, gpr(d), gpr(d), k_scratch, 1);
  push_reg(ValKind::i32, d);
}

// --- sequences -------------------------------------------------------------------------------------------

/// Where the mask has ones the first operand, else the second.
void Compiler::vector_select() {
  Entry mask = pop(), right = pop(), left = pop();
  Reg m = use(mask), r = use(right), l = use(left);
  Reg d = alloc(true);
  masm_.move(ValKind::v128, d, m);
  masm_.v(op::bsl_v, number(d), number(l), number(r));
  push_reg(ValKind::v128, d);
}

/// pmin: the second if it is less; pmax: the second if it is greater.
void Compiler::vector_pseudo_extreme(VecOp greater, bool is_max) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = alloc(true);
  masm_.v(greater, number(d), number(is_max ? r : l), number(is_max ? l : r));
  masm_.v(op::bsl_v, number(d), number(r), number(l));
  push_reg(ValKind::v128, d);
}

void Compiler::vector_dot() {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.v(op::smull_h, k_temp_below, number(l), number(r));
  masm_.v(op::smull2_h, k_temp, number(l), number(r));
  masm_.v(op::addp_s, number(d), k_temp_below, k_temp);
  push_reg(ValKind::v128, d);
}

/// There is no instruction: each lane goes through general-purpose registers.
void Compiler::vector_multiply64() {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  for (unsigned lane = 0; lane < 2; ++lane) {
    masm_.umov(k_double, k_scratch, number(l), lane);
    masm_.umov(k_double, k_masm_scratch, number(r), lane);
    masm_.mul(W64, k_scratch, k_scratch, k_masm_scratch);
    masm_.ins_gpr(k_double, k_temp, lane, k_scratch);
  }
  Reg d = result_over(left, 0);
  masm_.move(ValKind::v128, d, vec(k_temp));
  push_reg(ValKind::v128, d);
}

/// a * b + c in two roundings, as in the other tiers, with a negated first if asked.
void Compiler::vector_multiply_add(bool is_double, bool negate_first) {
  Entry third = pop(), second = pop(), first = pop();
  unsigned c = number(use(third)), b = number(use(second)), a = number(use(first));
  Reg d = alloc(true);
  if (negate_first) {
    masm_.v(is_double ? op::fneg_2d : op::fneg_4s, k_temp, a);
    a = k_temp;
  }
  masm_.v(is_double ? op::fmul_2d : op::fmul_4s, k_temp, a, b);
  masm_.v(is_double ? op::fadd_2d : op::fadd_4s, number(d), k_temp, c);
  push_reg(ValKind::v128, d);
}

}  // namespace lindvm::jit
