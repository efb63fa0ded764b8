#pragma once
// The AArch64 encoder: instruction words in a growing buffer, with labels and a pool of constants. Immediates
// and offsets that have no form of their own are the façade's business (masm.h). Like the x86-64 encoder it
// is our own for speed; jit/a64/encoder_test.cpp checks each form against the system's disassembler. Owned by
// one compilation, on one thread; knows nothing of WebAssembly and runs on any host.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "jit/a64/vector_ops.h"

namespace lindvm::jit::a64 {

enum Gpr : uint8_t {
  x0,
  x1,
  x2,
  x3,
  x4,
  x5,
  x6,
  x7,
  x8,
  x9,
  x10,
  x11,
  x12,
  x13,
  x14,
  x15,  //
  x16,
  x17,
  x18,
  x19,
  x20,
  x21,
  x22,
  x23,
  x24,
  x25,
  x26,
  x27,
  x28,
  x29,
  x30,
  xzr  //
};
inline constexpr Gpr sp = xzr;  ///< what number 31 means in additions of immediates and as a base

/// Condition codes as the processor numbers them. After a comparison of floats, MI is less, LS is less or
/// equal, and all others mean what they say; unordered makes NE, LT, LE, HI, PL and VS true.
enum Cond : uint8_t { EQ, NE, HS, LO, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE };
constexpr Cond negate(Cond cond) { return static_cast<Cond>(cond ^ 1); }

enum Width : uint8_t { W32, W64 };
enum class AddSub : uint32_t { add = 0x0b000000, adds = 0x2b000000, sub = 0x4b000000, subs = 0x6b000000 };
enum class Logic : uint32_t { and_ = 0x0a000000, orr = 0x2a000000, eor = 0x4a000000, ands = 0x6a000000 };
enum class Carry : uint32_t { adc = 0x1a000000, sbc = 0x5a000000 };
enum class Shift : uint32_t { lsl = 0x1ac02000, lsr = 0x1ac02400, asr = 0x1ac02800, ror = 0x1ac02c00 };

struct Label {
  uint32_t id = ~0u;
  bool is_valid() const { return id != ~0u; }
};

/// A memory operand: base + displacement, or base + a 64-bit index.
struct Mem {
  Gpr base = sp;
  Gpr index = xzr;  ///< xzr: none
  int64_t disp = 0;
};
inline Mem mem(Gpr base, int64_t disp = 0) { return {base, xzr, disp}; }
inline Mem mem(Gpr base, Gpr index) { return {base, index, 0}; }

/// A load or store: size field, whether of a vector register, opc field, and the access's size as a power of
/// two.
struct Access {
  uint8_t size, vector, opc, bytes_log2;
};
inline constexpr Access ldrb{0, 0, 1, 0}, ldrsb_w{0, 0, 3, 0}, ldrsb_x{0, 0, 2, 0}, ldrh{1, 0, 1, 1},
    ldrsh_w{1, 0, 3, 1}, ldrsh_x{1, 0, 2, 1}, ldr_w{2, 0, 1, 2}, ldrsw{2, 0, 2, 2}, ldr_x{3, 0, 1, 3},
    strb{0, 0, 0, 0}, strh{1, 0, 0, 1}, str_w{2, 0, 0, 2}, str_x{3, 0, 0, 3}, ldr_b{0, 1, 1, 0},
    ldr_h{1, 1, 1, 1}, ldr_s{2, 1, 1, 2}, ldr_d{3, 1, 1, 3}, ldr_q{0, 1, 3, 4}, str_b{0, 1, 0, 0},
    str_h{1, 1, 0, 1}, str_s{2, 1, 0, 2}, str_d{3, 1, 0, 3}, str_q{0, 1, 2, 4};

/// Atomic updates of the LSE extension, with acquire and release: answer what was there before.
enum class Atomic : uint32_t {
  ldadd = 0x38e00000,
  ldclr = 0x38e01000,
  ldeor = 0x38e02000,
  ldset = 0x38e03000,
  swp = 0x38e08000,
};

/// The N:immr:imms fields of a logical immediate, if the value is one.
std::optional<uint32_t> logical_immediate(Width w, uint64_t value);
/// The 12-bit field with its shift bit of an addition's immediate, if the value is one.
std::optional<uint32_t> add_immediate(uint64_t value);

class Encoder {
 public:
  Encoder();

