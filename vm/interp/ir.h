#pragma once
// What the translator emits before operand locations are final: one Raw per instruction, whose operands name
// slots with hints (accumulator, immediate). finish.cpp picks the pinned locals, turns each Raw into the
// handler variant for its operand kinds and lays the instructions out.

#include <cstdint>

#include "vm/interp/handlers.h"

namespace lindvm::interp {

/// What an operand field of an instruction is; with it the handler variant is computed.
enum class Role : uint8_t {
  none,     ///< plain data, or an operand that is always in its slot
  int_dst,  ///< k_int_dst_kinds variants
  int_src,  ///< k_int_src_kinds
  int_imm,  ///< source or immediate: k_int_imm_kinds
  flt_dst,  ///< k_float_kinds
  flt_src,  ///< k_float_kinds
};

/// Registers that a value of some type may be cached in.
enum class Bank : uint8_t { none, integer, f64, f32 };

/// Operand roles of a family of handlers. Variants are numbered with the roles as digits, x first.
struct Shape {
  Role roles[4] = {};
};

enum class Form : uint8_t {
#define LINDVM_FORM(name, x, y, z, w) name,
#include "vm/interp/forms.def"
#undef LINDVM_FORM
};

inline constexpr Shape k_shapes[] = {
#define LINDVM_FORM(name, x, y, z, w) {{Role::x, Role::y, Role::z, Role::w}},
#include "vm/interp/forms.def"
#undef LINDVM_FORM
};

inline constexpr uint32_t k_no_label = ~uint32_t{0};

struct Raw {
  uint16_t handler = 0;  ///< HandlerId of the family's first variant, or of the one handler
  Form form{};
  Bank bank = Bank::none;  ///< of the value written to slot x, if any
  uint8_t loop_depth = 0;
  uint8_t in_acc = 0;          ///< bit i: operand i is also in its accumulator
  uint8_t temporaries = 0;     ///< bit i: operand i is a temporary, dead afterwards
  uint8_t extra_units = 0;     ///< operand units after the instruction
  bool acc_only : 1 = false;   ///< the value written is read from the accumulator only
  bool immediate : 1 = false;  ///< the int_imm operand is an immediate
  bool is_call : 1 = false;    ///< runs other code: pinned floats must be reloaded after it
  bool is_branch : 1 = false;  ///< imm becomes the distance to `label`
  bool is_short : 1 = false;   ///< ... or, if this is set, w does
  bool has_imm : 1 = false;
  Op op{};                  ///< opcode it was emitted for
  int16_t operand[4] = {};  ///< x, y, z, w
  uint32_t imm = 0;         ///< overlays z and w if has_imm
  uint32_t label = k_no_label;
  uint32_t side = 0;  ///< index of the first operand unit in the translator's side array
  uint32_t wasm_offset = 0;
};

}  // namespace lindvm::interp
