#include "syscalls/wasi/rights.h"

#include <sys/stat.h>
#include <unistd.h>

#include "syscalls/wasi/abi.h"

namespace lindvm::wasi {
namespace {

constexpr uint64_t k_any = FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE;
constexpr uint64_t k_stream = k_any | FD_READ | FD_WRITE | FD_SYNC | FD_DATASYNC;
constexpr uint64_t k_seekable = k_stream | FD_SEEK | FD_TELL | FD_ADVISE | FD_FILESTAT_SET_TIMES;
constexpr uint64_t k_regular = k_seekable | FD_ALLOCATE | FD_FILESTAT_SET_SIZE;
constexpr uint64_t k_socket = k_any | FD_READ | FD_WRITE | SOCK_SHUTDOWN | SOCK_ACCEPT;
constexpr uint64_t k_directory =
    k_any | FD_SYNC | FD_DATASYNC | FD_ADVISE | FD_READDIR | FD_FILESTAT_SET_TIMES | PATH_CREATE_DIRECTORY |
    PATH_CREATE_FILE | PATH_LINK_SOURCE | PATH_LINK_TARGET | PATH_OPEN | PATH_READLINK | PATH_RENAME_SOURCE |
    PATH_RENAME_TARGET | PATH_FILESTAT_GET | PATH_FILESTAT_SET_SIZE | PATH_FILESTAT_SET_TIMES | PATH_SYMLINK |
    PATH_REMOVE_DIRECTORY | PATH_UNLINK_FILE;

}  // namespace

uint64_t applicable_rights(OpenFile& file) {
  FileStatus status{};
  if (!file.status(status).ok()) return k_stream;
  if (S_ISREG(status.stx_mode)) return k_regular;
  if (S_ISDIR(status.stx_mode)) return k_directory;
  if (S_ISSOCK(status.stx_mode)) return k_socket;
  if (S_ISBLK(status.stx_mode)) return k_seekable;
  if (S_ISCHR(status.stx_mode)) return isatty(file.host_fd()) ? k_stream : k_seekable;
  return k_stream;
}

}  // namespace lindvm::wasi
