#pragma once
// Valid modules that exercise the whole opcode table, each a function of one number.

#include "conformance/fuzz/tree.h"

namespace lindvm::fuzz {

/// The module exports functions that refill its fuel and call one of its own with their arguments. It imports
/// what lindvm::sandbox::ImportMaker can supply.
Program generate(uint64_t seed);

}  // namespace lindvm::fuzz
