#pragma once
// Handler identities, and which handlers implement which opcode. Derived from handlers.def, families.def,
// treatments.def and the opcode table.

#include <array>
#include <cstdint>

#include "vm/interp/kind_lists.h"
#include "vm/interp/slot_type.h"
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
  none,         ///< of no opcode
  prefixed,     ///< a prefix: the opcode follows
  unsupported,  ///< valid, but nothing here executes it
  // By operand kinds: families, see families.def.
  int_binary,
  int_compare,
  int_unary,
  int_load,
  int_store,
  flt_binary,
  flt_unary,
  flt_load,
  flt_store,
  flt_compare,  ///< `base` is the slot form
  // One handler, operands in slots, by the table's signature.
  cold,
  cold_lane,
  shuffle,
  wide,    ///< operands and results are consecutive slots
  memory,  ///< with a memory operand unit
  memory_lane,
  // treatments.def.
  nothing,
  rename,  ///< a conversion that changes the type of a slot and not its bits
  unreachable,
  block,
  if_,
  else_,
  end,
  br,
  br_if,
  br_table,
  return_,
  br_on_null,
  br_on_non_null,
  call,
  call_indirect,
  call_ref,
  return_call,
  return_call_indirect,
  return_call_ref,
  legacy_try,
  legacy_catch,
  legacy_catch_all,
  legacy_delegate,
  legacy_rethrow,
  try_table,
  throw_,
  throw_ref,
  drop,
  select,
  select_typed,
  local_get,
  local_set,
  local_tee,
  global_get,
  global_set,
  i32_const,
  i64_const,
  f32_const,
  f64_const,
  v128_const,
  ref_null,
  ref_func,
  ref_is_null,
  ref_eq,
  ref_as_non_null,
  ref_i31,
  i31_get,
  fence,
  table_get,
  table_set,
  table_size,
  table_grow,
  memory_size,
  memory_grow,
  bulk,          ///< three operands, one index
  bulk_between,  ///< three operands, two indices
  drop_segment,
};

struct OpHandlers {
  Op op{};
  Treatment treatment = Treatment::none;
  bool commutes = false;
  SlotType result{};          ///< of the first result
  SlotType operand{};         ///< of the last operand
  uint8_t operand_count = 0;  ///< as the signature says
  bool has_result = false;    ///< likewise
  uint8_t fusion_count = 0;   ///< pairs with the opcode as the consumer,
  uint16_t first_fusion = 0;  ///< from here in the table of fusions
  uint16_t base = 0;          ///< first variant, or the one handler
  uint16_t branch = 0;        ///< compares: taken if it holds
  uint16_t branch_not = 0;    ///< compares: taken if it does not
  uint16_t memory = 0;        ///< loads and stores: the form for any memory
  uint16_t latch = 0;         ///< compares: with the increment of a local before it
};

extern const std::array<OpHandlers, k_op_count> k_op_handlers;
inline const OpHandlers& op_handlers(Op op) { return k_op_handlers[static_cast<unsigned>(op)]; }

/// By the first byte of the encoding: the row, and its treatment alone, since what the translator branches on
/// should be one load away from the byte.
extern const std::array<const OpHandlers*, 256> k_rows_by_byte;
extern const std::array<Treatment, 256> k_treatments_by_byte;

/// Addresses of the handlers in the dispatcher, by HandlerId.
const void* handler_address(uint32_t id);

}  // namespace lindvm::interp
