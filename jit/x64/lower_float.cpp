// x86-64: scalar floating point and conversions.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace target;

namespace {

bool is_double(ValKind kind) { return kind == ValKind::f64; }
const VecOp& ucomis(ValKind kind) { return is_double(kind) ? op::ucomisd : op::ucomiss; }
uint64_t sign_mask(ValKind kind) { return is_double(kind) ? uint64_t{1} << 63 : 0x8000000080000000; }

}  // namespace

/// In a register, or where a scalar instruction can read it.
Operand Compiler::float_operand(Entry& entry) {
  if (entry.is_const() && entry.bits != 0) return {k_no_reg, masm_.constant(entry.bits)};
  return entry.is_const() ? Operand{use(entry), {}} : operand(entry);
}

void Compiler::float_binary(const VecOp& op, ValKind kind) {
  Entry right = pop(), left = pop();
  if (left.where == Entry::Where::local) local_reg(left.local);
  Operand r = float_operand(right);
  Reg l = use(left);
  Reg d = result_over(left, masm_.cpu().avx ? 0 : reg_set(r));
  masm_.vop(op, d, l, r);
  push_reg(kind, d);
}

void Compiler::float_compare(ValKind kind, Cond cond, bool swap) {
  Entry right = pop(), left = pop();
  if (swap) std::swap(left, right);
  Operand r = float_operand(right);
  masm_.vun(ucomis(kind), use(left), r);
  push_condition(cond);
}

/// min and max differ from the instructions for equal operands (zeroes of different sign) and NaNs.
void Compiler::float_min_max(ValKind kind, bool is_max) {
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  Label back = masm_.new_label();
  masm_.vun(ucomis(kind), l, r);
  uint64_t registers = l | r << 8 | uint64_t{d} << 16;
  masm_.jcc(E, add_cold(&Compiler::cold_min_max, back, registers, is_max | is_double(kind) << 1));
  masm_.vop(is_double(kind) ? (is_max ? op::maxsd : op::minsd) : (is_max ? op::maxss : op::minss), d, l, r);
  masm_.bind(back);
  push_reg(kind, d);
}

void Compiler::cold_min_max(const Cold& cold) {
  auto l = static_cast<Reg>(cold.a), r = static_cast<Reg>(cold.a >> 8), d = static_cast<Reg>(cold.a >> 16);
  Label nan = masm_.new_label();
  masm_.jcc(P, nan);
  masm_.vop(cold.b & 1 ? op::andps : op::orps, d, l, r);
  masm_.jmp(cold.back);
  masm_.bind(nan);
  masm_.vop(cold.b & 2 ? op::addsd : op::addss, d, l, r);
  masm_.jmp(cold.back);
}

void Compiler::float_round(ValKind kind, uint8_t mode) {
  constexpr uint8_t k_no_exceptions = 8;
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.vop_imm(is_double(kind) ? op::roundsd : op::roundss, d, s, Operand{s, {}}, mode | k_no_exceptions);
  push_reg(kind, d);
}

/// abs and neg: the sign bit alone, so that NaNs pass unchanged.
void Compiler::float_sign(ValKind kind, const VecOp& op, bool keep_sign) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  uint64_t mask = keep_sign ? sign_mask(kind) : ~sign_mask(kind);
  masm_.vop(op, d, s, Operand{k_no_reg, masm_.constant(mask, mask)});
  push_reg(kind, d);
}

void Compiler::float_copysign(ValKind kind) {
  Entry right = pop(), left = pop();
  Reg magnitude = use(left), sign = use(right);
  Reg d = alloc(true);
  uint64_t mask = sign_mask(kind);
  masm_.vop(op::andps, d, magnitude, Operand{k_no_reg, masm_.constant(~mask, ~mask)});
  masm_.vop(op::andps, vec(k_vec_scratch), sign, Operand{k_no_reg, masm_.constant(mask, mask)});
  masm_.vop(op::orps, d, d, vec(k_vec_scratch));
  push_reg(kind, d);
}

