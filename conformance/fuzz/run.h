#pragma once
// Runs generated modules in each of the ways that must give the same answers. For the calling process's one
// thread of guests; use_mode() once per process.

#include <cstdint>
#include <span>

#include "conformance/sandbox/run_report.h"
#include "vm/runtime/tier.h"

namespace lindvm::fuzz {

struct Mode {
  const char* name;
  TierChoice tier;
  uint32_t verify_every;  ///< safepoints between clonings of the guest stack; 0: none
};

/// The first is the reference.
inline constexpr Mode k_modes[] = {
    {"interpreted", TierChoice::interp, 0},
    {"compiled", TierChoice::baseline, 0},
    {"mixed", TierChoice::automatic, 0},
    {"interpreted and cloned", TierChoice::interp, 1},
    {"compiled and cloned", TierChoice::baseline, 1},
    {"mixed and cloned", TierChoice::automatic, 1},
};

void use_mode(const Mode& mode);

/// Loads the module, supplies its imports and calls every exported function with several tuples of arguments.
/// The digest takes in what the calls and calls of the host say, and at the end all globals and memories.
void run_program(std::span<const uint8_t> bytes, sandbox::RunReport& report);

}  // namespace lindvm::fuzz
