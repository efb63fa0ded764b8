#include "jit/a64/masm.h"

#include <cstring>

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace lindvm::jit::a64 {
namespace {

/// The 8-bit form of a float constant: one sign bit, three of exponent, four of fraction.
std::optional<uint8_t> float_immediate(bool is_double, uint64_t bits) {
  unsigned exponent_bits = is_double ? 11 : 8, fraction_bits = is_double ? 52 : 23;
  uint64_t fraction = bits & ((uint64_t{1} << fraction_bits) - 1);
  if (fraction & ((uint64_t{1} << (fraction_bits - 4)) - 1)) return std::nullopt;
  uint64_t exponent = bits >> fraction_bits & ((uint64_t{1} << exponent_bits) - 1);
  // The exponent's highest bit, then its complement repeated, then two bits that are free.
  uint64_t high = exponent >> 2;
  uint64_t one = uint64_t{1} << (exponent_bits - 3), below = one - 1;
  if (high != one && high != below) return std::nullopt;
  uint64_t sign = bits >> (exponent_bits + fraction_bits) & 1;
  uint64_t b = high == below ? 1 : 0;
  return static_cast<uint8_t>(sign << 7 | b << 6 | (exponent & 3) << 4 | fraction >> (fraction_bits - 4));
}

}  // namespace

const CpuFeatures& CpuFeatures::host() {
  static const CpuFeatures features = [] {
    CpuFeatures found;
#if defined(__aarch64__)
    found.lse = (getauxval(AT_HWCAP) & HWCAP_ATOMICS) != 0;
#endif
    return found;
  }();
  return features;
}

// --- what depends on the process -------------------------------------------------------------------------

void Masm::patch(uint8_t* code, const uint8_t* address, const Relocation& relocation) {
  uint32_t words[4];
  uint32_t size = field_size(relocation.kind);
  std::memcpy(words, code + relocation.at, size);
  if (relocation.kind == RelocationKind::distance) {
    uint64_t distance = relocation.target - (reinterpret_cast<uint64_t>(address) + relocation.at);
    words[0] = (words[0] & 0xfc000000) | (static_cast<uint32_t>(distance >> 2) & 0x3ffffff);
  } else {
    for (uint32_t i = 0; i < size / 4; ++i) {
      words[i] = (words[i] & 0xffe0001f) | (static_cast<uint32_t>(relocation.target >> 16 * i) & 0xffff) << 5;
    }
  }
  std::memcpy(code + relocation.at, words, size);
}

void Masm::external(uint32_t bits, const void* target) {
  word(bits);
  note(RelocationKind::distance, reinterpret_cast<uint64_t>(target));
}

void Masm::load_address(Gpr d, const void* target) {
  movz(W64, d, 0, 0);
  for (unsigned part = 1; part < 4; ++part) movk(W64, d, 0, part);
  note(RelocationKind::address, reinterpret_cast<uint64_t>(target));
}

void Masm::load_type(Gpr d, TypeId type) {
  movz(W32, d, 0, 0);
  movk(W32, d, 0, 1);
  note(RelocationKind::type, static_cast<uint32_t>(type));
}

// --- any displacement, any immediate ---------------------------------------------------------------------

void Masm::reach(Access access, unsigned r, const Mem& m) {
  if (m.index != xzr || has_form(access, m.disp)) return Encoder::access(access, r, m);
  mov_imm(k_masm_scratch, static_cast<uint64_t>(m.disp));
  Encoder::access(access, r, mem(m.base, k_masm_scratch));
}

void Masm::add(Width w, Gpr d, Gpr n, int64_t value) {
  if (value == 0) {
    if (d != n || w == W32) mov(w, d, n);
    return;
  }
  auto magnitude = static_cast<uint64_t>(value < 0 ? -value : value);
  AddSub op = value < 0 ? AddSub::sub : AddSub::add;
  if (auto field = add_immediate(magnitude)) return add_sub_imm(op, w, d, n, *field);
  mov_imm(k_masm_scratch, magnitude);
  add_sub(op, w, d, n, k_masm_scratch);
}

void Masm::compare(Width w, Gpr n, uint64_t value) {
  if (auto field = add_immediate(value)) return add_sub_imm(AddSub::subs, w, xzr, n, *field);
  uint64_t negated = w == W32 ? static_cast<uint32_t>(-value) : -value;
  if (auto field = add_immediate(negated)) return add_sub_imm(AddSub::adds, w, xzr, n, *field);
  mov_imm(k_masm_scratch, value);
  cmp(w, n, k_masm_scratch);
}

// --- moves -----------------------------------------------------------------------------------------------

void Masm::load(ValKind kind, Reg d, const Mem& m) {
  switch (kind) {
    case ValKind::i32:
      return reach(ldr_w, number(d), m);
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return reach(ldr_x, number(d), m);
    case ValKind::f32:
      return reach(ldr_s, number(d), m);
    case ValKind::f64:
      return reach(ldr_d, number(d), m);
    case ValKind::v128:
      return reach(ldr_q, number(d), m);
  }
}

/// Slots hold 32-bit values zero-extended, as registers do.
void Masm::store(ValKind kind, const Mem& m, Reg s) {
  switch (kind) {
    case ValKind::i32:
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return reach(str_x, number(s), m);
    case ValKind::f32:
    case ValKind::f64:
      return reach(str_d, number(s), m);
    case ValKind::v128:
      return reach(str_q, number(s), m);
  }
}

void Masm::store_const(uint32_t s, uint64_t bits) {
  if (bits == 0) return store_word(slot(s), xzr);
  mov_imm(k_scratch, bits);
  store_word(slot(s), k_scratch);
}

void Masm::copy_slot(ValKind kind, uint32_t to, uint32_t from) {
  if (to == from) return;
  if (kind == ValKind::v128) {
    load_slot(kind, vec(k_vec_scratch), from);
    return store_slot(kind, to, vec(k_vec_scratch));
  }
  load_word(k_scratch, slot(from));
  store_word(slot(to), k_scratch);
}

void Masm::move(ValKind kind, Reg d, Reg s) {
  if (d == s) return;
  if (!is_vector(d)) return mov(width_of(kind), gpr(d), gpr(s));
  if (kind == ValKind::v128) return v(op::orr_v, number(d), number(s), number(s));
  v(kind == ValKind::f32 ? op::fmov_s : op::fmov_d, number(d), number(s));
}

void Masm::load_const(ValKind kind, Reg d, uint64_t bits) {
  if (!is_vector(d)) return mov_imm(gpr(d), bits);
  bool is_double = kind == ValKind::f64;
  if (bits == 0) return movi_zero(number(d));
  if (auto imm = float_immediate(is_double, bits)) return fmov_imm(is_double, number(d), *imm);
  if (!far_) return load_literal(is_double ? ldr_d : ldr_s, number(d), pool(bits, 0));
  mov_imm(k_masm_scratch, bits);
  v(is_double ? op::fmov_dx : op::fmov_sw, number(d), k_masm_scratch);
}

void Masm::load_const128(Reg d, uint64_t low, uint64_t high) {
  if (low == 0 && high == 0) return movi_zero(number(d));
  if (low == ~uint64_t{0} && high == low) return movi_ones(number(d));
  if (!far_) return load_literal(ldr_q, number(d), pool(low, high));
  mov_imm(k_masm_scratch, low);
  v(op::fmov_dx, number(d), k_masm_scratch);
  mov_imm(k_masm_scratch, high);
  ins_gpr(3, number(d), 1, k_masm_scratch);
}

// --- branches --------------------------------------------------------------------------------------------

void Masm::jump_if(Cond cond, Label label) {
  if (!far_) return b(cond, label);
  Label over = new_label();
  b(negate(cond), over);
  b(label);
  bind(over);
}

void Masm::jump_if_zero(Width w, Gpr value, Label label, bool zero) {
  if (!far_) return cbz(w, value, label, zero);
  Label over = new_label();
  cbz(w, value, over, !zero);
  b(label);
  bind(over);
}

}  // namespace lindvm::jit::a64
