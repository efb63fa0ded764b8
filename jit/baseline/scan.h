#pragma once
// A quick look through a function body before it is compiled: which locals are used where. The compiler keeps
// the locals that a loop uses most in registers while in it. Reads validated code; one thread.

#include <cstdint>
#include <vector>

#include "vm/module/module.h"
#include "vm/module/reader.h"

namespace lindvm::jit {

/// A use of a local (local << 1 | is it assigned), in code order.
using LocalUse = uint32_t;

struct ScannedLoop {
  uint32_t wasm_offset = 0;  ///< of the loop instruction, in the module
  uint32_t first_use = 0;    ///< uses [first_use, last_use) are in the loop
  uint32_t last_use = 0;
  uint32_t depth = 0;  ///< 0 for outermost loops
  uint32_t calls = 0;  ///< calls in the loop
};

struct Scan {
  std::vector<LocalUse> uses;
  std::vector<ScannedLoop> loops;  ///< in code order

  void clear() {
    uses.clear();
    loops.clear();
  }
};

/// Fills `scan`, which is empty, from the body of the function.
void scan_body(const Module& module, const ModuleFunction& function, Scan& scan);

}  // namespace lindvm::jit
