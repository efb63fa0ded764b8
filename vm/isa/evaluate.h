#pragma once
// Evaluates a row of the opcode table by its meaning, given operands as bits: for constant folding, slow
// paths and as the reference that tests compare every tier with. Stateless; memory operations touch the bytes
// they are given.

#include <array>
#include <span>

#include "vm/base/trap.h"
#include "vm/isa/opcodes.h"
#include "vm/isa/v128.h"

namespace lindvm {

struct Evaluation {
  Trap trap = Trap::None;
  std::array<V128, 2> results{};  ///< in the low bytes, in the signature's order
};

/// Does the row have a meaning in lindvm::sem?
bool can_evaluate(Op op);

/// `operands`: in the low bytes, in stack order, without an address operand; rows with lane immediates take
/// them as a further operand (lane number, or the 16 bytes of a shuffle). `address`: of memory operations,
/// where the access goes to; aligned for atomics.
Evaluation evaluate(Op op, std::span<const V128> operands, void* address = nullptr);

}  // namespace lindvm
