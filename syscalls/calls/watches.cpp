// Watching files, and handles of files. A watch is set on what a path leads to in the guest's view; the host
// gets a path to that file's descriptor. Handles would be names of files that no view contains.

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/lookup.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {

SysResult sys_inotify_init1(Thread& thread, const Flags<FlagSet::OpenFlags>& flags) {
  if (flags.bits & ~static_cast<uint32_t>(IN_NONBLOCK | IN_CLOEXEC)) return SysResult::error(EINVAL);
  OwnedFd fd(inotify_init1(static_cast<int>(flags.bits & IN_NONBLOCK) | IN_CLOEXEC));
  if (!fd) return SysResult::of_host(-1);
  return thread.process().fds().add(
      {.file = std::make_shared<HostFile>(std::move(fd)), .closes_on_exec = flags.has(IN_CLOEXEC)});
}

SysResult sys_inotify_add_watch(Thread& thread, const Fd& fd, const Path& path,
                                const Flags<FlagSet::WatchEvents>& events) {
  constexpr uint32_t k_events = IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_MASK_CREATE |
                                IN_MASK_ADD | IN_ISDIR | IN_ONESHOT | IN_DONT_FOLLOW | IN_EXCL_UNLINK |
                                IN_ONLYDIR;
  if (!(events.bits & k_events)) return SysResult::error(EINVAL);
  Target target;
  unsigned how = events.has(IN_DONT_FOLLOW) ? 0 : k_follow;
  SYS_TRY(find_target(thread, AtFd::cwd(thread.process()), path.view(), how, target));
  if (events.has(IN_ONLYDIR)) {
    FileStatus status;
    SYS_TRY(status_of(thread, target, STATX_TYPE, status));
    if (!S_ISDIR(status.stx_mode)) return SysResult::error(ENOTDIR);
  }
  if (target.fd < 0) return SysResult::error(EACCES);  // the VM's own files never change
  uint32_t host_events = events.bits & ~static_cast<uint32_t>(IN_DONT_FOLLOW | IN_ONLYDIR);
  return SysResult::of_host(inotify_add_watch(fd.file->host_fd(), target.host_path().c_str(), host_events));
}

SysResult sys_inotify_rm_watch(Thread&, const Fd& fd, const Scalar<int32_t>& watch) {
  return SysResult::of_host(inotify_rm_watch(fd.file->host_fd(), watch.value));
}

SysResult sys_fanotify_init(Thread&, const Scalar<uint32_t>&, const Scalar<uint32_t>&) {
  return SysResult::error(EPERM);
}

SysResult sys_fanotify_mark(Thread&, const Fd&, const Scalar<uint32_t>&, const Scalar<int64_t>&, const AtFd&,
                            const OptionalPath&) {
  return SysResult::error(EINVAL);  // no descriptor is a fanotify group
}

/// A handle would open files outside the view: no file system here gives any.
SysResult sys_name_to_handle_at(Thread& thread, const AtFd& dir, const OptionalPath& path, const Address&,
                                const Address&, const Scalar<uint32_t>& flags) {
  constexpr uint32_t k_unique_mount = 1, k_connectable = 2, k_identifier_only = 0x200;
  constexpr uint32_t k_known =
      AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | k_unique_mount | k_connectable | k_identifier_only;
  if (flags.value & ~k_known) return SysResult::error(EINVAL);
  if (path.is_null()) return SysResult::error(EFAULT);
  unsigned how =
      (flags.value & AT_SYMLINK_FOLLOW ? k_follow : 0) | (flags.value & AT_EMPTY_PATH ? k_empty_path : 0);
  Target target;
  SYS_TRY(find_target(thread, dir, path.view(), how, target));
  return SysResult::error(EOPNOTSUPP);
}

/// What is told before who asks; then every handle is one of a file that is no more.
SysResult sys_open_by_handle_at(Thread& thread, const FdNumber& mount, const Pointer& handle,
                                const Scalar<uint32_t>&) {
  constexpr uint32_t k_max_bytes = 128;
  struct {
    uint32_t bytes;
    int32_t type;
  } header;
  if (!handle.read(header)) return SysResult::error(EFAULT);
  if (header.bytes == 0 || header.bytes > k_max_bytes || header.type < 0) return SysResult::error(EINVAL);
  bool is_cwd = static_cast<int32_t>(mount.value) == AT_FDCWD;
  if (!is_cwd && !thread.process().fds().get(mount.value)) return SysResult::error(EBADF);
  if (!thread.process().identity().may(CAP_DAC_READ_SEARCH)) return SysResult::error(EPERM);
  std::array<std::byte, k_max_bytes> name;
  return SysResult::error(handle.read_bytes(name.data(), header.bytes, sizeof header) ? ESTALE : EFAULT);
}

}  // namespace lindvm
