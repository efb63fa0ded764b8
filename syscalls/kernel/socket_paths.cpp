#include "syscalls/kernel/socket_paths.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "syscalls/kernel/lookup.h"
#include "syscalls/kernel/process.h"

namespace lindvm {

SysResult locate_socket(Thread& thread, std::string_view path, SocketPlace& place) {
  Place found;
  SysResult result = find_place(thread, AtFd::cwd(thread.process()), path, Change::create, found);
  if (result.error_number() == EEXIST) return SysResult::error(EADDRINUSE);
  if (!result.ok()) return result;
  int directory = found.owned ? found.owned.release() : fcntl(found.directory, F_DUPFD_CLOEXEC, 0);
  if (directory < 0) return SysResult::of_host(-1);
  place = {OwnedFd(directory), std::move(found.name)};
  return SysResult();
}

SysResult open_socket_file(Thread& thread, std::string_view path, OwnedFd& opened) {
  Target target;
  SYS_TRY(find_target(thread, AtFd::cwd(thread.process()), path, k_follow, target));
  if (target.fd < 0) return SysResult::error(ECONNREFUSED);  // made up by the VM: no socket
  int fd = target.owned ? target.owned.release() : fcntl(target.fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return SysResult::of_host(-1);
  opened = OwnedFd(fd);
  return SysResult();
}

uint32_t socket_mode(Thread& thread) {
  constexpr uint32_t k_all = 0777;
  const FsState* fs = thread.process().fs();
  return fs ? k_all & ~fs->umask() : k_all;
}

}  // namespace lindvm
