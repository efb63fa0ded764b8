#pragma once
// Pairs of instructions that one handler does together: a *consumer* whose last operand was computed by the
// instruction right before it, the *producer*. A row per pair, derived from families.def. Latches and pairs
// of increments, which are not pairs of this shape, are in control.cpp.

#include <cstdint>
#include <span>

#include "vm/interp/handlers.h"
#include "vm/interp/ir.h"

namespace lindvm::interp {

/// What of the producer's immediate the fused instruction carries.
enum class Carried : uint8_t {
  nothing,
  step,       ///< a 16-bit signed constant
  offset,     ///< a 16-bit unsigned constant: a memory offset
  bit_count,  ///< of a shift
  word,       ///< 32 bits, in z and w
};

struct Fusion {
  uint16_t producer = 0;  ///< its handler (of the family's first variant)
  Form producer_form{};
  uint8_t sources = 0;  ///< operands that the producer reads
  uint16_t handler = 0;
  Form form{};
  Carried carried{};
};

std::span<const Fusion> fusions_of(const OpHandlers& consumer);

}  // namespace lindvm::interp
