#pragma once
// The façade that the compiler writes x86-64 code through: the encoder, which registers are for what, slots
// of the frame, and moves between them. Pinned throughout guest code: r14 holds the instance's context, r15
// the base of its memory 0, rsp the lowest slot of the frame. r11 and xmm15 are scratch registers of the
// façade and the lowering; nothing is callee-saved. One compilation, one thread.

#include "jit/masm_base.h"
#include "jit/x64/encoder.h"
#include "jit/x64/vector_ops.h"

namespace lindvm::jit::x64 {

/// What the processor has beyond SSE4.1.
struct CpuFeatures {
  bool avx = false, bmi1 = false, bmi2 = false, lzcnt = false, popcnt = false;
  static const CpuFeatures& host();
};

inline constexpr Gpr k_context = r14;
inline constexpr Gpr k_memory = r15;
inline constexpr Gpr k_scratch = r11;
inline constexpr uint8_t k_vec_scratch = 15;

constexpr Gpr gpr(Reg reg) { return static_cast<Gpr>(reg); }
constexpr uint8_t xmm(Reg reg) { return number(reg); }
constexpr Reg vec(uint8_t xmm_number) { return static_cast<Reg>(k_first_vector + xmm_number); }

/// A value in a register or in memory.
struct Operand {
  Reg reg = k_no_reg;
  Mem mem{};
  bool is_reg() const { return reg != k_no_reg; }
};

class Masm : public MasmBase<Masm, Encoder> {
 public:
  static constexpr unsigned k_int_pins = 8;
  static constexpr unsigned k_vec_pins = 7;
  static constexpr Reg k_pins[k_int_pins + k_vec_pins] = {
      rbx, rsi, rdi, rbp, r12, r13, r10, r9, vec(8), vec(9), vec(10), vec(11), vec(12), vec(13), vec(14)};
  static constexpr RegSet k_int_temps = bit(rax) | bit(rcx) | bit(rdx) | bit(r8);
  static constexpr RegSet k_vec_temps = RegSet{0xff} << k_first_vector;
  static constexpr Reg k_int_scratch = r11;
  static constexpr Reg k_int_result = rax;
  static constexpr Reg k_vec_result = vec(0);

  /// Address space for code: 32-bit distances reach all of it.
  static constexpr size_t k_code_bytes = size_t{512} << 20;
  // Return thunks: each in so many bytes, from the given one on.
  static constexpr size_t k_thunk_stride = 16, k_thunk_start = 1;

  /// All branches reach everything.
  void use_far_branches(bool) {}
  /// Writes a relocated field, in code that will lie at an address. The field must be inside the code.
  static void patch(uint8_t* code, const uint8_t* address, const Relocation& relocation);
  /// Bytes that such a field takes.
  static constexpr uint32_t field_size(RelocationKind kind) {
    return kind == RelocationKind::address ? 8 : 4;
  }

  Mem word_at(int32_t words) const { return mem(rsp, 8 * (frame_slots() + words)); }

  // --- moves; none changes flags ---
  void copy_slot(ValKind kind, uint32_t to, uint32_t from);
  void store_const(uint32_t slot, uint64_t bits);
  void load(ValKind kind, Reg d, const Mem& m);
  void store(ValKind kind, const Mem& m, Reg s);
  void move(ValKind kind, Reg d, Reg s);
  void load_const(ValKind kind, Reg d, uint64_t bits);
  void load_const128(Reg d, uint64_t low, uint64_t high);

  // --- branches ---
  void jump(Label label) { jmp(label); }
  void jump_if(Cond cond, Label label) { jcc(cond, label); }
  void jump_if_zero(Reg value, Label label, bool zero = true) {
    test(W32, gpr(value), gpr(value));
    jcc(zero ? E : NE, label);
  }
  void call_external(const void* target);
  void jump_external(const void* target);
  /// d = the address of a helper.
  void load_address(Gpr d, const void* target);
  void load_type(Gpr d, TypeId type);
  void compare_type(const Mem& m, TypeId type);
  /// Makes sure that the return address of a call whose instruction takes `bytes` is no multiple of 16.
  void keep_return_unaligned(uint32_t bytes) {
    if (((offset() + bytes) & 15) == 0) nop(1);
  }

  // --- vectors and floats: three operands whatever the processor has ---
  void vop(const VecOp& op, Reg d, Reg a, const Operand& b);
  void vop(const VecOp& op, Reg d, Reg a, Reg b) { vop(op, d, a, Operand{b, {}}); }
  /// d = op b
  void vun(const VecOp& op, Reg d, const Operand& b);
  void vun(const VecOp& op, Reg d, Reg b) { vun(op, d, Operand{b, {}}); }
  void vun_imm(const VecOp& op, Reg d, const Operand& b, uint8_t imm);
  void vop_imm(const VecOp& op, Reg d, Reg a, const Operand& b, uint8_t imm);

  const CpuFeatures& cpu() const { return cpu_; }

 private:
  void external(uint8_t opcode, const void* target);

  const CpuFeatures& cpu_ = CpuFeatures::host();
};

/// The register that an operand is, if any.
inline RegSet reg_set(const Operand& operand) { return operand.is_reg() ? bit(operand.reg) : 0; }

}  // namespace lindvm::jit::x64
