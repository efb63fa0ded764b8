#pragma once
// The options of `lind-vm run`, parsed. Plain data.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syscalls/strace.h"
#include "tools/lind-vm/tier_setup.h"

namespace lindvm {

/// --dir HOST[::GUEST][:ro]
struct DirectoryGrant {
  std::string host;
  std::string guest;
  bool is_read_only = false;
};

/// --preload NAME=FILE
struct Preload {
  std::string name;
  std::string file;
};

struct RunOptions {
  std::string program;
  std::vector<std::string> arguments;  ///< without argv[0]
  std::string argv0;                   ///< empty: the program as given
  std::vector<DirectoryGrant> directories;
  std::optional<DirectoryGrant> root;    ///< the whole tree of a linux program
  std::string working_directory;         ///< of a linux program; empty: as the host's
  std::vector<std::string> environment;  ///< "NAME=VALUE"
  std::vector<Preload> preloads;
  std::optional<std::string> invoke;
  std::optional<std::string> strace_file;  ///< empty string: stderr
  StraceOptions strace;
  uint64_t max_memory = UINT64_MAX;  ///< bytes per linear memory
  size_t max_stack = 0;              ///< bytes; 0: the engine's default
  double timeout = 0;                ///< seconds; 0: none
  TierSetup tier;
  uint32_t verify_every = 0;   ///< stack-cloning verification, 0: off
  bool allows_network = true;  ///< internet sockets, for linux programs
  bool lenient_calls = false;  ///< adapt indirect calls of another type than the callee's
  bool print_stats = false;
  bool print_backtrace = true;
};

/// Parses the command line and runs the body with the options; see with_parsed_options.
int with_run_options(int argc, char** argv, const std::function<int(const RunOptions&)>& body);

/// Throw CommandError (bad usage).
DirectoryGrant parse_directory_grant(const std::string& text);
uint64_t parse_size(const std::string& text);

}  // namespace lindvm
