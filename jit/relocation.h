#pragma once
// What in a function's machine code depends on the process that it was made in. The compiler notes each such
// place, so that code can be put into another process (jit/cache). Plain data.

#include <cstdint>

namespace lindvm::jit {

enum class RelocationKind : uint8_t {
  distance,  ///< how far it is to a stub
  address,   ///< the address of a helper
  type,      ///< a TypeId, which are numbered as modules are loaded
};

struct Relocation {
  uint32_t at = 0;  ///< offset of the field from the function's first byte
  RelocationKind kind{};
  uint64_t target = 0;  ///< an address, or a TypeId
};

}  // namespace lindvm::jit