  uint32_t offset() const { return count_ * 4; }
  uint8_t* buffer() { return reinterpret_cast<uint8_t*>(words_.get()); }
  const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(words_.get()); }
  void clear();
  void word(uint32_t value) {
    if (count_ == capacity_) grow();
    words_[count_++] = value;
  }

  // --- labels ---
  Label new_label() {
    positions_.push_back(k_unbound);
    return {static_cast<uint32_t>(positions_.size()) - 1};
  }
  void bind(Label label) { positions_[label.id] = static_cast<int32_t>(offset()); }
  /// Writes the constants and resolves all references to labels. False if one is out of its instruction's
  /// reach.
  bool finish();

  // --- jumps and calls ---
  void b(Label label) { reference(Reach::b, label, 0x14000000); }
  void b(Cond cond, Label label) { reference(Reach::near, label, 0x54000000u | cond); }
  void cbz(Width w, Gpr r, Label label, bool zero = true) {
    reference(Reach::near, label, sf(w) | (zero ? 0x34000000u : 0x35000000u) | r);
  }
  void br(Gpr target) { word(0xd61f0000u | target << 5); }
  void blr(Gpr target) { word(0xd63f0000u | target << 5); }
  void ret(Gpr address = x30) { word(0xd65f0000u | address << 5); }
  void adr(Gpr d, Label label) { reference(Reach::adr, label, 0x10000000u | d); }
  void nop() { word(0xd503201f); }
  void align(uint32_t alignment);
  /// A 32-bit distance from `origin` to a label.
  void distance(Label label, Label origin);

  // --- integers ---
  void add_sub(AddSub op, Width w, Gpr d, Gpr n, Gpr m) { rrr(static_cast<uint32_t>(op), w, d, n, m); }
  /// `field` is add_immediate's. Register 31 is the stack pointer.
  void add_sub_imm(AddSub op, Width w, Gpr d, Gpr n, uint32_t field) {
    word(sf(w) | ((static_cast<uint32_t>(op) & 0x60000000) + 0x11000000) | field << 10 | n << 5 | d);
  }
  void logic(Logic op, Width w, Gpr d, Gpr n, Gpr m) { rrr(static_cast<uint32_t>(op), w, d, n, m); }
  /// `field` is logical_immediate's.
  void logic_imm(Logic op, Width w, Gpr d, Gpr n, uint32_t field) {
    word(sf(w) | ((static_cast<uint32_t>(op) & 0x60000000) + 0x12000000) | field << 10 | n << 5 | d);
  }
  /// d = n + (m << count)
  void add_shifted(Width w, Gpr d, Gpr n, Gpr m, uint32_t count) {
    word(sf(w) | 0x0b000000u | m << 16 | count << 10 | n << 5 | d);
  }
  void mvn(Width w, Gpr d, Gpr m) { rrr(0x2a200000, w, d, xzr, m); }
  void mov(Width w, Gpr d, Gpr m) { logic(Logic::orr, w, d, xzr, m); }
  void neg(Width w, Gpr d, Gpr m) { add_sub(AddSub::sub, w, d, xzr, m); }
  void cmp(Width w, Gpr n, Gpr m) { add_sub(AddSub::subs, w, xzr, n, m); }
  void with_carry(Carry op, Width w, Gpr d, Gpr n, Gpr m) { rrr(static_cast<uint32_t>(op), w, d, n, m); }
  void movz(Width w, Gpr d, uint16_t imm, unsigned part) { move_wide(0x52800000, w, d, imm, part); }
  void movn(Width w, Gpr d, uint16_t imm, unsigned part) { move_wide(0x12800000, w, d, imm, part); }
  void movk(Width w, Gpr d, uint16_t imm, unsigned part) { move_wide(0x72800000, w, d, imm, part); }
  /// Shortest sequence; never changes flags.
  void mov_imm(Gpr d, uint64_t imm);
  void shift(Shift op, Width w, Gpr d, Gpr n, Gpr m) { rrr(static_cast<uint32_t>(op), w, d, n, m); }
  /// By a constant below the width, which is not 0.
  void shift_imm(Shift op, Width w, Gpr d, Gpr n, unsigned count);
  void bitfield(bool is_signed, Width w, Gpr d, Gpr n, unsigned immr, unsigned imms) {
    word(sf(w) | (is_signed ? 0x13000000u : 0x53000000u) | n_bit(w) | immr << 16 | imms << 10 | n << 5 | d);
  }
  /// Sign-extends the low `bits`.
  void sxt(Width w, Gpr d, Gpr n, unsigned bits) { bitfield(true, w, d, n, 0, bits - 1); }
  void mul(Width w, Gpr d, Gpr n, Gpr m) { rrr(0x1b007c00, w, d, n, m); }
  /// d = a - n * m
  void msub(Width w, Gpr d, Gpr n, Gpr m, Gpr a) { rrr(0x1b008000u | a << 10, w, d, n, m); }
  void smulh(Gpr d, Gpr n, Gpr m) { rrr(0x1b407c00, W64, d, n, m); }
  void umulh(Gpr d, Gpr n, Gpr m) { rrr(0x1bc07c00, W64, d, n, m); }
  void sdiv(Width w, Gpr d, Gpr n, Gpr m) { rrr(0x1ac00c00, w, d, n, m); }
  void udiv(Width w, Gpr d, Gpr n, Gpr m) { rrr(0x1ac00800, w, d, n, m); }
  void clz(Width w, Gpr d, Gpr n) { rrr(0x5ac01000, w, d, n, x0); }
  void rbit(Width w, Gpr d, Gpr n) { rrr(0x5ac00000, w, d, n, x0); }
  void cset(Gpr d, Cond cond) { word(0x1a9f07e0u | negate(cond) << 12 | d); }
  void csel(Width w, Gpr d, Gpr n, Gpr m, Cond cond) { rrr(0x1a800000u | cond << 12, w, d, n, m); }
  /// If `cond` holds compares n with imm, else sets the flags given.
  void ccmp(Width w, Gpr n, uint8_t imm, uint8_t flags, Cond cond) {
    word(sf(w) | 0x7a400800u | imm << 16 | cond << 12 | n << 5 | flags);
  }

