#pragma once
// What the translator emits before the pinned locals are known: one Raw per instruction, whose operands name
// slots with hints (accumulator, temporary). finish.cpp picks the pinned locals and turns each Raw into the
// handler variant for its operand kinds. Raws are plain data of one translation.

#include <array>
#include <cstdint>
#include <cstring>

#include "vm/interp/handlers.h"
#include "vm/interp/registers.h"

namespace lindvm::interp {

/// What an operand field of an instruction is; with it the handler variant is computed.
enum class Role : uint8_t {
  none,       ///< plain data, or an operand that is always in its slot
  int_dst,    ///< k_int_dst_kinds variants
  int_src,    ///< k_int_src_kinds
  int_imm,    ///< k_int_imm_kinds: a source where an immediate could be
  immediate,  ///< the same position with an immediate in it
  flt_dst,    ///< k_float_kinds
  flt_src,    ///< k_float_kinds
};

enum class Form : uint8_t {
#define LINDVM_FORM(name, x, y, z, w) name,
#include "vm/interp/forms.def"
#undef LINDVM_FORM
};

/// How the variants of a family are numbered: with the operand roles as digits, x first.
struct alignas(32) FormInfo {
  std::array<Role, 4> roles{};
  /// Distance between variants that differ by one in the operand's kind; 0 if it has none.
  std::array<uint16_t, 4> strides{};
  uint16_t base = 0;      ///< what an immediate adds
  bool writes_x = false;  ///< the result may go to a register: x is a destination with kinds
};

constexpr uint32_t kinds_of(Role role) {
  switch (role) {
    case Role::none:
      return 1;
    case Role::int_dst:
      return k_int_dst_kinds;
    case Role::int_src:
      return k_int_src_kinds;
    case Role::int_imm:
    case Role::immediate:
      return k_int_imm_kinds;
    case Role::flt_dst:
    case Role::flt_src:
      return k_float_kinds;
  }
  return 1;
}

constexpr FormInfo form_info(std::array<Role, 4> roles) {
  FormInfo info{.roles = roles};
  uint32_t stride = 1;
  for (int i = 4; i-- > 0;) {
    Role role = roles[i];
    if (role == Role::immediate) info.base = static_cast<uint16_t>(I * stride);
    if (role != Role::none && role != Role::immediate) {
      info.strides[i] = static_cast<uint16_t>(stride);
    }
    stride *= kinds_of(role);
  }
  info.writes_x = roles[0] == Role::int_dst || roles[0] == Role::flt_dst;
  return info;
}

inline constexpr FormInfo k_forms[] = {
#define LINDVM_FORM(name, x, y, z, w) form_info({Role::x, Role::y, Role::z, Role::w}),
#include "vm/interp/forms.def"
#undef LINDVM_FORM
};
constexpr const FormInfo& form_info(Form form) { return k_forms[static_cast<int>(form)]; }

inline constexpr uint32_t k_no_label = ~uint32_t{0};

/// A Raw that is one unit long has zeros in its last four fields.
struct Raw {
  uint16_t handler = 0;  ///< HandlerId of the family's first variant, or of the one handler
  Op op{};               ///< opcode it was emitted for
  Form form{};
  Bank bank = Bank::none;   ///< of the value written to slot x, if any
  uint8_t in_acc = 0;       ///< bit i: operand i is read from, or (x) written to, the accumulator only
  uint8_t temporaries = 0;  ///< bit i: operand i is a temporary, dead afterwards
  int16_t operand[4] = {};  ///< x, y, z, w
  uint32_t link = 0;        ///< branches: the label; else the first operand unit, or a br_table's first label
  uint32_t wasm_offset = 0;
  uint32_t position = 0;    ///< index of the first unit in the internal code; known when encoded
  uint8_t extra_units = 0;  ///< operand units after the instruction
  bool is_call = false;     ///< runs other code: pinned floats must be reloaded after it
  bool refills = false;     ///< writes the slot, and not the register, of a local that may be pinned
  bool is_table = false;    ///< br_table: label distances follow

  /// z and w as one immediate.
  uint32_t imm() const {
    uint32_t value;
    std::memcpy(&value, &operand[2], 4);
    return value;
  }
  void set_imm(uint32_t value) { std::memcpy(&operand[2], &value, 4); }
  /// Is there more than one unit to encode?
  bool is_long() const {
    uint32_t units;
    std::memcpy(&units, &extra_units, 4);
    return units != 0;
  }
};
static_assert(sizeof(Raw) == 32);

}  // namespace lindvm::interp
