#pragma once
// What a composition root needs to run a WASI program: say what the guest is given, make its process, and
// resolve its imports. Example:
//
//   Result<std::unique_ptr<Process>> process = make_process(config);
//   if (!process) return report(process.error());
//   ProcessImports imports(store, **process);         // both must outlive the store's last guest call
//   linker.set_fallback([&](const Module& module, const Import& import) { return imports.resolve(module,
//   import); });
//
// One thread at a time.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syscalls/imports.h"
#include "syscalls/kernel/process.h"
#include "vm/base/result.h"

namespace lindvm {

/// A directory that the guest may use, and by what name (--dir HOST[::GUEST][:ro]).
struct WasiPreopen {
  std::string host;
  std::string guest;
  bool is_read_only = false;
};

struct WasiConfig {
  std::vector<std::string> args = {};  ///< argv[0] included
  std::vector<std::string> env = {};   ///< "NAME=VALUE"
  std::vector<WasiPreopen> preopens = {};
  std::array<int, 3> stdio = {0, 1, 2};  ///< host descriptors, left open; -1: the guest has none
  std::vector<int> inherited = {};       ///< host descriptors (sockets) that follow the preopens; left open
  std::optional<std::string> strace_file = {};  ///< --strace: a file to write, or empty for stderr
  StraceOptions strace_options = {};
};

/// Fails with ErrorKind::io if a directory or the strace file cannot be opened. From then on the host process
/// ignores SIGPIPE, since a WASI guest is to see EPIPE.
Result<std::unique_ptr<Process>> make_process(const WasiConfig& config);

}  // namespace lindvm
