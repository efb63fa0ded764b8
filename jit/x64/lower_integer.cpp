// x86-64: integer operations. 32-bit results are zero-extended, as every 32-bit instruction leaves them.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace target;

namespace {

Width width_of(ValKind kind) { return kind == ValKind::i32 ? W32 : W64; }

/// The constant as a sign-extended 32-bit immediate of an operation of that kind.
std::optional<int32_t> immediate(const Entry& entry) {
  if (!entry.is_const()) return std::nullopt;
  if (entry.kind == ValKind::i32) return static_cast<int32_t>(entry.bits);
  auto value = static_cast<int64_t>(entry.bits);
  if (value != static_cast<int32_t>(value)) return std::nullopt;
  return static_cast<int32_t>(value);
}

}  // namespace

// --- operands --------------------------------------------------------------------------------------------

/// In a register, or in its slot if it is there and need not be loaded.
Operand Compiler::operand(Entry& entry) {
  if (entry.where == Entry::Where::slot) return {k_no_reg, masm_.value_slot(entry.kind, entry.slot)};
  if (entry.where == Entry::Where::local && pin_of(entry.local) < 0) {
    return {k_no_reg, masm_.value_slot(entry.kind, locals_[entry.local].slot)};
  }
  return {use(entry), {}};
}

Reg Compiler::alloc_except(bool vector, RegSet avoid) {
  RegSet before = locked_;
  locked_ |= avoid;
  Reg reg = alloc(vector);
  locked_ = before | bit(reg);
  return reg;
}

/// Is it the local that the next instruction assigns, in its register?
bool Compiler::is_forwarded(const Entry& entry) const {
  if (entry.where != Entry::Where::local || pin_of(entry.local) < 0) return false;
  return forwarding_target(is_vector_kind(entry.kind)) == Masm::k_pins[pin_of(entry.local)];
}

/// In a register that is none of `avoid`.
Reg Compiler::use_except(Entry& entry, RegSet avoid) {
  if (entry.where == Entry::Where::local) local_reg(entry.local);
  if (entry.where == Entry::Where::local && pin_of(entry.local) >= 0) use(entry);
  if (entry.where == Entry::Where::reg && !contains(avoid, entry.reg)) return entry.reg;
  Reg reg = alloc_except(false, avoid);
  load_into(reg, entry);
  return reg;
}

void Compiler::int_binary(Alu op, ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  bool commutes = op != SUB;
  if (commutes && (left.is_const() || (right.where == Entry::Where::reg && is_temp(right.reg) &&
                                       !(left.where == Entry::Where::reg && is_temp(left.reg))))) {
    std::swap(left, right);
  }
  if (left.where == Entry::Where::local) local_reg(left.local);
  if (commutes && !right.is_const() && is_forwarded(right)) std::swap(left, right);
  std::optional<int32_t> imm = immediate(right);
  if (imm) {
    Operand l = left.is_const() ? Operand{use(left), {}} : operand(left);
    Reg d = result_over(left, 0);
    bool can_lea = (op == ADD || (op == SUB && *imm != INT32_MIN)) && l.is_reg() && l.reg != d;
    if (can_lea) {
      masm_.lea(w, gpr(d), mem(gpr(l.reg), op == ADD ? *imm : -*imm));
    } else {
      if (!l.is_reg() || l.reg != d) load_into(d, left);
      masm_.alu(op, w, gpr(d), *imm);
    }
    return push_reg(kind, d);
  }
  Operand r = operand(right);
  Reg d = result_over(left, reg_set(r));
  bool left_in_reg =
      left.where == Entry::Where::reg || (left.where == Entry::Where::local && pin_of(left.local) >= 0);
  if (op == ADD && left_in_reg && r.is_reg() && use(left) != d) {
    masm_.lea(w, gpr(d), mem(gpr(left.reg), gpr(r.reg), 0, 0));
    return push_reg(kind, d);
  }
  load_into(d, left);
  r.is_reg() ? masm_.alu(op, w, gpr(d), gpr(r.reg)) : masm_.alu(op, w, gpr(d), r.mem);
  push_reg(kind, d);
}

void Compiler::int_multiply(ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  if (left.is_const()) std::swap(left, right);
  if (std::optional<int32_t> imm = immediate(right)) {
    Reg l = use(left);
    Reg d = result_over(left, 0);
    masm_.imul(w, gpr(d), gpr(l), *imm);
    return push_reg(kind, d);
  }
  if (left.where == Entry::Where::local) local_reg(left.local);
  Operand r = operand(right);
  Reg d = result_over(left, reg_set(r));
  load_into(d, left);
  r.is_reg() ? masm_.imul(w, gpr(d), gpr(r.reg)) : masm_.imul(w, gpr(d), r.mem);
  push_reg(kind, d);
}

