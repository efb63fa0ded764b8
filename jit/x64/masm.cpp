#include "jit/x64/masm.h"

namespace lindvm::jit::x64 {

const CpuFeatures& CpuFeatures::host() {
  static const CpuFeatures features = [] {
    CpuFeatures found;
#if defined(__x86_64__)
    __builtin_cpu_init();
    found.avx = __builtin_cpu_supports("avx");
    found.bmi1 = __builtin_cpu_supports("bmi");
    found.bmi2 = __builtin_cpu_supports("bmi2");
    found.lzcnt = __builtin_cpu_supports("lzcnt");
    found.popcnt = __builtin_cpu_supports("popcnt");
#endif
    return found;
  }();
  return features;
}

/// Distances count from the end of their field.
void Masm::patch(uint8_t* code, const uint8_t* address, const Relocation& relocation) {
  uint64_t value = relocation.target;
  if (relocation.kind == RelocationKind::distance) {
    value -= reinterpret_cast<uint64_t>(address) + relocation.at + 4;
  }
  std::memcpy(code + relocation.at, &value, field_size(relocation.kind));
}

void Masm::load(ValKind kind, Reg d, const Mem& m) {
  switch (kind) {
    case ValKind::i32:
      return mov(W32, gpr(d), m);
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return mov(W64, gpr(d), m);
    case ValKind::f32:
      return vun(op::movss, d, Operand{k_no_reg, m});
    case ValKind::f64:
      return vun(op::movsd, d, Operand{k_no_reg, m});
    case ValKind::v128:
      return vun(op::movups, d, Operand{k_no_reg, m});
  }
}

/// Slots hold 32-bit values zero-extended, which a vector register that holds an f32 need not be.
void Masm::store(ValKind kind, const Mem& m, Reg s) {
  switch (kind) {
    case ValKind::i32:
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return mov(W64, m, gpr(s));
    case ValKind::f32:
      vun(op::movd_store, s, Operand{k_scratch, {}});
      return mov(W64, m, k_scratch);
    case ValKind::f64:
      return vun(op::movsd_store, s, Operand{k_no_reg, m});
    case ValKind::v128:
      return vun(op::movups_store, s, Operand{k_no_reg, m});
  }
}

void Masm::store_const(uint32_t s, uint64_t bits) {
  if (bits <= INT32_MAX || bits >= static_cast<uint64_t>(INT32_MIN)) {
    return mov(W64, slot(s), static_cast<int32_t>(bits));
  }
  mov_imm(k_scratch, bits);
  mov(W64, slot(s), k_scratch);
}

void Masm::copy_slot(ValKind kind, uint32_t to, uint32_t from) {
  if (to == from) return;
  if (kind == ValKind::v128) {
    load_slot(kind, vec(k_vec_scratch), from);
    return store_slot(kind, to, vec(k_vec_scratch));
  }
  mov(W64, k_scratch, slot(from));
  mov(W64, slot(to), k_scratch);
}

void Masm::move(ValKind kind, Reg d, Reg s) {
  if (d == s) return;
  if (is_vector(d)) return vun(op::movaps, d, s);
  mov(kind == ValKind::i32 ? W32 : W64, gpr(d), gpr(s));
}

void Masm::load_const(ValKind kind, Reg d, uint64_t bits) {
  if (!is_vector(d)) return mov_imm(gpr(d), bits);
  if (bits == 0) return vop(op::xorps, d, d, d);
  vun(kind == ValKind::f32 ? op::movss : op::movsd, d, Operand{k_no_reg, constant(bits)});
}

void Masm::load_const128(Reg d, uint64_t low, uint64_t high) {
  if (low == 0 && high == 0) return vop(op::pxor, d, d, d);
  if (low == ~uint64_t{0} && high == low) return vop(op::pcmpeqd, d, d, d);
  vun(op::movups, d, Operand{k_no_reg, constant(low, high)});
}

void Masm::external(uint8_t opcode, const void* target) {
  byte(opcode);
  imm32(0);
  note(RelocationKind::distance, reinterpret_cast<uint64_t>(target));
}
void Masm::call_external(const void* target) { external(0xe8, target); }
void Masm::jump_external(const void* target) { external(0xe9, target); }

void Masm::load_address(Gpr d, const void* target) {
  mov_imm64(d, reinterpret_cast<uint64_t>(target));
  note(RelocationKind::address, reinterpret_cast<uint64_t>(target));
}

void Masm::load_type(Gpr d, TypeId type) {
  mov_imm(d, static_cast<uint32_t>(type));
  note(RelocationKind::type, static_cast<uint32_t>(type));
}

void Masm::compare_type(const Mem& m, TypeId type) {
  cmp_imm32(m, static_cast<int32_t>(type));
  note(RelocationKind::type, static_cast<uint32_t>(type));
}

void Masm::vun(const VecOp& op, Reg d, const Operand& b) {
  if (cpu_.avx) return b.is_reg() ? vex(op, xmm(d), 0, number(b.reg)) : vex(op, xmm(d), 0, b.mem);
  b.is_reg() ? sse(op, xmm(d), number(b.reg)) : sse(op, xmm(d), b.mem);
}

void Masm::vun_imm(const VecOp& op, Reg d, const Operand& b, uint8_t imm) {
  if (cpu_.avx) {
    return b.is_reg() ? vex_imm(op, xmm(d), 0, number(b.reg), imm) : vex_imm(op, xmm(d), 0, b.mem, imm);
  }
  b.is_reg() ? sse_imm(op, xmm(d), number(b.reg), imm) : sse_imm(op, xmm(d), b.mem, imm);
}

/// Without AVX the first operand is overwritten, and packed memory operands would have to be aligned.
void Masm::vop(const VecOp& op, Reg d, Reg a, const Operand& b) {
  if (cpu_.avx) {
    return b.is_reg() ? vex(op, xmm(d), xmm(a), number(b.reg)) : vex(op, xmm(d), xmm(a), b.mem);
  }
  Operand right = b;
  if (right.is_reg() && is_vector(right.reg) && right.reg == d && a != d) {
    if (op.commutes) return sse(op, xmm(d), xmm(a));
    vun(op::movaps, vec(k_vec_scratch), right);
    right.reg = vec(k_vec_scratch);
  }
  if (d != a) vun(op::movaps, d, a);
  right.is_reg() ? sse(op, xmm(d), number(right.reg)) : sse(op, xmm(d), right.mem);
}

void Masm::vop_imm(const VecOp& op, Reg d, Reg a, const Operand& b, uint8_t imm) {
  if (cpu_.avx) {
    return b.is_reg() ? vex_imm(op, xmm(d), xmm(a), number(b.reg), imm)
                      : vex_imm(op, xmm(d), xmm(a), b.mem, imm);
  }
  Operand right = b;
  if (right.is_reg() && is_vector(right.reg) && right.reg == d && a != d) {
    vun(op::movaps, vec(k_vec_scratch), right);
    right.reg = vec(k_vec_scratch);
  }
  if (d != a) vun(op::movaps, d, a);
  right.is_reg() ? sse_imm(op, xmm(d), number(right.reg), imm) : sse_imm(op, xmm(d), right.mem, imm);
}

}  // namespace lindvm::jit::x64
