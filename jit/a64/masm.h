#pragma once
// The façade that the compiler writes AArch64 code through: the encoder, which registers are for what, slots
// of the frame, moves between them, and immediates and offsets of any size. Pinned throughout guest code: x26
// holds the base of memory 0, x27 the instance's context, x28 the lowest slot of the frame: the processor's
// own stack pointer has to be a multiple of 16, which frames are not, and stays the host's. x16 and v30, v31
// are scratch registers of the lowering, x17 is the façade's own. Nothing is callee-saved; x18 and x29 are
// never touched. One compilation, one thread.

#include "jit/a64/encoder.h"
#include "jit/masm_base.h"

namespace lindvm::jit::a64 {

/// What the processor has beyond Armv8.0.
struct CpuFeatures {
  bool lse = false;
  static const CpuFeatures& host();
};

inline constexpr Gpr k_memory = x26;
inline constexpr Gpr k_context = x27;
inline constexpr Gpr k_guest_sp = x28;
inline constexpr Gpr k_scratch = x16;
inline constexpr Gpr k_masm_scratch = x17;
inline constexpr unsigned k_vec_scratch = 31, k_vec_scratch_below = 30;

constexpr Gpr gpr(Reg reg) { return static_cast<Gpr>(reg); }
constexpr Reg vec(unsigned vector_number) { return static_cast<Reg>(k_first_vector + vector_number); }
constexpr Width width_of(ValKind kind) { return kind == ValKind::i32 ? W32 : W64; }

class Masm : public MasmBase<Masm, Encoder> {
 public:
  static constexpr unsigned k_int_pins = 8;
  static constexpr unsigned k_vec_pins = 8;
  static constexpr Reg k_pins[k_int_pins + k_vec_pins] = {
      x19,     x20,     x21,     x22,     x23,     x24,     x25,     x15,
      vec(16), vec(17), vec(18), vec(19), vec(20), vec(21), vec(22), vec(23)};
  static constexpr RegSet k_int_temps = 0x7fff;  // x0 to x14
  static constexpr RegSet k_vec_temps = RegSet{0xffff} << k_first_vector | RegSet{0x3f}
                                                                               << (k_first_vector + 24);
  static constexpr Reg k_int_scratch = k_scratch;
  static constexpr Reg k_int_result = x0;
  static constexpr Reg k_vec_result = vec(0);

  /// Address space for code: what branches reach.
  static constexpr size_t k_code_bytes = size_t{128} << 20;
  // Return thunks: each in so many bytes, from the given one on.
  static constexpr size_t k_thunk_stride = 32, k_thunk_start = 4;

  /// Code that does not fit the reach of conditional branches (finish() said so) is made again, longer.
  void use_far_branches(bool enabled) { far_ = enabled; }
  bool has_far_branches() const { return far_; }
  /// Writes a relocated field, in code that will lie at an address. The field must be inside the code.
  static void patch(uint8_t* code, const uint8_t* address, const Relocation& relocation);
  /// Bytes of the instructions that hold such a field: a branch, or moves of 16 bits each.
  static constexpr uint32_t field_size(RelocationKind kind) {
    return kind == RelocationKind::address ? 16 : kind == RelocationKind::type ? 8 : 4;
  }

  Mem word_at(int32_t words) const { return mem(k_guest_sp, 8 * (frame_slots() + words)); }

  // --- moves; none changes flags ---
  void copy_slot(ValKind kind, uint32_t to, uint32_t from);
  void store_const(uint32_t slot, uint64_t bits);
  void load(ValKind kind, Reg d, const Mem& m);
  void store(ValKind kind, const Mem& m, Reg s);
  void move(ValKind kind, Reg d, Reg s);
  void load_const(ValKind kind, Reg d, uint64_t bits);
  void load_const128(Reg d, uint64_t low, uint64_t high);

  /// A load or store of 64 bits, or of 32.
  void load_word(Gpr d, const Mem& m) { reach(ldr_x, d, m); }
  void load_half(Gpr d, const Mem& m) { reach(ldr_w, d, m); }
  void store_word(const Mem& m, Gpr s) { reach(str_x, s, m); }
  /// The same with any displacement.
  void reach(Access access, unsigned r, const Mem& m);
  /// d = n + value
  void add(Width w, Gpr d, Gpr n, int64_t value);
  void compare(Width w, Gpr n, uint64_t value);

  // --- branches ---
  void jump(Label label) { b(label); }
  void jump_if(Cond cond, Label label);
  void jump_if_zero(Reg value, Label label, bool zero = true) { jump_if_zero(W32, gpr(value), label, zero); }
  void jump_if_zero(Width w, Gpr value, Label label, bool zero = true);
  void call_external(const void* target) { external(0x94000000, target); }
  void jump_external(const void* target) { external(0x14000000, target); }
  /// d = the address of a helper.
  void load_address(Gpr d, const void* target);
  void load_type(Gpr d, TypeId type);
  /// Makes sure that the return address of the call that comes next is no multiple of 16.
  void keep_return_unaligned() {
    if (((offset() + 4) & 15) == 0) nop();
  }

  const CpuFeatures& cpu() const { return cpu_; }

 private:
  void external(uint32_t bits, const void* target);

  const CpuFeatures& cpu_ = CpuFeatures::host();
  bool far_ = false;
};

}  // namespace lindvm::jit::a64
