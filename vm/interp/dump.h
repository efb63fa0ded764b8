#pragma once
// Internal code as text, for developers (`lind-vm disasm --internal`) and translator tests.

#include <string>

#include "vm/interp/translation.h"

namespace lindvm {

/// One line per instruction: index, wasm offset, handler, operand fields.
std::string dump(const FunctionTranslation& translation);

}  // namespace lindvm
