#include <sys/resource.h>

#include <csignal>

#include "syscalls/kernel/process_setup.h"
#include "syscalls/linux/file_system.h"

namespace lindvm {
namespace {

/// The guest has the limit that the host's process has; that one gets as much as it may, for the VM's own
/// descriptors and for guests that raise theirs.
uint64_t take_over_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return FdTable::k_max_fds;
  rlim_t guest = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return guest;
}

}  // namespace

Result<std::unique_ptr<Process>> make_linux_process(const LinuxConfig& config) {
  std::signal(SIGPIPE, SIG_IGN);
  auto process = std::make_unique<Process>(config.args, config.env);
  if (!config.allows_network) process->forbid_network();
  process->identity() = Identity::of_host();
  add_stdio(process->fds(), config.stdio, [](OpenFile&) { return Capabilities(); });
  close_missing_stdio(process->fds(), config.stdio);
  process->fds().set_limit(take_over_descriptor_limit());
  if (config.strace_file) process->set_strace(TRY(open_strace(*config.strace_file, config.strace_options)));
  TRY(make_file_system(*process, config));
  return process;
}

}  // namespace lindvm
