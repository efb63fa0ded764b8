#include "tools/lind-vm/guest_setup.h"

#include <filesystem>

#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

std::vector<std::string> arguments_of(const RunOptions& options) {
  std::vector<std::string> args = {options.argv0.empty() ? options.program : options.argv0};
  if (!options.invoke) args.insert(args.end(), options.arguments.begin(), options.arguments.end());
  return args;
}

/// Where a linux program finds a directory: names that are not absolute are WASI's.
std::string mount_path(const DirectoryGrant& grant) {
  std::filesystem::path path = grant.guest;
  std::error_code error;
  if (!path.is_absolute()) path = std::filesystem::canonical(grant.host, error);
  return error ? grant.host : path.lexically_normal().string();
}

ViewConfig view_of(const RunOptions& options) {
  ViewConfig view;
  if (options.root) view.root = {options.root->host, options.root->guest, options.root->is_read_only};
  for (const DirectoryGrant& grant : options.directories) {
    view.mounts.push_back({grant.host, mount_path(grant), grant.is_read_only});
  }
  return view;
}

Result<std::unique_ptr<Process>> make_linux(const RunOptions& options) {
  LinuxConfig config;
  config.view = view_of(options);
  config.cwd = options.working_directory;
  config.program = options.program;
  config.args = arguments_of(options);
  config.env = options.environment;
  config.allows_network = options.allows_network;
  config.strace_file = options.strace_file;
  config.strace_options = options.strace;
  return make_linux_process(config);
}

Result<std::unique_ptr<Process>> make_wasi(const RunOptions& options) {
  if (!options.working_directory.empty()) {
    throw CommandError(k_exit_usage, "--cwd is for linux programs: WASI has no current directory");
  }
  WasiConfig config;
  config.args = arguments_of(options);
  config.env = options.environment;
  if (options.root) config.preopens.push_back({options.root->host, "/", options.root->is_read_only});
  for (const DirectoryGrant& grant : options.directories) {
    config.preopens.push_back({grant.host, grant.guest, grant.is_read_only});
  }
  config.strace_file = options.strace_file;
  config.strace_options = options.strace;
  return make_process(config);
}

}  // namespace

std::unique_ptr<Process> make_guest_process(const RunOptions& options, const Module& program) {
  auto process = LinuxProgram::recognises(program) ? make_linux(options) : make_wasi(options);
  if (!process.ok()) throw CommandError(k_exit_cannot_run, process.error().message);
  return std::move(process.value());
}

}  // namespace lindvm
