#pragma once
// Tells debuggers of code that is made at run time, by the interface that the gdb manual describes ("JIT
// Compilation Interface") and lldb has as well. Any thread.

#include <span>

#include "jit/debug/debug_piece.h"

namespace lindvm::jit {

/// Makes the pieces, which lie close to each other, known to a debugger that is or will be attached. For
/// good, as machine code is. Costs little without a debugger and milliseconds with one.
void tell_debugger(std::span<const DebugPiece> pieces);

}  // namespace lindvm::jit