  // --- memory ---
  bool has_form(Access access, int64_t disp) const {
    return is_scaled(access, disp) || (disp >= -256 && disp < 256);
  }
  /// The displacement has a form.
  void access(Access access, unsigned r, const Mem& m);
  void load_literal(Access access, unsigned r, Label label);
  /// Label of a constant of 16 bytes, written behind the code by finish().
  Label pool(uint64_t low, uint64_t high);

  // --- atomics: the address is in a register, `bytes_log2` the width of the access ---
  void dmb() { word(0xd5033bbf); }
  void ldar(unsigned bytes_log2, Gpr d, Gpr n) { word(0x08dffc00u | bytes_log2 << 30 | n << 5 | d); }
  void stlr(unsigned bytes_log2, Gpr s, Gpr n) { word(0x089ffc00u | bytes_log2 << 30 | n << 5 | s); }
  void ldaxr(unsigned bytes_log2, Gpr d, Gpr n) { word(0x085ffc00u | bytes_log2 << 30 | n << 5 | d); }
  /// `status` is 0 if it was stored.
  void stlxr(unsigned bytes_log2, Gpr status, Gpr s, Gpr n) {
    word(0x0800fc00u | bytes_log2 << 30 | status << 16 | n << 5 | s);
  }
  void atomic(Atomic op, unsigned bytes_log2, Gpr operand, Gpr d, Gpr n) {
    word(static_cast<uint32_t>(op) | bytes_log2 << 30 | operand << 16 | n << 5 | d);
  }
  /// `expected` becomes what was there.
  void casal(unsigned bytes_log2, Gpr expected, Gpr replacement, Gpr n) {
    word(0x08e0fc00u | bytes_log2 << 30 | expected << 16 | n << 5 | replacement);
  }

