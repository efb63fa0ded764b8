#pragma once
// The ways in which one instruction can sit in a function: operands from parameters, constants, globals,
// memory; result left on the stack, put into a local, branched on, used again. An interpreter's fused forms
// and a compiler's operand handling differ between them, the result must not.

#include <string>
#include <vector>

#include "conformance/opcodes/operands.h"

namespace lindvm::opcode_tests {

/// One numeric row with fixed immediates.
struct Instruction {
  Op op{};
  Tuple lane;  ///< immediate, as evaluate() takes it; may be empty
  std::vector<ValType> operands;
  std::vector<ValType> results;
};

/// Memory layout of the modules: operand i is kept at 16 * i, the result at k_result_address.
inline constexpr uint32_t k_result_address = 1024;

/// What a body returns, in terms of its instruction.
enum class Returns : uint8_t {
  results,      ///< its results
  truth,        ///< 1 if its i32 result is not 0, else 0
  twice_first,  ///< its results with its own result in place of the first operand
  twice_last,   ///< likewise of the last
};

struct Shape {
  std::string name;
  Returns returns = Returns::results;
  bool bakes_operands = false;  ///< the tuple is part of the function: one function per tuple
  bool (*applies)(const Instruction&) = nullptr;
  /// Writes a body with all operands as parameters, then local_types() as locals. Modules have a memory of
  /// one page, a mutable global per operand, and as function 0 the identity on the instruction's results.
  void (*emit_body)(testing::CodeBuilder&, const Instruction&, const Tuple&) = nullptr;
};

/// Locals of every body, after the parameters: one per result, then an i32 counter.
std::vector<ValType> local_types(const Instruction& instruction);

const std::vector<Shape>& shapes();

}  // namespace lindvm::opcode_tests
