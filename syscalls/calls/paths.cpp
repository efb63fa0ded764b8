// Calls that name files. Nothing outside the directory that a path starts from is reached (kernel/path.h);
// nothing below a read-only one is changed (EROFS).

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// A place to create, remove or rename something at.
SysResult locate_for_change(const AtFd& dir, const Path& path, int error_for_dots,
                            PathResolver::Place& place) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  SYS_TRY(PathResolver::locate(directory, path.view(), error_for_dots, place));
  // The host's calls that change directories do not follow a link before a final slash.
  if (place.needs_directory) place.name += '/';
  return dir.file->is_read_only() ? SysResult::error(EROFS) : SysResult();
}

SysResult open_path(const AtFd& dir, const Path& path, bool follows, OwnedFd& opened) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  return PathResolver::open(directory, path.c_str(), O_PATH | (follows ? 0 : O_NOFOLLOW), 0, opened);
}

std::string descriptor_path(const OwnedFd& fd) { return fmt::format("/proc/self/fd/{}", fd.get()); }

SysResult open_read_only(int directory, const Path& path, int flags, OwnedFd& opened) {
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC)) {
    OwnedFd found;  // only what is there is read-only
    if (!(flags & O_CREAT)) SYS_TRY(PathResolver::open(directory, path.c_str(), O_PATH, 0, found));
    return SysResult::error(EROFS);
  }
  SysResult result = PathResolver::open(directory, path.c_str(), flags & ~(O_CREAT | O_EXCL), 0, opened);
  if (!(flags & O_CREAT)) return result;
  if (result.error_number() == ENOENT) return SysResult::error(EROFS);
  return result.ok() && (flags & O_EXCL) ? SysResult::error(EEXIST) : result;
}

/// The directory part of `flags` that the host may see; guests use the generic numbers.
int to_host_flags(uint32_t flags) {
  int host = static_cast<int>(flags) & (O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK);
  if (flags & flag::OpenFlags_O_DSYNC) host |= O_DSYNC;
  if (flags & flag::OpenFlags_O_SYNC) host |= O_SYNC;
  if (flags & flag::OpenFlags_O_DIRECTORY) host |= O_DIRECTORY;
  if (flags & flag::OpenFlags_O_NOFOLLOW) host |= O_NOFOLLOW;
  return host;
}

}  // namespace

SysResult directory_of(const AtFd& dir, int& host_fd) {
  if (!dir.file) return SysResult::error(EBADF);
  host_fd = dir.file->host_fd();
  return host_fd < 0 ? SysResult::error(ENOTDIR) : SysResult();
}

SysResult open_file(const AtFd& dir, const Path& path, int flags, mode_t mode, FileRef& file) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  bool is_read_only = dir.file->is_read_only();
  OwnedFd opened;
  SYS_TRY(is_read_only ? open_read_only(directory, path, flags, opened)
                       : PathResolver::open(directory, path.c_str(), flags, mode, opened));
  file = std::make_shared<HostFile>(std::move(opened), is_read_only);
  return SysResult();
}

SysResult sys_openat(Thread& thread, const AtFd& dir, const Path& path,
                     const Flags<FlagSet::OpenFlags>& flags, const Mode& mode) {
  FileRef file;
  SYS_TRY(open_file(dir, path, to_host_flags(flags.bits), mode.value, file));
  return thread.process().fds().add({std::move(file), {}, {}});
}

SysResult sys_mkdirat(Thread&, const AtFd& dir, const Path& path, const Mode& mode) {
  PathResolver::Place place;
  SYS_TRY(locate_for_change(dir, path, EEXIST, place));
  return SysResult::of_host(mkdirat(place.directory.get(), place.name.c_str(), mode.value & 07777));
}

SysResult sys_unlinkat(Thread&, const AtFd& dir, const Path& path, const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~flag::AtFlags_AT_REMOVEDIR) return SysResult::error(EINVAL);
  bool removes_directory = flags.has(flag::AtFlags_AT_REMOVEDIR);
  PathResolver::Place place;
  SYS_TRY(locate_for_change(dir, path, removes_directory ? EINVAL : EISDIR, place));
  return SysResult::of_host(
      unlinkat(place.directory.get(), place.name.c_str(), removes_directory ? AT_REMOVEDIR : 0));
}

