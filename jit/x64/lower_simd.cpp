// x86-64: vector operations. Sequences of more than one instruction build the result in a fresh register and
// may use the scratch register, but hold nothing there across a non-commutative operation whose right operand
// is its destination (Masm::vop may need it then).

#include "jit/baseline/compiler.h"
#include "jit/baseline/shuffle.h"

namespace lindvm::jit {

using namespace target;

namespace {

constexpr Reg k_temp = vec(k_vec_scratch);

Operand in(Reg reg) { return {reg, {}}; }
constexpr uint64_t splat32(uint32_t lane) { return uint64_t{lane} << 32 | lane; }
constexpr uint64_t splat16(uint16_t lane) { return splat32(uint32_t{lane} << 16 | lane); }
constexpr uint64_t splat8(uint8_t lane) { return splat16(static_cast<uint16_t>(lane << 8 | lane)); }

}  // namespace

/// Without AVX, vectors in memory would have to be aligned.
Operand Compiler::vec_operand(Entry& entry) {
  return masm_.cpu().avx ? operand(entry) : Operand{use(entry), {}};
}

void Compiler::vector_binary(const VecOp& op, bool swap) {
  Entry right = pop(), left = pop();
  if (swap) std::swap(left, right);
  Operand r = vec_operand(right);
  Reg l = use(left);
  Reg d = result_over(left, masm_.cpu().avx ? 0 : reg_set(r));
  masm_.vop(op, d, l, r);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_unary(const VecOp& op) {
  Entry value = pop();
  Operand s = vec_operand(value);
  Reg d = result_reg(true);
  masm_.vun(op, d, s);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_compare(const VecOp& op, bool swap, bool invert) {
  vector_binary(op, swap);
  if (!invert) return;
  Entry value = pop();
  Reg d = own(value);
  masm_.vop(op::pcmpeqd, k_temp, k_temp, k_temp);
  masm_.vop(op::pxor, d, d, k_temp);
  push_reg(ValKind::v128, d);
}

/// a <= b if a is the lesser of both, without sign.
void Compiler::vector_compare_unsigned(const VecOp& extreme, const VecOp& equal, bool invert) {
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  masm_.vop(extreme, d, l, r);
  masm_.vop(equal, d, d, l);
  if (invert) {
    masm_.vop(op::pcmpeqd, k_temp, k_temp, k_temp);
    masm_.vop(op::pxor, d, d, k_temp);
  }
  push_reg(ValKind::v128, d);
}

void Compiler::vector_float_compare(bool is_double, uint8_t predicate, bool swap) {
  Entry right = pop(), left = pop();
  if (swap) std::swap(left, right);
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  masm_.vop_imm(is_double ? op::cmppd : op::cmpps, d, l, in(r), predicate);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_round(bool is_double, uint8_t mode) {
  constexpr uint8_t k_no_exceptions = 8;
  Entry value = pop();
  Operand s = vec_operand(value);
  Reg d = result_reg(true);
  masm_.vun_imm(is_double ? op::roundpd : op::roundps, d, s, mode | k_no_exceptions);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_float_min_max(bool is_double, bool is_max) {
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true), t = alloc(true);
  const VecOp& choose = is_max ? (is_double ? op::maxpd : op::maxps) : (is_double ? op::minpd : op::minps);
  masm_.vop(choose, d, l, r);
  masm_.vop(choose, t, r, l);
  masm_.vop(is_max ? op::andps : op::orps, d, d, t);                      // zeroes of different sign
  masm_.vop_imm(is_double ? op::cmppd : op::cmpps, k_temp, l, in(r), 3);  // unordered lanes take the sum
  masm_.vop(is_double ? op::addpd : op::addps, t, l, r);
  masm_.vop(op::andps, t, t, k_temp);
  masm_.vop(op::andnps, k_temp, k_temp, d);
  masm_.vop(op::orps, d, t, k_temp);
  push_reg(ValKind::v128, d);
}

// --- shifts ----------------------------------------------------------------------------------------------

void Compiler::vector_shift(const VecOp& op, uint32_t lane_bits) {
  Entry count = pop(), value = pop();
  Reg v = use(value);
  if (count.is_const()) {
    Reg d = result_over(value, 0);
    masm_.vop(op, d, v, Operand{k_no_reg, masm_.constant(count.bits & (lane_bits - 1))});
    return push_reg(ValKind::v128, d);
  }
  load_into(Masm::k_int_scratch, count);
  masm_.alu(AND, W32, k_scratch, static_cast<int32_t>(lane_bits - 1));
  masm_.vun(op::movd, k_temp, in(k_scratch));
  Reg d = result_over(value, 0);
  masm_.vop(op, d, v, k_temp);
  push_reg(ValKind::v128, d);
}

/// Bytes are shifted as the high halves of words, and packed again.
void Compiler::byte_shift(Op op) {
  Entry count = pop(), value = pop();
  Reg v = use(value);
  Reg low = alloc(true), high = alloc(true);
  bool left = op == Op::I8x16Shl;
  load_into(Masm::k_int_scratch, count);
  masm_.alu(AND, W32, k_scratch, 7);
  if (!left) masm_.alu(ADD, W32, k_scratch, 8);
  if (left) {
    masm_.vop(op::pxor, k_temp, k_temp, k_temp);
    masm_.vop(op::punpcklbw, low, k_temp, v);
    masm_.vop(op::punpckhbw, high, k_temp, v);
  } else {
    masm_.vop(op::punpcklbw, low, v, v);
    masm_.vop(op::punpckhbw, high, v, v);
  }
  masm_.vun(op::movd, k_temp, in(k_scratch));
  const VecOp& shift = left ? op::psllw : op == Op::I8x16ShrS ? op::psraw : op::psrlw;
  masm_.vop(shift, low, low, k_temp);
  masm_.vop(shift, high, high, k_temp);
  if (left) {
    Operand eight{k_no_reg, masm_.constant(8)};
    masm_.vop(op::psrlw, low, low, eight);
    masm_.vop(op::psrlw, high, high, eight);
  }
  masm_.vop(op == Op::I8x16ShrS ? op::packsswb : op::packuswb, low, low, high);
  push_reg(ValKind::v128, low);
}

// --- to and from scalars ---------------------------------------------------------------------------------

void Compiler::vector_all_true(const VecOp& equal) {
  Entry value = pop();
  Reg v = use(value);
  Reg d = alloc(true);
  masm_.vop(op::pxor, d, d, d);
  masm_.vop(equal, d, d, v);
  masm_.vun(op::ptest, d, in(d));
  push_condition(E);
}

void Compiler::vector_splat(Op op) {
  Entry value = pop();
  if (op == Op::F32x4Splat || op == Op::F64x2Splat) {
    Reg s = use(value);
    Reg d = result_over(value, 0);
    if (op == Op::F64x2Splat) {
      masm_.vun(op::movddup, d, s);
    } else {
      masm_.vop_imm(op::shufps, d, s, in(s), 0);
    }
    return push_reg(ValKind::v128, d);
  }
  Reg s = use(value);
  Reg d = alloc(true);
  masm_.vun(op == Op::I64x2Splat ? op::movq : op::movd, d, in(s));
  switch (op) {
    case Op::I8x16Splat:
      masm_.vop(op::pxor, k_temp, k_temp, k_temp);
      masm_.vop(op::pshufb, d, d, k_temp);
      break;
    case Op::I16x8Splat:
      masm_.vun_imm(op::pshuflw, d, in(d), 0);
      masm_.vop(op::punpcklqdq, d, d, d);
      break;
    case Op::I32x4Splat:
      masm_.vun_imm(op::pshufd, d, in(d), 0);
      break;
    default:
      masm_.vop(op::punpcklqdq, d, d, d);
      break;
  }
  push_reg(ValKind::v128, d);
}

void Compiler::vector_extract(Op op, uint32_t lane_number) {
  auto lane = static_cast<uint8_t>(lane_number);
  Entry value = pop();
  Reg v = use(value);
  if (op == Op::F32x4ExtractLane || op == Op::F64x2ExtractLane) {
    Reg d = result_over(value, 0);
    if (op == Op::F32x4ExtractLane) {
      masm_.vun_imm(op::pshufd, d, in(v), lane);
      return push_reg(ValKind::f32, d);
    }
    lane == 0 ? masm_.move(ValKind::v128, d, v) : masm_.vun_imm(op::pshufd, d, in(v), 0xee);
    return push_reg(ValKind::f64, d);
  }
  Reg d = result_reg(false);
  const VecOp& extract = op == Op::I8x16ExtractLaneS || op == Op::I8x16ExtractLaneU   ? op::pextrb
                         : op == Op::I16x8ExtractLaneS || op == Op::I16x8ExtractLaneU ? op::pextrw
                         : op == Op::I32x4ExtractLane                                 ? op::pextrd
                                                                                      : op::pextrq;
  masm_.vun_imm(extract, v, in(d), lane);
  if (op == Op::I8x16ExtractLaneS) masm_.movsx8(W32, gpr(d), gpr(d));
  if (op == Op::I16x8ExtractLaneS) masm_.movsx16(W32, gpr(d), gpr(d));
  push_reg(op == Op::I64x2ExtractLane ? ValKind::i64 : ValKind::i32, d);
}

void Compiler::vector_replace(Op op, uint32_t lane_number) {
  auto lane = static_cast<uint8_t>(lane_number);
  Entry scalar = pop(), value = pop();
  Reg v = use(value);
  if (op == Op::F32x4ReplaceLane || op == Op::F64x2ReplaceLane) {
    Reg s = use(scalar);
    Reg d = result_over(value, bit(s));
    if (op == Op::F32x4ReplaceLane) {
      masm_.vop_imm(op::insertps, d, v, in(s), static_cast<uint8_t>(lane << 4));
    } else {
      masm_.vop(lane == 0 ? op::movsd : op::punpcklqdq, d, v, s);
    }
    return push_reg(ValKind::v128, d);
  }
  Reg s = use(scalar);
  Reg d = result_over(value, 0);
  const VecOp& insert = op == Op::I8x16ReplaceLane   ? op::pinsrb
                        : op == Op::I16x8ReplaceLane ? op::pinsrw
                        : op == Op::I32x4ReplaceLane ? op::pinsrd
                                                     : op::pinsrq;
  masm_.vop_imm(insert, d, v, in(s), lane);
  push_reg(ValKind::v128, d);
}

// --- rearranging -----------------------------------------------------------------------------------------

namespace {

/// The pshufd control of a shuffle that moves whole 32-bit lanes of one operand, if it is one.
std::optional<uint8_t> as_dword_shuffle(const uint8_t (&lanes)[16]) {
  uint8_t control = 0;
  for (unsigned i = 0; i < 4; ++i) {
    uint8_t first = lanes[4 * i];
    if (first % 4 != 0 || first / 16 != lanes[0] / 16) return std::nullopt;
    for (unsigned j = 1; j < 4; ++j) {
      if (lanes[4 * i + j] != first + j) return std::nullopt;
    }
    control |= static_cast<uint8_t>((first / 4 & 3) << 2 * i);
  }
  return control;
}

}  // namespace

void Compiler::vector_shuffle() {
  uint8_t lanes[16];
  for (uint8_t& lane : lanes) lane = reader_.u8();
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  if (auto control = as_dword_shuffle(lanes)) {
    masm_.vun_imm(op::pshufd, d, in(lanes[0] < 16 ? l : r), *control);
    return push_reg(ValKind::v128, d);
  }
  if (auto distance = as_window(lanes)) {
    masm_.vop_imm(op::palignr, d, r, in(l), *distance);
    return push_reg(ValKind::v128, d);
  }
  uint8_t from_left[16], from_right[16];
  bool uses_left = false, uses_right = false;
  for (unsigned i = 0; i < 16; ++i) {
    from_left[i] = lanes[i] < 16 ? lanes[i] : 0x80;
    from_right[i] = lanes[i] >= 16 ? lanes[i] - 16 : 0x80;
    (lanes[i] < 16 ? uses_left : uses_right) = true;
  }
  auto pick = [&](Reg to, Reg from, const uint8_t (&control)[16]) {
    uint64_t words[2];
    std::memcpy(words, control, 16);
    masm_.vop(op::pshufb, to, from, Operand{k_no_reg, masm_.constant(words[0], words[1])});
  };
  if (uses_left) pick(d, l, from_left);
  if (uses_right) pick(uses_left ? k_temp : d, r, from_right);
  if (uses_left && uses_right) masm_.vop(op::por, d, d, k_temp);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_extend(const VecOp& op, bool high) {
  if (!high) return vector_unary(op);
  Entry value = pop();
  Reg v = use(value);
  Reg d = alloc(true);
  masm_.vun_imm(op::pshufd, d, in(v), 0xee);
  masm_.vun(op, d, d);
  push_reg(ValKind::v128, d);
}

/// The operands' halves are extended, then multiplied.
void Compiler::vector_extmul(const VecOp& extend, const VecOp& multiply) {
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  masm_.vun(extend, d, l);
  masm_.vun(extend, k_temp, r);
  masm_.vop(multiply, d, d, k_temp);
  push_reg(ValKind::v128, d);
}

/// Where the mask has ones the first operand, else the second.
void Compiler::vector_select() {
  Entry mask = pop(), right = pop(), left = pop();
  Reg l = use(left), r = use(right), m = use(mask);
  Reg d = alloc(true);
  masm_.vop(op::pand, d, l, m);
  masm_.vop(op::pandn, k_temp, m, r);
  masm_.vop(op::por, d, d, k_temp);
  push_reg(ValKind::v128, d);
}

// --- sequences -------------------------------------------------------------------------------------------

/// Operations of one or two operands that take several instructions each.
void Compiler::vector_special(Op op) {
  const SignatureInfo& signature = signature_info(op_info(op).signature);
  Entry right, left = pop();
  Reg r = k_no_reg;
  if (signature.operand_count == 2) {
    right = left;
    left = pop();
    r = use(right);
  }
  Reg v = use(left);
  Reg d = alloc(true);
  auto pool = [&](uint64_t low, uint64_t high) { return Operand{k_no_reg, masm_.constant(low, high)}; };
  auto both = [&](uint64_t lane) { return pool(lane, lane); };
  auto zero = [&](Reg reg) { masm_.vop(op::pxor, reg, reg, reg); };
  auto negative = [&](const VecOp& subtract) {
    zero(k_temp);
    masm_.vop(subtract, d, k_temp, v);
  };
  switch (op) {
    case Op::V128Not:
      masm_.vop(op::pcmpeqd, k_temp, k_temp, k_temp);
      masm_.vop(op::pxor, d, v, k_temp);
      break;
    case Op::I8x16Swizzle:
    case Op::I8x16RelaxedSwizzle:
      masm_.vun(op::movups, k_temp, both(splat8(0x70)));
      masm_.vop(op::paddusb, k_temp, k_temp, r);
      masm_.vop(op::pshufb, d, v, k_temp);
      break;
    case Op::I8x16Neg:
      negative(op::psubb);
      break;
    case Op::I16x8Neg:
      negative(op::psubw);
      break;
    case Op::I32x4Neg:
      negative(op::psubd);
      break;
    case Op::I64x2Neg:
      negative(op::psubq);
      break;
    case Op::I64x2Abs:
      zero(k_temp);
      masm_.vop(op::pcmpgtq, k_temp, k_temp, v);
      masm_.vop(op::pxor, d, v, k_temp);
      masm_.vop(op::psubq, d, d, k_temp);
      break;
    case Op::I8x16Popcnt: {
      Reg table = alloc(true);
      masm_.vop(op::psrlw, d, v, pool(4, 0));
      masm_.vop(op::pand, d, d, both(splat8(0x0f)));
      masm_.vop(op::pand, k_temp, v, both(splat8(0x0f)));
      masm_.vun(op::movups, table, pool(0x0302020102010100, 0x0403030203020201));
      Reg counts = alloc(true);
      masm_.vop(op::pshufb, counts, table, k_temp);
      masm_.vop(op::pshufb, table, table, d);
      masm_.vop(op::paddb, d, counts, table);
      break;
    }
    case Op::I16x8ExtaddPairwiseI8x16S:
      masm_.vun(op::movups, d, both(splat8(1)));
      masm_.vop(op::pmaddubsw, d, d, v);
      break;
    case Op::I16x8ExtaddPairwiseI8x16U:
      masm_.vop(op::pmaddubsw, d, v, both(splat8(1)));
      break;
    case Op::I32x4ExtaddPairwiseI16x8S:
      masm_.vop(op::pmaddwd, d, v, both(splat16(1)));
      break;
    case Op::I32x4ExtaddPairwiseI16x8U:
      masm_.vop(op::pxor, d, v, both(splat16(0x8000)));
      masm_.vop(op::pmaddwd, d, d, both(splat16(1)));
      masm_.vop(op::paddd, d, d, both(splat32(0x10000)));
      break;
    case Op::I16x8Q15mulrSatS:
    case Op::I16x8RelaxedQ15mulrS:
      masm_.vop(op::pmulhrsw, d, v, r);
      masm_.vop(op::pcmpeqw, k_temp, d, both(splat16(0x8000)));
      masm_.vop(op::pxor, d, d, k_temp);
      break;
    case Op::I64x2Mul: {
      Reg cross = alloc(true);
      masm_.vop(op::psrlq, cross, v, pool(32, 0));
      masm_.vop(op::pmuludq, cross, cross, r);
      masm_.vop(op::psrlq, k_temp, r, pool(32, 0));
      masm_.vop(op::pmuludq, k_temp, k_temp, v);
      masm_.vop(op::paddq, cross, cross, k_temp);
      masm_.vop(op::psllq, cross, cross, pool(32, 0));
      masm_.vop(op::pmuludq, d, v, r);
      masm_.vop(op::paddq, d, d, cross);
      break;
    }
    case Op::F32x4Abs:
      masm_.vop(op::andps, d, v, both(splat32(0x7fffffff)));
      break;
    case Op::F32x4Neg:
      masm_.vop(op::xorps, d, v, both(splat32(0x80000000)));
      break;
    case Op::F64x2Abs:
      masm_.vop(op::andps, d, v, both(0x7fffffffffffffff));
      break;
    case Op::F64x2Neg:
      masm_.vop(op::xorps, d, v, both(0x8000000000000000));
      break;
    case Op::I32x4TruncSatF32x4S:
    case Op::I32x4RelaxedTruncF32x4S:
      masm_.vop_imm(op::cmpps, k_temp, v, in(v), 0);
      masm_.vop(op::andps, k_temp, k_temp, v);  // NaN becomes 0
      masm_.vun(op::cvttps2dq, d, k_temp);
      masm_.vop_imm(op::cmpps, k_temp, k_temp, both(splat32(0x4f000000)), 5);  // not below 2^31
      masm_.vop(op::pxor, d, d, k_temp);
      break;
    case Op::I32x4TruncSatF32x4U:
    case Op::I32x4RelaxedTruncF32x4U: {
      Reg excess = alloc(true), limit = alloc(true);
      zero(k_temp);
      masm_.vop(op::maxps, d, v, k_temp);  // NaN and negative numbers become 0
      masm_.vun(op::movups, limit, both(splat32(0x4f000000)));
      masm_.vop(op::subps, excess, d, limit);
      masm_.vop_imm(op::cmpps, limit, limit, in(excess), 2);
      masm_.vun(op::cvttps2dq, excess, excess);
      masm_.vop(op::pxor, excess, excess, limit);
      zero(k_temp);
      masm_.vop(op::pmaxsd, excess, excess, k_temp);
      masm_.vun(op::cvttps2dq, d, d);
      masm_.vop(op::paddd, d, d, excess);
      break;
    }
    case Op::I32x4TruncSatF64x2SZero:
    case Op::I32x4RelaxedTruncF64x2SZero:
      masm_.vop_imm(op::cmppd, k_temp, v, in(v), 0);
      masm_.vop(op::andps, k_temp, k_temp, both(std::bit_cast<uint64_t>(2147483647.0)));
      masm_.vop(op::minpd, d, v, k_temp);
      masm_.vun(op::cvttpd2dq, d, d);
      break;
    case Op::I32x4TruncSatF64x2UZero:
    case Op::I32x4RelaxedTruncF64x2UZero:
      zero(k_temp);
      masm_.vop(op::maxpd, d, v, k_temp);
      masm_.vop(op::minpd, d, d, both(std::bit_cast<uint64_t>(4294967295.0)));
      masm_.vun_imm(op::roundpd, d, in(d), 11);
      masm_.vop(op::addpd, d, d, both(std::bit_cast<uint64_t>(4503599627370496.0)));
      masm_.vop_imm(op::shufps, d, d, in(k_temp), 0x88);
      break;
    case Op::F32x4ConvertI32x4U:
      zero(k_temp);
      masm_.vop_imm(op::pblendw, k_temp, k_temp, in(v), 0x55);
      masm_.vop(op::psubd, d, v, k_temp);
      masm_.vun(op::cvtdq2ps, k_temp, k_temp);
      masm_.vop(op::psrld, d, d, pool(1, 0));
      masm_.vun(op::cvtdq2ps, d, d);
      masm_.vop(op::addps, d, d, d);
      masm_.vop(op::addps, d, d, k_temp);
      break;
    case Op::F64x2ConvertLowI32x4U:
      masm_.vop(op::unpcklps, d, v, both(splat32(0x43300000)));
      masm_.vop(op::subpd, d, d, both(std::bit_cast<uint64_t>(4503599627370496.0)));
      break;
    default:
      failed_ = true;  // Compiler.EveryOpcodeIsCompiled tells
      break;
  }
  push_reg(ValKind::v128, d);
}

/// i64x2.shr_s: the sign bit, shifted along, flips and is subtracted.
void Compiler::vector_shift_signed64() {
  Entry count = pop(), value = pop();
  Reg v = use(value);
  Reg d = alloc(true), sign = alloc(true);
  load_into(Masm::k_int_scratch, count);
  masm_.alu(AND, W32, k_scratch, 63);
  masm_.vun(op::movd, k_temp, in(k_scratch));
  masm_.vun(op::movups, sign, Operand{k_no_reg, masm_.constant(uint64_t{1} << 63, uint64_t{1} << 63)});
  masm_.vop(op::psrlq, sign, sign, k_temp);
  masm_.vop(op::psrlq, d, v, k_temp);
  masm_.vop(op::pxor, d, d, sign);
  masm_.vop(op::psubq, d, d, sign);
  push_reg(ValKind::v128, d);
}

void Compiler::vector_any_true() {
  Entry value = pop();
  Reg v = use(value);
  masm_.vun(op::ptest, v, in(v));
  push_condition(NE);
}

void Compiler::vector_bitmask(Op op) {
  Entry value = pop();
  Reg v = use(value);
  Reg d = result_reg(false);
  if (op == Op::I8x16Bitmask) {
    masm_.vun(op::pmovmskb, d, in(v));
  } else if (op == Op::I16x8Bitmask) {
    masm_.vop(op::packsswb, k_temp, v, v);
    masm_.vun(op::pmovmskb, d, in(k_temp));
    masm_.movzx8(gpr(d), gpr(d));
  } else {
    masm_.vun(op == Op::I32x4Bitmask ? op::movmskps : op::movmskpd, d, in(v));
  }
  push_reg(ValKind::i32, d);
}

/// a * b + c, with a negated first if asked.
void Compiler::vector_multiply_add(bool is_double, bool negate_first) {
  Entry third = pop(), second = pop(), first = pop();
  Reg a = use(first), b = use(second), c = use(third);
  Reg d = alloc(true);
  if (negate_first) {
    uint64_t mask = is_double ? uint64_t{1} << 63 : splat32(0x80000000);
    masm_.vop(op::xorps, d, a, Operand{k_no_reg, masm_.constant(mask, mask)});
    a = d;
  }
  masm_.vop(is_double ? op::mulpd : op::mulps, d, a, b);
  masm_.vop(is_double ? op::addpd : op::addps, d, d, c);
  push_reg(ValKind::v128, d);
}

/// High halves of both operands extended and multiplied.
void Compiler::vector_extmul_high(const VecOp& extend, const VecOp& multiply) {
  Entry right = pop(), left = pop();
  Reg l = use(left), r = use(right);
  Reg d = alloc(true);
  masm_.vun_imm(op::pshufd, d, in(l), 0xee);
  masm_.vun(extend, d, d);
  masm_.vun_imm(op::pshufd, k_temp, in(r), 0xee);
  masm_.vun(extend, k_temp, k_temp);
  masm_.vop(multiply, d, d, k_temp);
  push_reg(ValKind::v128, d);
}

}  // namespace lindvm::jit
