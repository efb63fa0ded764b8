#include "tools/lind-vm/wasi_setup.h"

#include "tools/lind-vm/command.h"

namespace lindvm {

std::unique_ptr<Process> make_guest_process(const RunOptions& options) {
  WasiConfig config;
  config.args = {options.argv0.empty() ? options.program : options.argv0};
  if (!options.invoke)
    config.args.insert(config.args.end(), options.arguments.begin(), options.arguments.end());
  config.env = options.environment;
  for (const DirectoryGrant& grant : options.directories) {
    config.preopens.push_back({grant.host, grant.guest, grant.is_read_only});
  }
  config.strace_file = options.strace_file;
  auto process = make_process(config);
  if (!process.ok()) throw CommandError(k_exit_cannot_run, process.error().message);
  return std::move(process.value());
}

}  // namespace lindvm
