#pragma once
// One module from bytes to its end, with everything that it imports supplied: loading, instantiation, and a
// call of each exported function, within a time limit. For the calling process's one thread.

#include <cstdint>
#include <span>

#include "vm/runtime/tier.h"

namespace lindvm::hostile {

enum class Outcome : uint8_t {
  not_run,    ///< the worker did not get there
  rejected,   ///< an error value at load
  stillborn,  ///< an error value at instantiation: start trapped, segments did not fit, …
  ran,        ///< all calls returned, trapped, threw, or hit the time limit
};

struct RunReport {
  Outcome outcome = Outcome::not_run;
  double load_seconds = 0;  ///< of processor time
  uint64_t load_bytes = 0;  ///< growth of the peak resident size
  uint64_t digest = 0;      ///< of what the calls answered and left in memory and globals
  bool hit_limit = false;   ///< of time or stack, which another tier may hit elsewhere
};

/// Makes this process run modules so; before its first one.
void use_tier(TierChoice choice);

/// Fills in the load figures as soon as they are known.
void run_module(std::span<const uint8_t> bytes, RunReport& report);

}  // namespace lindvm::hostile
