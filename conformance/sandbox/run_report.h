#pragma once
// What running one module came to. Plain data, so that workers can leave it in shared memory.

#include <cstdint>

namespace lindvm::sandbox {

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
  uint64_t digest = 0;      ///< of what must not depend on the tier
  bool hit_limit = false;   ///< of time or stack, which another tier may hit elsewhere
};

}  // namespace lindvm::sandbox
