#pragma once
// The x86-64 encoder: machine instructions as bytes in a growing buffer, with labels and a pool of constants.
// Hand-encoded rather than through asmjit's Assembler, because encoding is most of a single-pass compiler's
// time and these forms cost a fraction of it; jit/x64/encoder_test.cpp checks each against the system's
// disassembler. Owned by one compilation, on one thread; knows nothing of WebAssembly.

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "jit/registers.h"

namespace lindvm::jit::x64 {

enum Gpr : uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum Xmm : uint8_t { xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm15 = 15 };

/// Condition codes as the processor numbers them, and two that take a pair of flags.
enum Cond : uint8_t {
  O,
  NO,
  B,
  AE,
  E,
  NE,
  BE,
  A,
  S,
  NS,
  P,
  NP,
  L,
  GE,
  LE,
  G,
  FloatEqual,     ///< after ucomis: equal and ordered
  FloatNotEqual,  ///< after ucomis: not equal or unordered
};
constexpr Cond negate(Cond cond) { return static_cast<Cond>(cond ^ 1); }

enum Alu : uint8_t { ADD, OR, ADC, SBB, AND, SUB, XOR, CMP };
enum Shift : uint8_t { ROL, ROR, SHL = 4, SHR, SAR = 7 };
enum Width : uint8_t { W32, W64 };

struct Label {
  uint32_t id = ~0u;
  bool is_valid() const { return id != ~0u; }
};

/// A memory operand: base + index * scale + displacement, or a constant of the pool.
struct Mem {
  uint8_t base = rsp;
  uint8_t index = 0xff;  ///< 0xff: none
  uint8_t scale_log2 = 0;
  int32_t disp = 0;
  uint32_t pool = ~0u;  ///< label of a pool constant, if not ~0u
};
inline Mem mem(Gpr base, int32_t disp = 0) { return {base, 0xff, 0, disp, ~0u}; }
inline Mem mem(Gpr base, Gpr index, uint8_t scale_log2, int32_t disp) {
  return {base, index, scale_log2, disp, ~0u};
}

/// An instruction of the SSE or AVX families: mandatory prefix, opcode map (1: 0f, 2: 0f38, 3: 0f3a), opcode.
struct VecOp {
  uint8_t prefix;
  uint8_t map;
  uint8_t opcode;
  bool w = false;
  bool commutes = false;
};

class Encoder {
 public:
  Encoder();

  uint32_t offset() const { return static_cast<uint32_t>(end_ - buffer_.get()); }
  const uint8_t* data() const { return buffer_.get(); }
  uint8_t* buffer() { return buffer_.get(); }
  void clear();

  // --- labels ---
  Label new_label() {
    positions_.push_back(k_unbound);
    return {static_cast<uint32_t>(positions_.size()) - 1};
  }
  void bind(Label label) { positions_[label.id] = static_cast<int32_t>(offset()); }
  bool is_bound(Label label) const { return positions_[label.id] != k_unbound; }
  int32_t position(Label label) const { return positions_[label.id]; }
  /// Label of a 16-byte constant, written behind the code by finish().
  uint32_t pool(uint64_t low, uint64_t high);
  Mem constant(uint64_t low, uint64_t high = 0) {
    Mem operand;
    operand.pool = pool(low, high);
    return operand;
  }
  /// Writes the constants and resolves all references to labels; true.
  bool finish();

  // --- jumps and calls ---
  void jmp(Label label) { branch(0xe9, 0, label); }
  void jcc(Cond cond, Label label);
  void jmp_reg(Gpr target) { group(0xff, W32, 4, target); }
  void jmp_mem(const Mem& target) { group(0xff, W32, 4, target); }
  void call_reg(Gpr target) { group(0xff, W32, 2, target); }
  void call_mem(const Mem& target) { group(0xff, W32, 2, target); }
  void call_label(Label label) { branch(0xe8, 0, label); }
  void ret() { byte(0xc3); }
  void ret(uint16_t bytes);
  void ud2() { bytes({0x0f, 0x0b}); }
  void nop(uint32_t count);
  void align(uint32_t alignment);
  /// A 32-bit distance from `origin` to a label.
  void distance(Label label, Label origin);

