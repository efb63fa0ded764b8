#pragma once
// Loads generated modules and calls their functions, for the opcode micro-tests. One thread.

#include <memory>
#include <string>
#include <vector>

#include "conformance/opcodes/operands.h"
#include "vm/runtime/engine.h"

namespace lindvm::opcode_tests {

/// What a call ended with: a trap, or results as bits.
struct Outcome {
  Trap trap = Trap::None;
  std::vector<Value> results;
};

/// One instantiated module without imports.
class LoadedModule {
 public:
  /// Null, with `error` set, if the module does not load.
  static std::unique_ptr<LoadedModule> load(const std::vector<uint8_t>& bytes, std::string& error);

  /// Calls a function of the module; arguments must match its parameters.
  Outcome call(uint32_t function, const std::vector<ValType>& types, const Tuple& arguments);

  std::span<uint8_t> memory(uint32_t index = 0);

 private:
  Store store_;
  Instance* instance_ = nullptr;
};

}  // namespace lindvm::opcode_tests
