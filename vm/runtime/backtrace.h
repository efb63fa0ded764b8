#pragma once
// Backtraces of guest threads: what a trap message prints. Capturing reads the guest stack, so it must come
// before the thread runs guest code again; names and source positions are looked up from the modules, which
// the frames keep alive. The guest thread's own host thread.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vm/module/module.h"
#include "vm/runtime/context.h"
#include "vm/runtime/source_map.h"

namespace lindvm {

struct TraceFrame {
  std::shared_ptr<const Module> module;
  uint32_t function_index = 0;
  uint64_t module_offset = 0;  ///< of the instruction that trapped, or of the call in progress
};

struct Backtrace {
  static constexpr size_t k_max_inner = 40;  ///< innermost frames kept
  static constexpr size_t k_max_outer = 10;  ///< outermost frames kept

  std::vector<TraceFrame> frames;  ///< innermost first
  uint64_t omitted = 0;            ///< frames left out after the first k_max_inner
};

/// The frames below the trap that ThreadContext::trap describes; none if it happened outside guest code.
Backtrace capture_backtrace(ThreadContext& thread);

/// Demangled name from the name section, else an export's name, else "function[N]".
std::string function_name(const Module& module, uint32_t function_index);

/// "wasm trap: <wording>" and a line per frame (several where functions were inlined), ending in a newline.
std::string to_text(const TrapState& trap, const Backtrace& backtrace);

}  // namespace lindvm
