#pragma once
// Compares what modules do in all modes, in processes of their own. One thread.

#include <chrono>
#include <string>
#include <vector>

#include "conformance/fuzz/tree.h"

namespace lindvm::fuzz {

struct Verdict {
  std::string fault = {};  ///< empty if all modes agree
  bool is_open = false;    ///< a limit was hit: nothing can be said
};

std::vector<Verdict> check(const std::vector<Bytes>& modules);

/// The smallest program found that still fails; tries for that long.
Program shrink(Program program, std::chrono::seconds limit);

}  // namespace lindvm::fuzz
