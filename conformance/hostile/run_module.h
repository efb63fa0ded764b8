#pragma once
// One module from bytes to its end, with everything that it imports supplied: loading, instantiation, and a
// call of each exported function, within a time limit. For the calling process's one thread.

#include <cstdint>
#include <span>

#include "conformance/sandbox/run_report.h"
#include "vm/runtime/tier.h"

namespace lindvm::hostile {

using sandbox::Outcome, sandbox::RunReport;

/// Makes this process run modules so; before its first one.
void use_tier(TierChoice choice);

/// Fills in the load figures as soon as they are known.
void run_module(std::span<const uint8_t> bytes, RunReport& report);

}  // namespace lindvm::hostile