  // --- vectors and floats; registers by number, of the bank that the operation has there ---
  using VecOp = op::VecOp;
  void v(VecOp op, unsigned d, unsigned n, unsigned m) { word(op | m << 16 | n << 5 | d); }
  void v(VecOp op, unsigned d, unsigned n) { word(op | n << 5 | d); }
  void fcmp(VecOp op, unsigned n, unsigned m) { word(op | m << 16 | n << 5); }
  void fcsel(bool is_double, unsigned d, unsigned n, unsigned m, Cond cond) {
    word((is_double ? 0x1e600c00u : 0x1e200c00u) | m << 16 | cond << 12 | n << 5 | d);
  }
  void fmov_imm(bool is_double, unsigned d, uint8_t imm) {
    word((is_double ? 0x1e601000u : 0x1e201000u) | imm << 13 | d);
  }
  void movi_zero(unsigned d) { word(0x6f00e400u | d); }
  void movi_ones(unsigned d) { word(0x4f07e7e0u | d); }
  // Lanes: `bytes_log2` is their size.
  void dup_lane_scalar(unsigned bytes_log2, unsigned d, unsigned n, unsigned lane) {
    word(0x5e000400u | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  void dup_lane(unsigned bytes_log2, unsigned d, unsigned n, unsigned lane) {
    word(0x4e000400u | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  void ins_gpr(unsigned bytes_log2, unsigned d, unsigned lane, Gpr n) {
    word(0x4e001c00u | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  /// From lane 0 of n.
  void ins_lane(unsigned bytes_log2, unsigned d, unsigned lane, unsigned n) {
    word(0x6e000400u | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  void smov(unsigned bytes_log2, Gpr d, unsigned n, unsigned lane) {
    word(0x0e002c00u | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  void umov(unsigned bytes_log2, Gpr d, unsigned n, unsigned lane) {
    word((bytes_log2 == 3 ? 0x4e003c00u : 0x0e003c00u) | lane_field(bytes_log2, lane) | n << 5 | d);
  }
  void tbl1(unsigned d, unsigned table, unsigned m) { word(0x4e000000u | m << 16 | table << 5 | d); }
  /// The table is `table` and the register after it.
  void tbl2(unsigned d, unsigned table, unsigned m) { word(0x4e002000u | m << 16 | table << 5 | d); }
  void ext(unsigned d, unsigned n, unsigned m, unsigned distance) {
    word(0x6e000000u | m << 16 | distance << 11 | n << 5 | d);
  }
  void vshl(unsigned bytes_log2, unsigned d, unsigned n, unsigned count) {
    word(0x4f005400u | ((8u << bytes_log2) + count) << 16 | n << 5 | d);
  }
  /// By 1 to the lane's bits.
  void vshr(bool is_signed, unsigned bytes_log2, unsigned d, unsigned n, unsigned count) {
    word((is_signed ? 0x4f000400u : 0x6f000400u) | ((16u << bytes_log2) - count) << 16 | n << 5 | d);
  }

 private:
  static constexpr int32_t k_unbound = -1;

  /// Fields that refer to labels: 26 bits or 19 bits of words, the split 21 bits of adr, a 32-bit distance.
  enum class Reach : uint8_t { b, near, adr, distance };
  struct Fixup {
    uint32_t at;
    uint32_t label;
    Reach reach;
    uint32_t origin;  ///< of a distance: the label it is from
  };
  struct Constant {
    uint64_t low, high;
    uint32_t label;
  };

  static uint32_t sf(Width w) { return static_cast<uint32_t>(w) << 31; }
  static uint32_t n_bit(Width w) { return static_cast<uint32_t>(w) << 22; }
  static uint32_t lane_field(unsigned bytes_log2, unsigned lane) {
    return (lane << (bytes_log2 + 1) | 1u << bytes_log2) << 16;
  }
  static bool is_scaled(Access access, int64_t disp) {
    return disp >= 0 && (disp & ((1 << access.bytes_log2) - 1)) == 0 && disp >> access.bytes_log2 < 4096;
  }
  void rrr(uint32_t op, Width w, Gpr d, Gpr n, Gpr m) { word(sf(w) | op | m << 16 | n << 5 | d); }
  void move_wide(uint32_t op, Width w, Gpr d, uint16_t imm, unsigned part) {
    word(sf(w) | op | part << 21 | static_cast<uint32_t>(imm) << 5 | d);
  }
  void reference(Reach reach, Label label, uint32_t bits) {
    fixups_.push_back({offset(), label.id, reach, 0});
    word(bits);
  }
  bool resolve(const Fixup& fixup);
  void patch(uint32_t at, uint32_t bits) { words_[at / 4] |= bits; }
  void grow();

  std::unique_ptr<uint32_t[]> words_;
  uint32_t count_ = 0, capacity_ = 0;
  std::vector<int32_t> positions_;
  std::vector<Fixup> fixups_;
  std::vector<Constant> constants_;
};

}  // namespace lindvm::jit::a64
