#pragma once
// The JIT's face: the compiling tier that tools install (vm/runtime/tier.h).

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "vm/runtime/machine_code.h"
#include "vm/runtime/tier.h"

namespace lindvm::jit {

/// Where the code of a wasm instruction begins.
struct InstructionStart {
  uint32_t code_offset = 0;    ///< from the function's first byte
  uint32_t module_offset = 0;  ///< of the wasm instruction
};

/// Told of each function whose machine code is ready, on the thread that compiled it.
using CodeObserver = std::function<void(const MachineCode& code, std::span<const InstructionStart> starts)>;

/// "Wasm:" and the function's name: what debuggers and profilers show. (The capital keeps gdb from taking
/// names with "__" in them for Ada's.)
std::string machine_code_name(const MachineCode& code);

class CodeCache;  // jit/cache/code_cache.h

struct BaselineOptions {
  CodeObserver observer = {};   ///< not told of code that comes from the cache
  bool tells_debugger = false;  ///< gives gdb symbols and unwind information of all code, if that can be
  std::shared_ptr<CodeCache> cache = {};  ///< code from earlier runs is used, and new code is kept
};

/// Can gdb be told of this machine's code?
bool can_tell_debugger();

/// The baseline compiler as a tier; null if this machine or host cannot have it.
std::unique_ptr<CompilingTier> make_baseline_tier(BaselineOptions options = {});

}  // namespace lindvm::jit
