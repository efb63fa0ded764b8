#pragma once
// Reading validated function bodies: the immediates that take more than one number, and stepping over those
// that are not wanted. What the interpreter's translator and the compilers share. Pure functions of the
// reader.

#include <cstdint>
#include <span>
#include <vector>

#include "vm/isa/opcodes.h"
#include "vm/module/module.h"
#include "vm/module/reader.h"

namespace lindvm {

/// The next opcode, with its prefix if it has one.
inline Op read_op(CodeReader& reader) {
  uint8_t byte = reader.u8();
  return is_prefix(byte) ? op_of_prefixed(byte, reader.u32()) : op_of_byte(byte);
}

/// Only kind and width matter in a body, so that every reference type reads as one.
ValType read_value_type(CodeReader& reader);

struct BlockType {
  std::span<const ValType> params, results;  ///< of a FuncType, or static
};
BlockType read_block_type(CodeReader& reader, const Module& module);

/// One clause of a try_table.
struct CatchClause {
  bool has_tag = false, has_ref = false;
  uint32_t tag = 0, depth = 0;
};
/// Appends the clauses to the list and answers how many there are.
uint32_t read_catch_clauses(CodeReader& reader, std::vector<CatchClause>& clauses);

/// Steps over the immediates of an instruction.
void skip_immediates(CodeReader& reader, Op op);

/// From dead code to the structural instruction that ends it in the innermost block.
void skip_dead_code(CodeReader& reader);

}  // namespace lindvm
