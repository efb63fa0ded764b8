#include "tools/lind-vm/guest_setup.h"

#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

std::vector<std::string> arguments_of(const RunOptions& options) {
  std::vector<std::string> args = {options.argv0.empty() ? options.program : options.argv0};
  if (!options.invoke) args.insert(args.end(), options.arguments.begin(), options.arguments.end());
  return args;
}

Result<std::unique_ptr<Process>> make_linux(const RunOptions& options) {
  LinuxConfig config;
  config.program = options.program;
  config.args = arguments_of(options);
  config.env = options.environment;
  config.strace_file = options.strace_file;
  return make_linux_process(config);
}

Result<std::unique_ptr<Process>> make_wasi(const RunOptions& options) {
  WasiConfig config;
  config.args = arguments_of(options);
  config.env = options.environment;
  for (const DirectoryGrant& grant : options.directories) {
    config.preopens.push_back({grant.host, grant.guest, grant.is_read_only});
  }
  config.strace_file = options.strace_file;
  return make_process(config);
}

}  // namespace

std::unique_ptr<Process> make_guest_process(const RunOptions& options, const Module& program) {
  auto process = LinuxProgram::recognises(program) ? make_linux(options) : make_wasi(options);
  if (!process.ok()) throw CommandError(k_exit_cannot_run, process.error().message);
  return std::move(process.value());
}

}  // namespace lindvm
