#pragma once
// The opcode table's operand and result types as value types.

#include "vm/isa/opcodes.h"
#include "vm/types/types.h"

namespace lindvm {

/// `address` stands for the address type of the memory or table that the instruction names.
constexpr ValType value_type(OperandType type, ValType address) {
  switch (type) {
    case OperandType::i32:
      return k_i32;
    case OperandType::i64:
      return k_i64;
    case OperandType::f32:
      return k_f32;
    case OperandType::f64:
      return k_f64;
    case OperandType::v128:
      return k_v128;
    case OperandType::addr:
      return address;
  }
  return address;
}

}  // namespace lindvm
