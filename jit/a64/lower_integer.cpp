// AArch64: integer operations. 32-bit results are zero-extended, as every 32-bit instruction leaves them.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace target;

namespace {

uint64_t negated(ValKind kind, uint64_t bits) {
  return kind == ValKind::i32 ? static_cast<uint32_t>(-bits) : -bits;
}

}  // namespace

Compiler::Gpr Compiler::use_or_zero(Entry& entry) {
  return entry.is_const() && entry.bits == 0 ? xzr : gpr(use(entry));
}

void Compiler::int_binary(IntOp op, ValKind kind) {
  Width w = width_of(kind);
  bool adds = op == IntOp::add || op == IntOp::sub;
  AddSub add_op = op == IntOp::sub ? AddSub::sub : AddSub::add;
  Logic logic_op = op == IntOp::and_ ? Logic::and_ : op == IntOp::orr ? Logic::orr : Logic::eor;
  Entry right = pop(), left = pop();
  if (op != IntOp::sub && left.is_const()) std::swap(left, right);
  if (right.is_const()) {
    auto field = adds ? add_immediate(right.bits) : logical_immediate(w, right.bits);
    if (adds && !field) {
      field = add_immediate(negated(kind, right.bits));
      if (field) add_op = op == IntOp::sub ? AddSub::add : AddSub::sub;
    }
    if (field) {
      Reg l = use(left);
      Reg d = result_over(left, 0);
      adds ? masm_.add_sub_imm(add_op, w, gpr(d), gpr(l), *field)
           : masm_.logic_imm(logic_op, w, gpr(d), gpr(l), *field);
      return push_reg(kind, d);
    }
  }
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  adds ? masm_.add_sub(add_op, w, gpr(d), gpr(l), gpr(r)) : masm_.logic(logic_op, w, gpr(d), gpr(l), gpr(r));
  push_reg(kind, d);
}

void Compiler::int_multiply(ValKind kind) {
  Entry right = pop(), left = pop();
  Reg r = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.mul(width_of(kind), gpr(d), gpr(l), gpr(r));
  push_reg(kind, d);
}

void Compiler::int_shift(Shift op, ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  if (right.is_const()) {
    auto count = static_cast<unsigned>(right.bits & (w == W32 ? 31 : 63));
    Reg l = use(left);
    Reg d = result_over(left, 0);
    count == 0 ? masm_.move(kind, d, l) : masm_.shift_imm(op, w, gpr(d), gpr(l), count);
    return push_reg(kind, d);
  }
  Reg count = use(right), l = use(left);
  Reg d = result_over(left, 0);
  masm_.shift(op, w, gpr(d), gpr(l), gpr(count));
  push_reg(kind, d);
}

/// To the right by what is missing.
void Compiler::int_rotate_left(ValKind kind) {
  Entry count = pop();
  if (count.is_const()) {
    push_const(kind, negated(kind, count.bits));
  } else {
    Reg c = use(count);
    Reg d = alloc(false);
    masm_.neg(width_of(kind), gpr(d), gpr(c));
    push_reg(kind, d);
  }
  int_shift(Shift::ror, kind);
}

/// The least number div -1 overflows; its remainder comes out as 0.
void Compiler::int_divide(ValKind kind, bool is_signed, bool remainder) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  std::optional<uint64_t> constant;
  if (right.is_const()) constant = right.bits;
  Gpr r = gpr(use(right)), l = gpr(use(left));
  if (!constant || *constant == 0) masm_.jump_if_zero(w, r, trap_label(Trap::IntegerDivideByZero));
  uint64_t minus_one = w == W32 ? UINT32_MAX : UINT64_MAX;
  if (is_signed && !remainder && (!constant || *constant == minus_one)) {
    masm_.compare(w, r, minus_one);
    masm_.ccmp(w, l, 1, 0, EQ);  // overflows for the least number only
    masm_.jump_if(VS, trap_label(Trap::IntegerOverflow));
  }
  Reg d = remainder ? result_reg(false) : result_over(left, 0);
  Gpr quotient = remainder ? k_scratch : gpr(d);
  is_signed ? masm_.sdiv(w, quotient, l, r) : masm_.udiv(w, quotient, l, r);
  if (remainder) masm_.msub(w, gpr(d), quotient, r, l);
  push_reg(kind, d);
}

void Compiler::int_compare(Cond cond, ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  if (left.is_const() && !right.is_const()) {
    std::swap(left, right);
    static constexpr Cond k_swapped[] = {EQ, NE, LS, HI, MI, PL, VS, VC, LO, HS, LE, GT, LT, GE};
    cond = k_swapped[cond];
  }
  Reg l = use(left);
  if (right.is_const()) {
    masm_.compare(w, gpr(l), right.bits);
  } else {
    masm_.cmp(w, gpr(l), gpr(use(right)));
  }
  push_condition(cond);
}

