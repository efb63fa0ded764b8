#pragma once
// --tier and what belongs to it: which code runs guests, as `run` and `spec` take it.

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "vm/runtime/tier.h"

namespace lindvm {

struct TierSetup {
  std::string tier;  ///< empty: the default
  std::optional<uint32_t> threshold;
  std::optional<std::string>
      dump_asm;             ///< print machine code as it is made: of this function, or all if empty
  bool perf = false;        ///< write files for perf
  bool gdb = false;         ///< tell gdb of machine code
  bool uses_cache = false;  ///< keep compiled code for later runs, and use what earlier ones kept
};

void declare_tier_options(CLI::App& app, TierSetup& setup);
/// Throws CommandError (bad usage).
void check(const TierSetup& setup);
/// Makes the choice for the process, before the first module is loaded. Throws CommandError where the host
/// cannot run machine code and the choice insists on it.
void install(const TierSetup& setup);

}  // namespace lindvm
