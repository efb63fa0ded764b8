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

/// A memory operand: base + index * scale + displacement, or a label (of a constant of the pool, as a rule).
/// Kept as the bytes that encode it: most are made where parts are constants, and used where nothing is.
class Mem {
 public:
  Mem() = default;
  static Mem at(Gpr base, int32_t disp) {
    return base == rsp || base == r12 ? Mem(base, k_no_index, 0, true, disp) : Mem(base, 0, 0, false, disp);
  }
  static Mem at(Gpr base, Gpr index, uint8_t scale_log2, int32_t disp) {
    return Mem(base, index, scale_log2, true, disp);
  }
  /// Relative to the next instruction.
  static Mem at(Label label) {
    Mem m;
    m.word_ = 5 | uint64_t{label.id} << 8 | uint64_t{5} << k_length_shift | k_is_label;
    return m;
  }

  // For the encoder: the bytes, with the other operand's three bits to be put at bit 3; how many there are;
  // the bits that go to a prefix (base's, and twice index's).
  uint64_t bytes() const { return word_; }
  unsigned length() const { return word_ >> k_length_shift & 15; }
  unsigned high_bits() const { return word_ >> k_high_shift & 3; }
  bool is_label() const { return word_ & k_is_label; }
  Label label() const { return {static_cast<uint32_t>(word_ >> 8)}; }

 private:
  static constexpr unsigned k_length_shift = 48, k_high_shift = 56;
  static constexpr uint64_t k_is_label = uint64_t{1} << 58;
  static constexpr unsigned k_no_index = rsp;

  Mem(unsigned base, unsigned index, unsigned scale_log2, bool has_index_byte, int32_t disp) {
    // rbp and r13 as a base have no form without displacement; rsp and r12 have none without an index byte.
    unsigned mode = disp == 0 && (base & 7) != rbp ? 0u : disp == static_cast<int8_t>(disp) ? 1u : 2u;
    uint64_t bytes = mode << 6 | (has_index_byte ? 4u : base & 7);
    if (has_index_byte) bytes |= uint64_t{scale_log2 << 6 | (index & 7) << 3 | (base & 7)} << 8;
    bytes |= uint64_t{static_cast<uint32_t>(disp)} << (has_index_byte ? 16 : 8);
    uint64_t length = 1u + has_index_byte + (mode == 2 ? 4u : mode);
    uint64_t high = base >> 3 | (index >> 3) << 1;
    word_ = bytes | length << k_length_shift | high << k_high_shift;
  }

