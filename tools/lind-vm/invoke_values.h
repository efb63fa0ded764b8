#pragma once
// Values on the command line: arguments of --invoke and how its results are printed.

#include <span>
#include <string>
#include <vector>

#include "vm/runtime/value.h"
#include "vm/types/types.h"

namespace lindvm {

/// Arguments for a function's parameters. Integers are decimal (signed or unsigned) or 0x hexadecimal, floats
/// as strtod reads them, v128 is 0x and 32 hexadecimal digits, references are "null" or, for externref, a
/// number. Throws CommandError (bad usage).
std::vector<Value> parse_arguments(const FuncType& type, std::span<const std::string> texts);

/// One line without its end: decimal numbers, v128 in hexadecimal.
std::string to_text(const Value& value);

}  // namespace lindvm
