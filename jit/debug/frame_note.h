#pragma once
// What the compiler notes about its frames when a debugger is to be told: machine code has no frame pointer,
// and its stack pointer moves around calls. Plain data.

#include <cstdint>

#include "jit/registers.h"

namespace lindvm::jit {

/// From a place in a function's code on, until the next note: the word of the frame (from fp, see
/// vm/interp/instr.h) that the stack pointer is at, and where the return address is.
struct FrameNote {
  uint32_t code_offset = 0;
  int32_t stack_pointer = 0;
  int32_t return_address = 1;
  Reg return_register = k_no_reg;  ///< has the return address instead, if any
};

}  // namespace lindvm::jit