  uint64_t word_ = 0;
};
inline Mem mem(Gpr base, int32_t disp = 0) { return Mem::at(base, disp); }
inline Mem mem(Gpr base, Gpr index, uint8_t scale_log2, int32_t disp) {
  return Mem::at(base, index, scale_log2, disp);
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
  Label pool(uint64_t low, uint64_t high);
  Mem constant(uint64_t low, uint64_t high = 0) { return Mem::at(pool(low, high)); }
  /// Writes the constants and resolves all references to labels; true.
  bool finish();

  // --- jumps and calls ---
  void jmp(Label label) { branch(0xe9, 0, label); }
  void jcc(Cond cond, Label label);
  void jmp_reg(Gpr target) { group(0xff, W32, 4, target); }
  void jmp_mem(Mem target) { group(0xff, W32, 4, target); }
  void call_reg(Gpr target) { group(0xff, W32, 2, target); }
  void call_mem(Mem target) { group(0xff, W32, 2, target); }
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
  void alu(Alu op, Width w, Gpr d, Mem s) { rm(0, w, 0, static_cast<uint8_t>(op * 8 + 3), d, s); }
  void alu_store(Alu op, Width w, Mem d, Gpr s) { rm(0, w, 0, static_cast<uint8_t>(op * 8 + 1), s, d); }
  void alu(Alu op, Width w, Gpr d, int32_t imm);
  void alu(Alu op, Width w, Mem d, int32_t imm);
  /// With four bytes of immediate, however small.
  void cmp_imm32(Mem a, int32_t imm);
  void test(Width w, Gpr a, Gpr b) { rr(0, w, 0, 0x85, b, a); }
  void test(Width w, Gpr a, int32_t imm);
  void cmp8(Mem a, int8_t imm);
  void mov(Width w, Gpr d, Gpr s) { rr(0, w, 0, 0x8b, d, s); }
  void mov(Width w, Gpr d, Mem s) { rm(0, w, 0, 0x8b, d, s); }
  void mov(Width w, Mem d, Gpr s) { rm(0, w, 0, 0x89, s, d); }
  void mov8(Mem d, Gpr s) { rm8(0x88, s, d); }
  void mov16(Mem d, Gpr s) { rm(0x66, W32, 0, 0x89, s, d); }
  /// Sign-extends to 64 bits if w is W64.
  void mov(Width w, Mem d, int32_t imm);
  void mov8(Mem d, uint8_t imm);
  void mov16(Mem d, uint16_t imm);
  /// Shortest form; never changes flags.
  void mov_imm(Gpr d, uint64_t imm);
  /// The 10-byte form, whose immediate can be found again.
  void mov_imm64(Gpr d, uint64_t imm);
  void lea(Width w, Gpr d, Mem s) { rm(0, w, 0, 0x8d, d, s); }
  /// The address of a label.
  void lea_label(Gpr d, Label label) { lea(W64, d, Mem::at(label)); }
  void zero(Gpr d) { alu(XOR, W32, d, d); }
  void movzx8(Gpr d, Gpr s) { rr8(0x0f, 0xb6, W32, d, s); }
  void movzx16(Gpr d, Gpr s) { rr(0, W32, 1, 0xb7, d, s); }
  void movsx8(Width w, Gpr d, Gpr s) { rr8(0x0f, 0xbe, w, d, s); }
  void movsx16(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbf, d, s); }
  void movsx32(Gpr d, Gpr s) { rr(0, W64, 0, 0x63, d, s); }
  void movzx8(Gpr d, Mem s) { rm(0, W32, 1, 0xb6, d, s); }
  void movzx16(Gpr d, Mem s) { rm(0, W32, 1, 0xb7, d, s); }
  void movsx8(Width w, Gpr d, Mem s) { rm(0, w, 1, 0xbe, d, s); }
  void movsx16(Width w, Gpr d, Mem s) { rm(0, w, 1, 0xbf, d, s); }
  void movsx32(Gpr d, Mem s) { rm(0, W64, 0, 0x63, d, s); }
  /// Any of the moves above from memory, by its opcode.
  void load_int(Width w, uint8_t map, uint8_t opcode, Gpr d, Mem s) { rm(0, w, map, opcode, d, s); }
  void imul(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xaf, d, s); }
  void imul(Width w, Gpr d, Mem s) { rm(0, w, 1, 0xaf, d, s); }
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
  void cmov(Cond cond, Width w, Gpr d, Mem s) { rm(0, w, 1, static_cast<uint8_t>(0x40 + cond), d, s); }
  void bsr(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbd, d, s); }
  void bsf(Width w, Gpr d, Gpr s) { rr(0, w, 1, 0xbc, d, s); }
  void lzcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xbd, d, s); }
  void tzcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xbc, d, s); }
  void popcnt(Width w, Gpr d, Gpr s) { rr(0xf3, w, 1, 0xb8, d, s); }
  void push(Gpr s);
  void pop(Gpr d);
  void push(Mem s) { group(0xff, W32, 6, s); }

  // --- atomics: `bytes` is the width of the access ---
  void mfence() { bytes({0x0f, 0xae, 0xf0}); }
  void xchg(unsigned bytes, Mem m, Gpr r) { atomic(bytes, 0, 0x86, m, r, false); }
  void lock_xadd(unsigned bytes, Mem m, Gpr r) { atomic(bytes, 1, 0xc0, m, r, true); }
  void lock_cmpxchg(unsigned bytes, Mem m, Gpr r) { atomic(bytes, 1, 0xb0, m, r, true); }

  // --- vectors and floats ---
  /// Legacy encoding: d = d op s, or d = op s.
  void sse(const VecOp& op, uint8_t d, uint8_t s) { rr_(op.prefix, op.w, op.map, op.opcode, d, s); }
  void sse(const VecOp& op, uint8_t d, Mem s) { rm_(op.prefix, op.w, op.map, op.opcode, d, s); }
  void sse_imm(const VecOp& op, uint8_t d, uint8_t s, uint8_t imm) {
    sse(op, d, s);
    byte(imm);
  }
  void sse_imm(const VecOp& op, uint8_t d, Mem s, uint8_t imm) {
    imm_bytes_ = 1;
    sse(op, d, s);
    imm_bytes_ = 0;
    byte(imm);
  }
  /// VEX encoding, 128 bits: d = a op b.
  void vex(const VecOp& op, uint8_t d, uint8_t a, uint8_t b);
  void vex(const VecOp& op, uint8_t d, uint8_t a, Mem b);
  void vex_imm(const VecOp& op, uint8_t d, uint8_t a, uint8_t b, uint8_t imm) {
    vex(op, d, a, b);
    byte(imm);
  }
  void vex_imm(const VecOp& op, uint8_t d, uint8_t a, Mem b, uint8_t imm) {
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
  /// No instruction takes more, nor do the bytes that are written beyond its end.
  static constexpr size_t k_longest = 24;

  struct Fixup {
    uint32_t at;  // offset of the 32-bit field
    uint32_t label;
    int32_t addend;  // the field is position + addend - at
  };
  struct Constant {
    uint64_t low, high;
    Label label;
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
  // What writes parts of instructions does so from `at` on and answers where they end: end_, which any store
  // of a byte might change as far as C++ knows, is read and written once per instruction. Bytes that an
  // instruction may do without are written and then overwritten: whether they are needed is hard to predict.
  [[gnu::always_inline]] static uint8_t* put_opcode(uint8_t* at, uint8_t prefix, bool w, uint8_t map,
                                                    uint8_t opcode, uint8_t r, unsigned high_bits,
                                                    bool force) {
    *at = prefix;
    at += prefix != 0;
    unsigned rex = 0x40u | unsigned{w} << 3 | (r >> 3u) << 2 | high_bits;
    *at = static_cast<uint8_t>(rex);
    at += (rex != 0x40) | force;
    *at = 0x0f;
    at += map != 0;
    if (map > 1) *at++ = map == 2 ? 0x38 : 0x3a;
    *at = opcode;
    return at + 1;
  }
  static uint8_t* put_reg(uint8_t* at, unsigned reg, unsigned rm) {
    *at = static_cast<uint8_t>(0xc0 | (reg & 7) << 3 | (rm & 7));
    return at + 1;
  }
  uint8_t* put_mem(uint8_t* at, unsigned reg, Mem m) {
    uint64_t bytes = m.bytes() | (reg & 7) << 3;
    std::memcpy(at, &bytes, sizeof bytes);
    if (m.is_label()) [[unlikely]]
      refer_to(m.label(), at + 1);
    return at + m.length();
  }
  void refer_to(Label label, const uint8_t* field);
  void rr_(uint8_t prefix, bool w, uint8_t map, uint8_t opcode, uint8_t reg, uint8_t rm, bool force = false) {
    reserve();
    end_ = put_reg(put_opcode(end_, prefix, w, map, opcode, reg, rm >> 3u, force), reg, rm);
  }
  void rm_(uint8_t prefix, bool w, uint8_t map, uint8_t opcode, uint8_t reg, Mem m, bool force = false) {
    reserve();
    end_ = put_mem(put_opcode(end_, prefix, w, map, opcode, reg, m.high_bits(), force), reg, m);
  }
  void rr(uint8_t prefix, Width w, uint8_t map, uint8_t opcode, Gpr reg, Gpr rm) {
    rr_(prefix, w == W64, map, opcode, reg, rm);
  }
  void rm(uint8_t prefix, Width w, uint8_t map, uint8_t opcode, Gpr reg, Mem m) {
    rm_(prefix, w == W64, map, opcode, reg, m);
  }
  /// Byte registers above bl need a REX prefix.
  void rr8(uint8_t escape, uint8_t opcode, Width w, Gpr reg, Gpr rm);
  void rm8(uint8_t opcode, Gpr reg, Mem m) { rm_(0, false, 0, opcode, reg, m, reg >= rsp); }
  void group(uint8_t opcode, Width w, uint8_t digit, Gpr rm) { rr_(0, w == W64, 0, opcode, digit, rm); }
  void group(uint8_t opcode, Width w, uint8_t digit, Mem m) { rm_(0, w == W64, 0, opcode, digit, m); }
  void atomic(unsigned bytes, uint8_t map, uint8_t opcode, Mem m, Gpr r, bool lock);
  static uint8_t* put_vex(uint8_t* at, const VecOp& op, uint8_t d, uint8_t a, unsigned high_bits);

  std::unique_ptr<uint8_t[]> buffer_;
  uint8_t* end_ = nullptr;
  uint8_t* limit_ = nullptr;
  uint32_t imm_bytes_ = 0;  // immediate bytes that follow the operand being encoded (for pool operands)
  std::vector<int32_t> positions_;
  std::vector<Fixup> fixups_;
  std::vector<Constant> constants_;
};

}  // namespace lindvm::jit::x64
