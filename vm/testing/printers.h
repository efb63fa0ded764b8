#pragma once
// How GoogleTest prints our value types.

#include <ostream>

#include "vm/isa/v128.h"

namespace lindvm {

inline void PrintTo(const V128& value, std::ostream* out) {
  for (uint8_t byte : value.bytes)
    *out << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15] << ' ';
}

}  // namespace lindvm
