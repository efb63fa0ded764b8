#include <fcntl.h>

#include <csignal>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/process_setup.h"
#include "syscalls/wasi.h"
#include "syscalls/wasi/abi.h"
#include "syscalls/wasi/rights.h"

namespace lindvm {
namespace {

Capabilities inherited_rights(OpenFile& file) { return {wasi::applicable_rights(file), 0}; }

void inherit(FdTable& fds, int host_fd) {
  FileRef file = HostFile::inherit(host_fd);
  Capabilities capabilities = inherited_rights(*file);
  (void)fds.add({std::move(file), capabilities, {}});
}

/// A directory that may be searched but not read is still worth having.
int open_directory(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return fd < 0 && errno == EACCES ? open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC) : fd;
}

Result<void> add_preopen(FdTable& fds, const WasiPreopen& preopen) {
  OwnedFd fd(open_directory(preopen.host));
  if (!fd) return io_error(preopen.host);
  auto file = std::make_shared<HostFile>(std::move(fd), preopen.is_read_only);
  Capabilities capabilities{wasi::applicable_rights(*file), wasi::Rights::k_all};
  (void)fds.add({std::move(file), capabilities, preopen.guest});
  return {};
}

}  // namespace

Result<std::unique_ptr<Process>> make_process(const WasiConfig& config) {
  std::signal(SIGPIPE, SIG_IGN);
  auto process = std::make_unique<Process>(config.args, config.env);
  add_stdio(process->fds(), config.stdio, inherited_rights);
  for (const WasiPreopen& preopen : config.preopens) TRY(add_preopen(process->fds(), preopen));
  for (int fd : config.inherited) inherit(process->fds(), fd);
  close_missing_stdio(process->fds(), config.stdio);
  if (config.strace_file) process->set_strace(TRY(open_strace(*config.strace_file, config.strace_options)));
  return process;
}

}  // namespace lindvm
