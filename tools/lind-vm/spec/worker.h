#pragma once
// Runs each script in a child process, so that a crash or a hang in one is one failure and hides nothing
// else. The parent must be single-threaded.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tools/lind-vm/tier_setup.h"

namespace lindvm::spec {

struct Failure {
  uint32_t line = 0;
  std::string detail;
};

/// What came of one file. Counts are of commands; `assertions` are those among them that assert.
struct FileReport {
  std::string source;
  uint32_t passed = 0;
  uint32_t skipped = 0;
  uint32_t assertions = 0;
  std::vector<Failure> failures;
};

struct WorkerOptions {
  unsigned jobs = 1;
  unsigned time_limit = 60;  ///< seconds of wall-clock time per file
  bool validate_only = false;
  TierSetup tier;  ///< installed in each worker: machine code is a process's own
};

/// Reports in the order of the files.
std::vector<FileReport> run_files(const std::vector<std::filesystem::path>& files,
                                  const WorkerOptions& options);

}  // namespace lindvm::spec
