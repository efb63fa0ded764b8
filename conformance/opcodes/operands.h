#pragma once
// What the opcode micro-tests feed to a row of the opcode table: its operand types, its immediates and tuples
// of edge values. Derived from the table alone.

#include <string>
#include <vector>

#include "vm/isa/opcodes.h"
#include "vm/runtime/value.h"
#include "vm/testing/module_builder.h"

namespace lindvm::opcode_tests {

using Tuple = std::vector<V128>;  ///< operands as bits, in stack order

/// Wasm types of operands or results; addr as `address`.
std::vector<ValType> val_types(std::span<const OperandType> types, ValType address);
testing::TypeCodes type_codes(const std::vector<ValType>& types);

const std::vector<V128>& edge_values(ValType type);

/// At most `limit` tuples of edge values, spread over all combinations.
std::vector<Tuple> edge_tuples(const std::vector<ValType>& types, size_t limit);

/// Values of a row's lane immediate, as evaluate() takes it: one empty tuple for rows without.
std::vector<Tuple> lane_immediates(Op op);

/// Emits the instruction with its lane immediate, if any; memory operations with `offset` and `memory`.
void emit(testing::CodeBuilder& code, Op op, const Tuple& lane, uint64_t offset = 0, uint32_t memory = 0);
void emit_const(testing::CodeBuilder& code, ValType type, const V128& value);

/// Is `actual` what the row may give, `expected` being its meaning's result? NaNs that the specification
/// leaves open may have other bits.
bool is_acceptable(Op op, ValType type, const V128& actual, const V128& expected);

/// E.g. "7f800001" or the 32 digits of a vector, most significant first.
std::string to_hex(ValType type, const V128& value);
std::string to_hex(const std::vector<ValType>& types, const Tuple& tuple);

}  // namespace lindvm::opcode_tests
