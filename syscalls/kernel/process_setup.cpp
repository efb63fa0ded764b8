#include "syscalls/kernel/process_setup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "syscalls/kernel/host_file.h"

namespace lindvm {

Error io_error(const std::string& file) {
  return {ErrorKind::io, fmt::format("{}: {}", file, std::strerror(errno)), Error::k_no_offset};
}

void add_stdio(FdTable& fds, const std::array<int, 3>& stdio, Capabilities (*capabilities)(OpenFile&)) {
  for (int host_fd : stdio) {
    FileRef file = HostFile::inherit(host_fd);
    Capabilities allowed = capabilities(*file);
    (void)fds.add({std::move(file), allowed, {}});
  }
}

void close_missing_stdio(FdTable& fds, const std::array<int, 3>& stdio) {
  for (uint32_t i = 0; i < stdio.size(); ++i) {
    if (fcntl(stdio[i], F_GETFD) < 0) (void)fds.close(i);
  }
}

Result<std::unique_ptr<Strace>> open_strace(const std::string& file, const StraceOptions& options) {
  if (file.empty()) return std::make_unique<Strace>(STDERR_FILENO, options);
  int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return io_error(file);
  return std::make_unique<Strace>(fd, options);
}

}  // namespace lindvm
