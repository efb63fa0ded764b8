// What paths start from: current directory, root, and the mask of new files' permissions.

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>

#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_tree.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// Opens a directory that may be searched.
SysResult open_directory(Thread& thread, const Path& path, FileRef& directory) {
  if (!thread.process().fs()) return SysResult::error(ENOSYS);
  SYS_TRY(open_file(thread, AtFd::cwd(thread.process()), path, {O_PATH | O_DIRECTORY, 0, 0}, directory));
  return may_search(*directory);
}

/// Is the host unable to tell the path since it is too long?
bool is_too_deep(const OpenFile& directory) {
  char text[PATH_MAX];
  return directory.host_fd() >= 0 &&
         readlink(descriptor_path(directory.host_fd()).c_str(), text, sizeof text) < 0 &&
         errno == ENAMETOOLONG;
}

}  // namespace

SysResult may_search(const OpenFile& directory) {
  if (directory.host_fd() < 0) return SysResult();
  return SysResult::of_host(faccessat(directory.host_fd(), ".", X_OK, AT_EACCESS));
}

SysResult sys_getcwd(Thread& thread, BytesOut& buffer) {
  const FsState* fs = thread.process().fs();
  if (!fs) return SysResult::error(ENOSYS);
  FileRef cwd = fs->cwd();
  std::string path = fs->path_of(*cwd);
  constexpr std::string_view k_removed = " (deleted)";
  FileStatus status{};
  if (path.ends_with(k_removed) && cwd->status(status).ok() && status.stx_nlink == 0) {
    return SysResult::error(ENOENT);
  }
  if (path.starts_with("(unreachable)") && is_too_deep(*cwd)) return SysResult::error(ENAMETOOLONG);
  if (path.size() + 1 > buffer.size) return SysResult::error(ERANGE);
  if (!buffer.put(0, path.c_str(), path.size() + 1)) return SysResult::error(EFAULT);
  return buffer.fill_with(SysResult(static_cast<int64_t>(path.size() + 1)));
}

SysResult sys_chdir(Thread& thread, const Path& path) {
  FileRef directory;
  SYS_TRY(open_directory(thread, path, directory));
  if (!directory->place()) return SysResult::error(EACCES);
  thread.process().fs()->set_cwd(std::move(directory));
  return SysResult();
}

SysResult sys_fchdir(Thread& thread, const Fd& fd) {
  if (!thread.process().fs()) return SysResult::error(ENOSYS);
  FileStatus status;
  SYS_TRY(fd.file->status(status));
  if (!S_ISDIR(status.stx_mode)) return SysResult::error(ENOTDIR);
  if (!fd.file->place()) return SysResult::error(EACCES);
  SYS_TRY(may_search(*fd.file));
  thread.process().fs()->set_cwd(thread.process().fds().get(fd.number));
  return SysResult();
}

SysResult sys_chroot(Thread& thread, const Path& path) {
  FileRef directory;
  SYS_TRY(open_directory(thread, path, directory));
  if (!thread.process().identity().may(CAP_SYS_CHROOT)) return SysResult::error(EPERM);
  if (!directory->place()) return SysResult::error(EACCES);
  thread.process().fs()->set_root(std::move(directory));
  return SysResult();
}

SysResult sys_umask(Thread& thread, const Mode& mask) {
  FsState* fs = thread.process().fs();
  return fs ? SysResult(fs->set_umask(mask.value)) : SysResult::error(ENOSYS);
}

}  // namespace lindvm
