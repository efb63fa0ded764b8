#include <csignal>

#include "syscalls/kernel/process_setup.h"
#include "syscalls/linux.h"

namespace lindvm {

Result<std::unique_ptr<Process>> make_linux_process(const LinuxConfig& config) {
  std::signal(SIGPIPE, SIG_IGN);
  auto process = std::make_unique<Process>(config.args, config.env);
  add_stdio(process->fds(), config.stdio, [](OpenFile&) { return Capabilities(); });
  close_missing_stdio(process->fds(), config.stdio);
  if (config.strace_file) process->set_strace(TRY(open_strace(*config.strace_file)));
  return process;
}

}  // namespace lindvm
