#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "syscalls/kernel/host_file.h"
#include "syscalls/wasi.h"
#include "syscalls/wasi/abi.h"
#include "syscalls/wasi/rights.h"

namespace lindvm {
namespace {

Error io_error(const std::string& what) {
  return {ErrorKind::io, fmt::format("{}: {}", what, std::strerror(errno)), Error::k_no_offset};
}

void inherit(FdTable& fds, int host_fd) {
  FileRef file = HostFile::inherit(host_fd);
  Capabilities capabilities{wasi::applicable_rights(*file), 0};
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

Result<std::unique_ptr<Strace>> open_strace(const std::string& file) {
  if (file.empty()) return std::make_unique<Strace>(STDERR_FILENO);
  int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return io_error(file);
  return std::make_unique<Strace>(fd);
}

/// Where the guest has none of 0 to 2, the numbers are closed but not given to its directories.
void add_stdio(FdTable& fds, const std::array<int, 3>& stdio) {
  for (int fd : stdio) inherit(fds, fd);
}

void close_missing_stdio(FdTable& fds, const std::array<int, 3>& stdio) {
  for (uint32_t i = 0; i < stdio.size(); ++i) {
    if (fcntl(stdio[i], F_GETFD) < 0) (void)fds.close(i);
  }
}

}  // namespace

Result<std::unique_ptr<Process>> make_process(const WasiConfig& config) {
  std::signal(SIGPIPE, SIG_IGN);
  auto process = std::make_unique<Process>(config.args, config.env);
  add_stdio(process->fds(), config.stdio);
  for (const WasiPreopen& preopen : config.preopens) TRY(add_preopen(process->fds(), preopen));
  for (int fd : config.inherited) inherit(process->fds(), fd);
  close_missing_stdio(process->fds(), config.stdio);
  if (config.strace_file) process->set_strace(TRY(open_strace(*config.strace_file)));
  return process;
}

}  // namespace lindvm