void Compiler::int_shift(Shift op, ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  if (left.where == Entry::Where::local) local_reg(left.local);
  if (right.is_const()) {
    Reg d = result_over(left, 0);
    load_into(d, left);
    auto count = static_cast<uint8_t>(right.bits & (w == W32 ? 31 : 63));
    if (count != 0) masm_.shift(op, w, gpr(d), count);
    return push_reg(kind, d);
  }
  if (op != ROL && op != ROR && masm_.cpu().bmi2) {
    Reg count = use(right), l = use(left);
    Reg d = result_over(left, 0);
    masm_.shift_x(op, w, gpr(d), gpr(l), gpr(count));
    return push_reg(kind, d);
  }
  // The count goes to cl, and the value anywhere else.
  if (left.where == Entry::Where::reg && left.reg == rcx) {
    Reg other = alloc(false);
    masm_.move(kind, other, rcx);
    left.reg = other;
  }
  take(rcx);
  load_into(rcx, right);
  Reg d = result_over(left, bit(rcx));
  load_into(d, left);
  masm_.shift_cl(op, w, gpr(d));
  push_reg(kind, d);
}

/// rax / divisor; rdx takes the high half and the remainder.
void Compiler::int_divide(ValKind kind, bool is_signed, bool remainder) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  std::optional<uint64_t> constant;
  if (right.is_const()) constant = right.bits;
  Reg divisor = use_except(right, bit(rax) | bit(rdx));
  take(rax);
  take(rdx);
  load_into(rax, left);
  uint64_t minus_one = w == W32 ? UINT32_MAX : UINT64_MAX;
  if (!constant || *constant == 0) {
    masm_.test(w, gpr(divisor), gpr(divisor));
    masm_.jcc(E, trap_label(Trap::IntegerDivideByZero));
  }
  Label done = masm_.new_label();
  if (is_signed && (!constant || *constant == minus_one)) {
    masm_.alu(CMP, w, gpr(divisor), -1);
    Label back = masm_.new_label();
    masm_.jcc(E, add_cold(&Compiler::cold_minus_one, remainder ? done : back, w == W64, remainder));
    masm_.bind(back);
  }
  if (is_signed) {
    masm_.cdq(w);
    masm_.idiv(w, gpr(divisor));
  } else {
    masm_.zero(rdx);
    masm_.div(w, gpr(divisor));
  }
  masm_.bind(done);
  push_reg(kind, remainder ? rdx : rax);
}

/// x rem -1 is 0; the least x div -1 overflows.
void Compiler::cold_minus_one(const Cold& cold) {
  Width w = cold.a ? W64 : W32;
  if (cold.b) {
    masm_.zero(rdx);
  } else {
    masm_.alu(CMP, w, rax, 1);  // overflows for the least number only
    masm_.jcc(O, trap_label(Trap::IntegerOverflow));
  }
  masm_.jmp(cold.back);
}

void Compiler::int_compare(Cond cond, ValKind kind) {
  Width w = width_of(kind);
  Entry right = pop(), left = pop();
  if (left.is_const() && !right.is_const()) {
    std::swap(left, right);
    static constexpr Cond k_swapped[] = {O, NO, A, BE, E, NE, AE, B, S, NS, P, NP, G, LE, GE, L};
    cond = k_swapped[cond];
  }
  std::optional<int32_t> imm = immediate(right);
  Operand l = left.is_const() ? Operand{use(left), {}} : operand(left);
  if (imm) {
    if (!l.is_reg()) {
      masm_.alu(CMP, w, l.mem, *imm);
    } else if (*imm == 0) {
      masm_.test(w, gpr(l.reg), gpr(l.reg));
    } else {
      masm_.alu(CMP, w, gpr(l.reg), *imm);
    }
    return push_condition(cond);
  }
  if (!l.is_reg()) l = {use(left), {}};
  Operand r = operand(right);
  r.is_reg() ? masm_.alu(CMP, w, gpr(l.reg), gpr(r.reg)) : masm_.alu(CMP, w, gpr(l.reg), r.mem);
  push_condition(cond);
}

void Compiler::int_eqz(ValKind kind) {
  Width w = width_of(kind);
  Entry value = pop();
  if (value.where == Entry::Where::flags) return push_condition(negate(value.cond));
  Operand v = value.is_const() ? Operand{use(value), {}} : operand(value);
  v.is_reg() ? masm_.test(w, gpr(v.reg), gpr(v.reg)) : masm_.alu(CMP, w, v.mem, 0);
  push_condition(E);
}

void Compiler::lower_condition(Entry& entry, Reg d) {
  Cond cond = entry.cond;
  if (cond == FloatEqual || cond == FloatNotEqual) {
    masm_.setcc(cond == FloatEqual ? NP : P, k_scratch);
    masm_.setcc(cond == FloatEqual ? E : NE, gpr(d));
    masm_.alu(cond == FloatEqual ? AND : OR, W32, gpr(d), k_scratch);
  } else {
    masm_.setcc(cond, gpr(d));
  }
  masm_.movzx8(gpr(d), gpr(d));
}

void Compiler::int_count(Op op, ValKind kind) {
  Width w = width_of(kind);
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  if (op == Op::I32Popcnt || op == Op::I64Popcnt) {
    masm_.popcnt(w, gpr(d), gpr(s));
  } else if (op == Op::I32Clz || op == Op::I64Clz) {
    masm_.lzcnt(w, gpr(d), gpr(s));
  } else {
    masm_.tzcnt(w, gpr(d), gpr(s));
  }
  push_reg(kind, d);
}

