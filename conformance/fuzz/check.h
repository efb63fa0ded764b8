#pragma once
// Compares what modules do in all modes, in processes of their own. One thread.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "conformance/fuzz/tree.h"

namespace lindvm::fuzz {

struct Verdict {
  std::string fault = {};  ///< empty if all modes agree
  bool is_open = false;    ///< a limit was hit: nothing can be said
};

std::vector<Verdict> check(const std::vector<Bytes>& modules);

/// The smallest program found that still fails; tries for that long. None if the program does not fail when
/// it is alone in its process.
std::optional<Program> shrink(const Program& program, std::chrono::seconds limit);

}  // namespace lindvm::fuzz
