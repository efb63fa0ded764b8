#pragma once
// From the command line of cc or c++ to the one of clang that does the work. Plain values; main thread only.

#include <optional>
#include <string>
#include <vector>

namespace lind_cc {

/// The triple that the target is known by, to configure scripts among others.
inline constexpr const char* k_target = "wasm32-linux-musl";

/// What lind-cc does for a command line: says something, fails, or becomes another program.
struct Plan {
  std::vector<std::string> command;   ///< a program and its arguments, looked up in PATH
  std::optional<std::string> answer;  ///< printed instead, with a newline
  std::optional<std::string> error;   ///< printed to stderr instead, with the status of a failure
};

/// The plan for the arguments (without the program's name) of lind-cc, or of lind-c++ where cxx is set.
Plan plan(const std::vector<std::string>& words, bool cxx);

}  // namespace lind_cc