/// Square roots and conversions between floats: d = op(value), with d's other lanes from the source.
void Compiler::float_unary(const VecOp& op, ValKind, ValKind to) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_over(value, 0);
  masm_.vop(op, d, s, s);
  push_reg(to, d);
}

void Compiler::reinterpret(ValKind to) {
  Entry value = pop();
  if (value.is_const()) return push_const(to, value.bits);
  if (is_vector_kind(value.kind)) {
    Reg s = use(value);
    Reg d = result_reg(false);
    masm_.vun(to == ValKind::i64 ? op::movq_store : op::movd_store, s, Operand{d, {}});
    return push_reg(to, d);
  }
  Operand s = operand(value);
  Reg d = result_reg(true);
  masm_.vun(to == ValKind::f64 ? op::movq : op::movd, d, s);
  push_reg(to, d);
}

// --- integer to float ------------------------------------------------------------------------------------

void Compiler::convert_int(ValKind from, bool is_unsigned, ValKind to) {
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_reg(true);
  bool wide = from == ValKind::i64 || is_unsigned;  // u32 fits i64
  const VecOp& op =
      is_double(to) ? (wide ? op::cvtsi2sd64 : op::cvtsi2sd) : (wide ? op::cvtsi2ss64 : op::cvtsi2ss);
  masm_.vop(op::xorps, d, d, d);  // breaks the dependence on d
  if (from == ValKind::i64 && is_unsigned) {
    Label back = masm_.new_label();
    masm_.test(W64, gpr(s), gpr(s));
    masm_.jcc(S, add_cold(&Compiler::cold_convert_u64, back, s | d << 8, is_double(to)));
    masm_.vop(op, d, d, Operand{s, {}});
    masm_.bind(back);
  } else {
    masm_.vop(op, d, d, Operand{s, {}});
  }
  push_reg(to, d);
}

/// Half the number, with the lost bit kept for rounding, converted and doubled.
void Compiler::cold_convert_u64(const Cold& cold) {
  auto s = static_cast<Reg>(cold.a & 0xff), d = static_cast<Reg>(cold.a >> 8);
  Label even = masm_.new_label();
  masm_.mov(W64, k_scratch, gpr(s));
  masm_.shift(SHR, W64, k_scratch, 1);
  masm_.jcc(AE, even);
  masm_.alu(OR, W64, k_scratch, 1);
  masm_.bind(even);
  masm_.vop(cold.b ? op::cvtsi2sd64 : op::cvtsi2ss64, d, d, Operand{k_scratch, {}});
  masm_.vop(cold.b ? op::addsd : op::addss, d, d, d);
  masm_.jmp(cold.back);
}

// --- float to integer ------------------------------------------------------------------------------------

namespace {

/// How a truncation is done, packed for its cold part.
struct Truncation {
  bool from_double, to_i64, is_unsigned, saturates;
  uint64_t packed() const {
    return uint64_t{from_double} | uint64_t{to_i64} << 1 | uint64_t{is_unsigned} << 2 |
           uint64_t{saturates} << 3;
  }
  static Truncation unpacked(uint64_t bits) {
    return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
  }
  const VecOp& convert(bool wide) const {
    return from_double ? (wide ? op::cvttsd2si64 : op::cvttsd2si) : (wide ? op::cvttss2si64 : op::cvttss2si);
  }
  uint64_t power_of_two(int exponent, bool negative) const {
    double value = negative ? -static_cast<double>(uint64_t{1} << exponent)
                            : static_cast<double>(uint64_t{1} << exponent);
    return from_double ? std::bit_cast<uint64_t>(value)
                       : uint64_t{std::bit_cast<uint32_t>(static_cast<float>(value))};
  }
};

}  // namespace

