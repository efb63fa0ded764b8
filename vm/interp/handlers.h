#pragma once
// Handler identities, and which handlers implement which opcode. Derived from handlers.def, families.def and
// the opcode table.

#include <cstdint>

#include "vm/interp/kind_lists.h"
#include "vm/isa/opcodes.h"

namespace lindvm::interp {

enum HandlerId : uint16_t {
#define LINDVM_HANDLER(name, ...) H_##name,
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER
  k_handler_count
};

/// How the translator treats an opcode.
enum class Treatment : uint8_t {
  special,     ///< control, locals, constants, calls…: by hand
  int_binary,  ///< families, see families.def
  int_compare,
  int_unary,
  int_load,
  int_store,
  flt_binary,
  flt_unary,
  flt_load,
  flt_store,
  flt_compare,  ///< `base` is the slot form
  cold,         ///< one handler, operands in slots, by the table's signature
  memory,       ///< one handler, operands in slots, memory operand unit
};

struct OpHandlers {
  Treatment treatment = Treatment::special;
  uint16_t base = 0;        ///< first variant, or the slot form
  uint16_t branch = 0;      ///< compares: taken if it holds
  uint16_t branch_not = 0;  ///< compares: taken if it does not
  uint16_t memory = 0;      ///< loads and stores: the form for any memory
  // Fused forms; 0 where there is none.
  uint16_t latch = 0;          ///< compares: with the increment of a local before it
  uint16_t load_add = 0;       ///< loads: address is a sum,
  uint16_t load_add_imm = 0;   ///< a sum with a constant,
  uint16_t load_add_wide = 0;  ///< the same, with a constant that needs 32 bits,
  uint16_t load_shl = 0;       ///< or a shifted operand
  uint16_t shift_xor = 0;      ///< shifts by a constant: with the xor that uses the result
  uint16_t mul_add = 0;        ///< float addition and subtraction: right operand a product
  uint16_t load_op = 0;        ///< float arithmetic: right operand from memory
};

const OpHandlers& op_handlers(Op op);

/// Addresses of the handlers in the dispatcher, by HandlerId.
const void* handler_address(uint32_t id);

}  // namespace lindvm::interp