SysResult sys_symlinkat(Thread&, const Path& target, const AtFd& dir, const Path& path) {
  PathResolver::Place place;
  SYS_TRY(locate_for_change(dir, path, EEXIST, place));
  return SysResult::of_host(symlinkat(target.c_str(), place.directory.get(), place.name.c_str()));
}

SysResult sys_linkat(Thread&, const AtFd& old_dir, const Path& old_path, const AtFd& new_dir,
                     const Path& new_path, const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~flag::AtFlags_AT_SYMLINK_FOLLOW) return SysResult::error(EINVAL);
  OwnedFd file;
  SYS_TRY(open_path(old_dir, old_path, flags.has(flag::AtFlags_AT_SYMLINK_FOLLOW), file));
  struct stat status;
  SYS_TRY(SysResult::of_host(fstat(file.get(), &status)));
  if (S_ISDIR(status.st_mode)) return SysResult::error(EPERM);
  PathResolver::Place place;
  SYS_TRY(locate_for_change(new_dir, new_path, EEXIST, place));
  if (old_dir.file->is_read_only()) return SysResult::error(EXDEV);
  return SysResult::of_host(linkat(AT_FDCWD, descriptor_path(file).c_str(), place.directory.get(),
                                   place.name.c_str(), AT_SYMLINK_FOLLOW));
}

SysResult sys_renameat2(Thread&, const AtFd& old_dir, const Path& old_path, const AtFd& new_dir,
                        const Path& new_path, const Flags<FlagSet::RenameFlags>& flags) {
  PathResolver::Place from, to;
  SYS_TRY(locate_for_change(old_dir, old_path, EBUSY, from));
  SYS_TRY(locate_for_change(new_dir, new_path, EBUSY, to));
  return SysResult::of_host(
      renameat2(from.directory.get(), from.name.c_str(), to.directory.get(), to.name.c_str(), flags.bits));
}

SysResult sys_readlinkat(Thread&, const AtFd& dir, const Path& path, BytesOut& target) {
  OwnedFd link;
  SYS_TRY(open_path(dir, path, false, link));
  char text[PATH_MAX];
  SysResult length = SysResult::of_host(readlinkat(link.get(), "", text, sizeof text));
  if (!length.ok()) return SysResult::error(length.error_number() == ENOENT ? EINVAL : length.error_number());
  uint32_t count = static_cast<uint32_t>(std::min<int64_t>(length.value(), target.size));
  if (!target.put(0, text, count)) return SysResult::error(EFAULT);
  return target.fill_with(SysResult(count));
}

SysResult sys_statx(Thread&, const AtFd& dir, const Path& path, const Flags<FlagSet::AtFlags>& flags,
                    const Scalar<uint32_t>&, Out<FileStatus>& out) {
  FileStatus status{};
  if (path.view().empty() && flags.has(flag::AtFlags_AT_EMPTY_PATH)) {
    if (!dir.file) return SysResult::error(EBADF);
    SYS_TRY(dir.file->status(status));
    return out.put(status);
  }
  OwnedFd file;
  SYS_TRY(open_path(dir, path, !flags.has(flag::AtFlags_AT_SYMLINK_NOFOLLOW), file));
  SYS_TRY(SysResult::of_host(statx(file.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status)));
  return out.put(status);
}

SysResult sys_utimensat_time64(Thread&, const AtFd& dir, const Path& path, const In<FileTimes>& times,
                               const Flags<FlagSet::AtFlags>& flags) {
  timespec host_times[2] = {times.value.access, times.value.modification};
  if (dir.file && dir.file->is_read_only()) return SysResult::error(EROFS);
  if (path.view().empty() && flags.has(flag::AtFlags_AT_EMPTY_PATH)) {
    return dir.file ? dir.file->set_times(host_times) : SysResult::error(EBADF);
  }
  OwnedFd file;
  SYS_TRY(open_path(dir, path, !flags.has(flag::AtFlags_AT_SYMLINK_NOFOLLOW), file));
  SysResult result = SysResult::of_host(utimensat(file.get(), "", host_times, AT_EMPTY_PATH));
  if (result.error_number() != EINVAL) return result;
  // Before Linux 5.8; this way cannot change a link itself.
  return SysResult::of_host(utimensat(AT_FDCWD, descriptor_path(file).c_str(), host_times, 0));
}

}  // namespace lindvm
