#pragma once
// Runs many inputs in worker processes, so that a crash or hang of the engine is a finding and not the end of
// the run. One thread; workers are children of the calling process.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/sandbox/run_report.h"

namespace lindvm::sandbox {

/// What became of one input.
struct Finding {
  RunReport report;
  int signal = 0;         ///< that ended the worker; 0 if none
  int exit_status = 0;    ///< of a worker that gave up (sanitizers exit)
  bool has_hung = false;  ///< made no progress and was killed
  bool differs = false;   ///< from the same input in another tier
};

struct SandboxOptions {
  uint32_t inputs_per_worker = 200;
  double hang_seconds = 10;
  std::function<void()> prepare = {};  ///< called first in each worker
};

/// Calls work(i, report) for i in [0, count), each in some worker.
std::vector<Finding> run_sandboxed(uint32_t count, const SandboxOptions& options,
                                   const std::function<void(uint32_t, RunReport&)>& work);

}  // namespace lindvm::sandbox
