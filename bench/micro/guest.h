#pragma once
// What the micro-benchmarks run: the kernels module (kernels.c, compiled for wasm32 at build time)
// instantiated in a store of its own. Used by one benchmark thread at a time.

#include <cstdint>
#include <string>

#include "vm/runtime/engine.h"

namespace lindvm::bench {

/// The kernels instance; aborts with a message if the engine cannot run it, since nothing can be measured
/// then.
class Guest {
 public:
  /// As machine code, or interpreted.
  enum class Code : bool { interpreted, compiled };
  explicit Guest(Code code = Code::interpreted);

  /// Calls an exported kernel with an iteration count on the main guest thread; returns its result.
  uint32_t run(const std::string& kernel, uint32_t iterations);

 private:
  Store store_;
  Linker linker_;
  Instance* instance_ = nullptr;
};

}  // namespace lindvm::bench