void Compiler::extend(Op op) {
  Entry value = pop();
  Operand v = value.is_const() ? Operand{use(value), {}} : operand(value);
  Reg d = result_over(value, 0);
  auto s = static_cast<Gpr>(v.reg);
  bool reg = v.is_reg();
  ValKind kind = ValKind::i64;
  switch (op) {
    case Op::I32Extend8S:
      kind = ValKind::i32;
      reg ? masm_.movsx8(W32, gpr(d), s) : masm_.movsx8(W32, gpr(d), v.mem);
      break;
    case Op::I32Extend16S:
      kind = ValKind::i32;
      reg ? masm_.movsx16(W32, gpr(d), s) : masm_.movsx16(W32, gpr(d), v.mem);
      break;
    case Op::I64Extend8S:
      reg ? masm_.movsx8(W64, gpr(d), s) : masm_.movsx8(W64, gpr(d), v.mem);
      break;
    case Op::I64Extend16S:
      reg ? masm_.movsx16(W64, gpr(d), s) : masm_.movsx16(W64, gpr(d), v.mem);
      break;
    case Op::I64ExtendI32U:
      if (!reg || s != gpr(d)) reg ? masm_.mov(W32, gpr(d), s) : masm_.mov(W32, gpr(d), v.mem);
      break;
    case Op::I32WrapI64:
      kind = ValKind::i32;
      reg ? masm_.mov(W32, gpr(d), s) : masm_.mov(W32, gpr(d), v.mem);
      break;
    default:  // i64.extend32_s, i64.extend_i32_s
      reg ? masm_.movsx32(gpr(d), s) : masm_.movsx32(gpr(d), v.mem);
      break;
  }
  push_reg(kind, d);
}

/// Pushes the low and high halves of rax * operand.
void Compiler::wide_multiply(bool is_signed) {
  Entry right = pop(), left = pop();
  Reg r = use_except(right, bit(rax) | bit(rdx));
  take(rax);
  take(rdx);
  load_into(rax, left);
  is_signed ? masm_.imul_wide(W64, gpr(r)) : masm_.mul(W64, gpr(r));
  push_reg(ValKind::i64, rax);
  push_reg(ValKind::i64, rdx);
}

void Compiler::wide_add(bool subtract) {
  Entry right_high = pop(), right_low = pop(), left_high = pop(), left_low = pop();
  // Four operands need not fit the registers: the right ones may be read where they are.
  Operand low = right_low.is_const() ? Operand{use(right_low), {}} : operand(right_low);
  Reg d_low = own(left_low);
  low.is_reg() ? masm_.alu(subtract ? SUB : ADD, W64, gpr(d_low), gpr(low.reg))
               : masm_.alu(subtract ? SUB : ADD, W64, gpr(d_low), low.mem);
  // No instruction below changes the carry before it is used.
  Reg d_high = left_high.where == Entry::Where::reg && is_temp(left_high.reg) ? left_high.reg
               : low.is_reg() && is_temp(low.reg)                             ? low.reg
                                                                              : alloc(false);
  load_into(d_high, left_high);
  load_into(Masm::k_int_scratch, right_high);
  masm_.alu(subtract ? SBB : ADC, W64, gpr(d_high), k_scratch);
  push_reg(ValKind::i64, d_low);
  push_reg(ValKind::i64, d_high);
}

// --- select ----------------------------------------------------------------------------------------------

void Compiler::lower_select(ValKind kind) {
  Entry condition = pop(), otherwise = pop(), then = pop();
  Cond cond = condition.cond;
  if (condition.where != Entry::Where::flags) {
    Reg c = use(condition);
    // Nothing that follows changes flags.
    if (is_vector_kind(kind)) {
      use(otherwise);
    }
    masm_.test(W32, gpr(c), gpr(c));
    cond = NE;
  }
  if (is_vector_kind(kind)) {
    Reg o = use(otherwise);
    Reg d = result_over(then, bit(o));
    load_into(d, then);
    Label over = masm_.new_label();
    masm_.jcc(cond, over);
    masm_.move(kind, d, o);
    masm_.bind(over);
    return push_reg(kind, d);
  }
  if (cond == FloatNotEqual) {
    std::swap(then, otherwise);
    cond = FloatEqual;
  }
  Width w = width_of(kind);
  Operand o = otherwise.is_const() ? Operand{use(otherwise), {}} : operand(otherwise);
  if (then.where == Entry::Where::local) local_reg(then.local);
  Reg d = result_over(then, reg_set(o));
  load_into(d, then);
  auto move_if = [&](Cond c) {
    o.is_reg() ? masm_.cmov(c, w, gpr(d), gpr(o.reg)) : masm_.cmov(c, w, gpr(d), o.mem);
  };
  if (cond == FloatEqual) {
    move_if(NE);
    move_if(P);
  } else {
    move_if(negate(cond));
  }
  push_reg(kind, d);
}

}  // namespace lindvm::jit