void Compiler::int_eqz(ValKind kind) {
  Entry value = pop();
  if (value.where == Entry::Where::flags) return push_condition(negate(value.cond));
  masm_.compare(width_of(kind), gpr(use(value)), 0);
  push_condition(EQ);
}

void Compiler::lower_condition(Entry& entry, Reg d) { masm_.cset(gpr(d), entry.cond); }

void Compiler::int_count_zeroes(ValKind kind, bool trailing) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  if (trailing) masm_.rbit(width_of(kind), gpr(d), gpr(s));
  masm_.clz(width_of(kind), gpr(d), gpr(trailing ? d : s));
  push_reg(kind, d);
}

/// By bytes in a vector register, whose sum fits one.
void Compiler::int_popcount(ValKind kind) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.v(op::fmov_dx, k_vec_scratch, s);  // 32-bit values are zero-extended
  masm_.v(op::cnt_8b, k_vec_scratch, k_vec_scratch);
  masm_.v(op::addv_8b, k_vec_scratch, k_vec_scratch);
  masm_.v(op::fmov_ws, d, k_vec_scratch);
  push_reg(kind, d);
}

void Compiler::extend(Op op) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  ValKind kind =
      op == Op::I32Extend8S || op == Op::I32Extend16S || op == Op::I32WrapI64 ? ValKind::i32 : ValKind::i64;
  switch (op) {
    case Op::I32Extend8S:
    case Op::I64Extend8S:
      masm_.sxt(width_of(kind), gpr(d), gpr(s), 8);
      break;
    case Op::I32Extend16S:
    case Op::I64Extend16S:
      masm_.sxt(width_of(kind), gpr(d), gpr(s), 16);
      break;
    case Op::I64ExtendI32U:
    case Op::I32WrapI64:
      masm_.mov(W32, gpr(d), gpr(s));
      break;
    default:  // i64.extend32_s, i64.extend_i32_s
      masm_.sxt(W64, gpr(d), gpr(s), 32);
      break;
  }
  push_reg(kind, d);
}

/// Pushes the low and high halves of the product.
void Compiler::wide_multiply(bool is_signed) {
  Entry right = pop(), left = pop();
  Gpr r = gpr(use(right)), l = gpr(use(left));
  Reg low = alloc(false), high = alloc(false);
  masm_.mul(W64, gpr(low), l, r);
  is_signed ? masm_.smulh(gpr(high), l, r) : masm_.umulh(gpr(high), l, r);
  push_reg(ValKind::i64, low);
  push_reg(ValKind::i64, high);
}

void Compiler::wide_add(bool subtract) {
  Entry right_high = pop(), right_low = pop(), left_high = pop(), left_low = pop();
  Gpr rh = gpr(use(right_high)), rl = gpr(use(right_low)), lh = gpr(use(left_high)), ll = gpr(use(left_low));
  Reg low = alloc(false), high = alloc(false);
  masm_.add_sub(subtract ? AddSub::subs : AddSub::adds, W64, gpr(low), ll, rl);
  masm_.with_carry(subtract ? Carry::sbc : Carry::adc, W64, gpr(high), lh, rh);
  push_reg(ValKind::i64, low);
  push_reg(ValKind::i64, high);
}

// --- select ----------------------------------------------------------------------------------------------

void Compiler::lower_select(ValKind kind) {
  Entry condition = pop(), otherwise = pop(), then = pop();
  bool in_flags = condition.where == Entry::Where::flags;
  Cond cond = in_flags ? condition.cond : NE;
  // Loads change no flags.
  Reg c = in_flags ? k_no_reg : use(condition);
  Reg o = use(otherwise), t = use(then);
  if (!in_flags) masm_.compare(W32, gpr(c), 0);
  if (kind == ValKind::v128) {
    Reg d = alloc(true);
    Label over = masm_.new_label();
    masm_.move(kind, d, t);
    masm_.jump_if(cond, over);
    masm_.move(kind, d, o);
    masm_.bind(over);
    return push_reg(kind, d);
  }
  Reg d = result_over(then, 0);
  if (is_vector_kind(kind)) {
    masm_.fcsel(kind == ValKind::f64, number(d), number(t), number(o), cond);
  } else {
    masm_.csel(width_of(kind), gpr(d), gpr(t), gpr(o), cond);
  }
  push_reg(kind, d);
}

}  // namespace lindvm::jit