/// The instructions answer the least number for what does not fit; the cold part looks closer.
void Compiler::truncate(Op, ValKind from, ValKind to, bool is_unsigned, bool saturate) {
  Truncation how{is_double(from), to == ValKind::i64, is_unsigned, saturate};
  Entry value = pop();
  Reg s = use(value);
  Reg d = result_reg(false);
  Label back = masm_.new_label();
  bool wide = how.to_i64 || is_unsigned;
  masm_.vun(how.convert(wide), static_cast<Reg>(d), Operand{s, {}});
  Label cold = add_cold(&Compiler::cold_truncate, back, s | d << 8, how.packed());
  if (is_unsigned && how.to_i64) {
    masm_.test(W64, gpr(d), gpr(d));
    masm_.jcc(S, cold);
  } else if (is_unsigned) {
    masm_.mov(W32, k_scratch, gpr(d));
    masm_.alu(CMP, W64, k_scratch, gpr(d));
    masm_.jcc(NE, cold);
  } else {
    masm_.alu(CMP, wide ? W64 : W32, gpr(d), 1);
    masm_.jcc(O, cold);
  }
  masm_.bind(back);
  push_reg(to, d);
}

void Compiler::cold_truncate(const Cold& cold) {
  Truncation how = Truncation::unpacked(cold.b);
  auto s = static_cast<Reg>(cold.a & 0xff), d = static_cast<Reg>(cold.a >> 8);
  const VecOp& compare = how.from_double ? op::ucomisd : op::ucomiss;
  if (!how.is_unsigned && !how.to_i64) {
    masm_.vun(how.convert(true), static_cast<Reg>(k_scratch), Operand{s, {}});
    masm_.alu(CMP, W64, k_scratch, INT32_MIN);  // the least number itself, or what truncates to it
    masm_.jcc(E, cold.back);
  } else if (!how.is_unsigned) {
    Label no = masm_.new_label();
    masm_.vun(compare, s, Operand{k_no_reg, masm_.constant(how.power_of_two(63, true))});
    masm_.jcc(P, no);
    masm_.jcc(E, cold.back);
    masm_.bind(no);
  } else if (how.to_i64) {
    Label no = masm_.new_label();
    Operand limit{k_no_reg, masm_.constant(how.power_of_two(63, false))};
    masm_.vun(compare, s, limit);
    masm_.jcc(B, no);  // unordered too
    masm_.vop(how.from_double ? op::subsd : op::subss, vec(k_vec_scratch), s, limit);
    masm_.vun(how.convert(true), d, Operand{vec(k_vec_scratch), {}});
    masm_.test(W64, gpr(d), gpr(d));
    masm_.jcc(S, no);
    masm_.mov_imm(k_scratch, uint64_t{1} << 63);
    masm_.alu(XOR, W64, gpr(d), k_scratch);
    masm_.jmp(cold.back);
    masm_.bind(no);
  }
  truncation_failed(cold.b, s, d, cold.back);
}

/// NaN or out of range: traps, or the nearest that fits.
void Compiler::truncation_failed(uint64_t packed, Reg s, Reg d, Label back) {
  Truncation how = Truncation::unpacked(packed);
  Label nan = masm_.new_label(), negative = masm_.new_label();
  masm_.vun(how.from_double ? op::ucomisd : op::ucomiss, s, Operand{k_no_reg, masm_.constant(0)});
  masm_.jcc(P, nan);
  if (!how.saturates) {
    call_trap(Trap::IntegerOverflow);
    masm_.bind(nan);
    return call_trap(Trap::InvalidConversion);
  }
  masm_.jcc(B, negative);
  uint64_t all = how.to_i64 ? UINT64_MAX : UINT32_MAX;
  masm_.mov_imm(gpr(d), how.is_unsigned ? all : all >> 1);
  masm_.jmp(back);
  masm_.bind(negative);
  masm_.mov_imm(gpr(d), how.is_unsigned ? 0 : (all >> 1) + 1);
  masm_.jmp(back);
  masm_.bind(nan);
  masm_.mov_imm(gpr(d), 0);
  masm_.jmp(back);
}

}  // namespace lindvm::jit