  // --- integer ---
  void alu(Alu op, Width w, Gpr d, Gpr s) { rr(0, w, 0, static_cast<uint8_t>(op * 8 + 3), d, s); }
  void alu(Alu op, Width w, Gpr d, const Mem& s) { rm(0, w, 0, static_cast<uint8_t>(op * 8 + 3), d, s); }
  void alu_store(Alu op, Width w, const Mem& d, Gpr s) {
    rm(0, w, 0, static_cast<uint8_t>(op * 8 + 1), s, d);
  }
  void alu(Alu op, Width w, Gpr d, int32_t imm);
  void alu(Alu op, Width w, const Mem& d, int32_t imm);
  /// With four bytes of immediate, however small.
  void cmp_imm32(const Mem& a, int32_t imm);
  void test(Width w, Gpr a, Gpr b) { rr(0, w, 0, 0x85, b, a); }
  void test(Width w, Gpr a, int32_t imm);
  void cmp8(const Mem& a, int8_t imm);
  void mov(Width w, Gpr d, Gpr s) { rr(0, w, 0, 0x8b, d, s); }
  void mov(Width w, Gpr d, const Mem& s) { rm(0, w, 0, 0x8b, d, s); }
  void mov(Width w, const Mem& d, Gpr s) { rm(0, w, 0, 0x89, s, d); }
  void mov8(const Mem& d, Gpr s) { rm8(0x88, s, d); }
  void mov16(const Mem& d, Gpr s) { rm(0x66, W32, 0, 0x89, s, d); }
  /// Sign-extends to 64 bits if w is W64.
  void mov(Width w, const Mem& d, int32_t imm);
  void mov8(const Mem& d, uint8_t imm);
  void mov16(const Mem& d, uint16_t imm);
  /// Shortest form; never changes flags.
  void mov_imm(Gpr d, uint64_t imm);
  /// The 10-byte form, whose immediate can be found again.
  void mov_imm64(Gpr d, uint64_t imm);
  void lea(Width w, Gpr d, const Mem& s) { rm(0, w, 0, 0x8d, d, s); }
  /// The address of a label.
  void lea_label(Gpr d, Label label) {
    Mem target;
    target.pool = label.id;
    lea(W64, d, target);
  }
  void zero(Gpr d) { alu(XOR, W32, d, d); }
  void movzx8(Gpr d, Gpr s) { rr8(0x0f, 0xb6, W32, d, s); }
  void movzx16(Gpr d, Gpr s) { rr(0, W32, 1, 0xb7, d, s); }
  void movsx8(Width w, Gpr d, Gpr s) { rr8(0x0f, 0xbe, w, d, s); }
  void movsx16(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbf, d, s); }
  void movsx32(Gpr d, Gpr s) { rr(0, W64, 0, 0x63, d, s); }
  void movzx8(Gpr d, const Mem& s) { rm(0, W32, 1, 0xb6, d, s); }
  void movzx16(Gpr d, const Mem& s) { rm(0, W32, 1, 0xb7, d, s); }
  void movsx8(Width w, Gpr d, const Mem& s) { rm(0, w, 1, 0xbe, d, s); }
  void movsx16(Width w, Gpr d, const Mem& s) { rm(0, w, 1, 0xbf, d, s); }
  void movsx32(Gpr d, const Mem& s) { rm(0, W64, 0, 0x63, d, s); }
  void imul(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xaf, d, s); }
  void imul(Width w, Gpr d, const Mem& s) { rm(0, w, 1, 0xaf, d, s); }
  void imul(Width w, Gpr d, Gpr s, int32_t imm);
  void mul(Width w, Gpr s) { group(0xf7, w, 4, s); }
  void imul_wide(Width w, Gpr s) { group(0xf7, w, 5, s); }
  void div(Width w, Gpr s) { group(0xf7, w, 6, s); }
  void idiv(Width w, Gpr s) { group(0xf7, w, 7, s); }
  void neg(Width w, Gpr d) { group(0xf7, w, 3, d); }
  void not_(Width w, Gpr d) { group(0xf7, w, 2, d); }
  void cdq(Width w);
  void shift(Shift op, Width w, Gpr d, uint8_t count);
  void shift_cl(Shift op, Width w, Gpr d) { group(0xd3, w, op, d); }
  /// shlx, shrx, sarx of BMI2.
  void shift_x(Shift op, Width w, Gpr d, Gpr s, Gpr count);
  void setcc(Cond cond, Gpr d);
  void cmov(Cond cond, Width w, Gpr d, Gpr s) { rr(0, w, 1, static_cast<uint8_t>(0x40 + cond), d, s); }
  void cmov(Cond cond, Width w, Gpr d, const Mem& s) { rm(0, w, 1, static_cast<uint8_t>(0x40 + cond), d, s); }
  void bsr(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbd, d, s); }
  void bsf(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbc, d, s); }
  void lzcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xbd, d, s); }
  void tzcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xbc, d, s); }
  void popcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xb8, d, s); }
  void push(Gpr s);
  void pop(Gpr d);
  void push(const Mem& s) { group(0xff, W32, 6, s); }

  // --- atomics: `bytes` is the width of the access ---
  void mfence() { bytes({0x0f, 0xae, 0xf0}); }
  void xchg(unsigned bytes, const Mem& m, Gpr r) { atomic(bytes, 0, 0x86, m, r, false); }
  void lock_xadd(unsigned bytes, const Mem& m, Gpr r) { atomic(bytes, 1, 0xc0, m, r, true); }
  void lock_cmpxchg(unsigned bytes, const Mem& m, Gpr r) { atomic(bytes, 1, 0xb0, m, r, true); }

  // --- vectors and floats ---
  /// Legacy encoding: d = d op s, or d = op s.
  void sse(const VecOp& op, uint8_t d, uint8_t s) { rr_(op.prefix, op.w, op.map, op.opcode, d, s); }
  void sse(const VecOp& op, uint8_t d, const Mem& s) { rm_(op.prefix, op.w, op.map, op.opcode, d, s); }
  void sse_imm(const VecOp& op, uint8_t d, uint8_t s, uint8_t imm) {
    sse(op, d, s);
    byte(imm);
  }
  void sse_imm(const VecOp& op, uint8_t d, const Mem& s, uint8_t imm) {
    imm_bytes_ = 1;
    sse(op, d, s);
    imm_bytes_ = 0;
    byte(imm);
  }
  /// VEX encoding, 128 bits: d = a op b.
  void vex(const VecOp& op, uint8_t d, uint8_t a, uint8_t b);
  void vex(const VecOp& op, uint8_t d, uint8_t a, const Mem& b);
  void vex_imm(const VecOp& op, uint8_t d, uint8_t a, uint8_t b, uint8_t imm) {
    vex(op, d, a, b);
    byte(imm);
  }
  void vex_imm(const VecOp& op, uint8_t d, uint8_t a, const Mem& b, uint8_t imm) {
    imm_bytes_ = 1;
    vex(op, d, a, b);
    imm_bytes_ = 0;
    byte(imm);
  }

  void byte(uint8_t value) {
    reserve();
    *end_++ = value;
  }
  void imm32(int32_t value) {
    reserve();
    put32(value);
  }

 private:
  static constexpr int32_t k_unbound = -1;
  static constexpr size_t k_longest = 16;

  struct Fixup {
    uint32_t at;  // offset of the 32-bit field
    uint32_t label;
    int32_t addend;  // the field is position + addend - at
  };
  struct Constant {
    uint64_t low, high;
    uint32_t label;
  };

  void reserve() {
    if (static_cast<size_t>(limit_ - end_) < k_longest) grow();
  }
  void grow();
  void bytes(std::initializer_list<uint8_t> values) {
    reserve();
    for (uint8_t value : values) *end_++ = value;
  }
  void put32(int32_t value) {
    std::memcpy(end_, &value, 4);
    end_ += 4;
  }
  void put64(uint64_t value) {
    std::memcpy(end_, &value, 8);
    end_ += 8;
  }
  void branch(uint8_t opcode, uint8_t second, Label label);
  void prefix_rex(uint8_t prefix, bool w, uint8_t r, uint8_t x, uint8_t b, bool force);
  void map_opcode(uint8_t map, uint8_t opcode);
  void modrm_reg(uint8_t reg, uint8_t rm) {
    *end_++ = static_cast<uint8_t>(0xc0 | (reg & 7) << 3 | (rm & 7));
  }
  void modrm_mem(uint8_t reg, const Mem& m);
  void rr_(uint8_t prefix, bool w, uint8_t map, uint8_t opcode, uint8_t reg, uint8_t rm, bool force = false) {
    reserve();
    prefix_rex(prefix, w, reg, 0, rm, force);
    map_opcode(map, opcode);
    modrm_reg(reg, rm);
  }
  void rm_(uint8_t prefix, bool w, uint8_t map, uint8_t opcode, uint8_t reg, const Mem& m,
           bool force = false) {
    reserve();
    prefix_rex(prefix, w, reg, m.index == 0xff ? 0 : m.index, m.pool == ~0u ? m.base : 0, force);
    map_opcode(map, opcode);
    modrm_mem(reg, m);
  }
  void rr(uint8_t prefix, Width w, uint8_t map, uint8_t opcode, Gpr reg, Gpr rm) {
    rr_(prefix, w == W64, map, opcode, reg, rm);
  }
  void rm(uint8_t prefix, Width w, uint8_t map, uint8_t opcode, Gpr reg, const Mem& m) {
    rm_(prefix, w == W64, map, opcode, reg, m);
  }
  /// Byte registers above bl need a REX prefix.
  void rr8(uint8_t escape, uint8_t opcode, Width w, Gpr reg, Gpr rm);
  void rm8(uint8_t opcode, Gpr reg, const Mem& m) { rm_(0, false, 0, opcode, reg, m, reg >= rsp); }
  void group(uint8_t opcode, Width w, uint8_t digit, Gpr rm) { rr_(0, w == W64, 0, opcode, digit, rm); }
  void group(uint8_t opcode, Width w, uint8_t digit, const Mem& m) { rm_(0, w == W64, 0, opcode, digit, m); }
  void atomic(unsigned bytes, uint8_t map, uint8_t opcode, const Mem& m, Gpr r, bool lock);
  void vex_prefix(const VecOp& op, uint8_t d, uint8_t a, uint8_t x, uint8_t b);

  std::unique_ptr<uint8_t[]> buffer_;
  uint8_t* end_ = nullptr;
  uint8_t* limit_ = nullptr;
  uint32_t imm_bytes_ = 0;  // immediate bytes that follow the operand being encoded (for pool operands)
  std::vector<int32_t> positions_;
  std::vector<Fixup> fixups_;
  std::vector<Constant> constants_;
};

}  // namespace lindvm::jit::x64
