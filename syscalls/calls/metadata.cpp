// Calls that read and change what is known of files: status, permissions, owners, times, sizes. By path or by
// descriptor, both come down to a Target (kernel/lookup.h).

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "syscalls/kernel/file_size_limit.h"
#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/lookup.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_tree.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint32_t k_permissions = 07777;
constexpr uint64_t k_nofollow = flag::AtFlags_AT_SYMLINK_NOFOLLOW;
constexpr uint64_t k_empty = flag::AtFlags_AT_EMPTY_PATH;

/// For calls that take AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH.
unsigned lookup_of(uint64_t at_flags) {
  return (at_flags & k_nofollow ? 0 : k_follow) | (at_flags & k_empty ? k_empty_path : 0);
}

SysResult find_for_change(Thread& thread, const AtFd& dir, std::string_view path, unsigned how,
                          Target& target) {
  SYS_TRY(find_target(thread, dir, path, how, target));
  return target.check_change();
}

AtFd cwd_of(Thread& thread) { return AtFd::cwd(thread.process()); }

bool is_link(const Target& target) {
  struct stat status;
  return fstat(target.fd, &status) == 0 && S_ISLNK(status.st_mode);
}

/// fchmodat2 needs Linux 6.6; before, a link's permissions cannot be changed at all.
SysResult change_mode(const Target& target, uint32_t mode) {
  mode &= k_permissions;
  if (target.fd < 0) return SysResult::error(EBADF);
  if (is_link(target)) return SysResult::error(EOPNOTSUPP);
  return SysResult::of_host(chmod(target.host_path().c_str(), mode));
}

SysResult change_owner(const Target& target, uint32_t uid, uint32_t gid) {
  if (target.fd < 0) return SysResult::error(EBADF);
  return SysResult::of_host(fchownat(target.fd, "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
}

constexpr long k_proc_magic = 0x9fa0, k_tmpfs_magic = 0x01021994;
constexpr uint64_t k_made_up_block = 4096, k_name_max = 255;

SysResult file_system_of(const Target& target, struct statfs& status) {
  if (target.fd >= 0 && !target.place.node) {
    SYS_TRY(SysResult::of_host(fstatfs(target.fd, &status)));
  } else {
    status = {};
    bool is_proc = target.place.mount && target.place.mount->type() == "proc";
    status.f_type = is_proc ? k_proc_magic : k_tmpfs_magic;
    status.f_bsize = status.f_frsize = k_made_up_block;
    status.f_namelen = k_name_max;
  }
  constexpr long k_is_read_only = 1, k_is_valid = 0x20;
  status.f_flags = (status.f_flags & ~k_is_read_only) | k_is_valid;
  if (target.is_read_only && !target.place.node) status.f_flags |= k_is_read_only;
  return SysResult();
}

/// The calling thread is the one who asks.
SysResult may_access(Thread& thread, const Target& target, int mode) {
  FileStatus status;
  const VirtualEntry* entry = target.place.node.entry;
  bool takes_writes = entry && entry->behaviour.write;
  if ((mode & W_OK) && target.is_read_only && !takes_writes) {
    SYS_TRY(status_of(thread, target, STATX_BASIC_STATS, status));
    mode_t type = status.stx_mode & S_IFMT;
    if (type == S_IFREG || type == S_IFDIR || type == S_IFLNK) return SysResult::error(EROFS);
  }
  if (target.fd < 0) {
    SYS_TRY(status_of(thread, target, STATX_BASIC_STATS, status));
    uint32_t bits = status.stx_mode | status.stx_mode >> 3 | status.stx_mode >> 6;
    bool is_free = thread.process().identity().may(CAP_DAC_OVERRIDE) && !(mode & X_OK);
    return (bits & static_cast<uint32_t>(mode)) == static_cast<uint32_t>(mode) || is_free
               ? SysResult()
               : SysResult::error(EACCES);
  }
  long result = syscall(SYS_faccessat2, target.fd, "", mode, AT_EMPTY_PATH | AT_EACCESS);
  if (result < 0 && errno == ENOSYS) {  // before Linux 5.8
    result = faccessat(AT_FDCWD, target.host_path().c_str(), mode, 0);
  }
  return SysResult::of_host(result);
}

using CapabilitySets = std::array<uint32_t, 2>;

CapabilitySets real_capabilities(const Identity& identity) {
  return identity.user.real == 0 ? identity.permitted_capabilities : CapabilitySets{};
}
bool is_real_one(const Identity& identity) {
  const Owner &user = identity.user, &group = identity.owner_group;
  return user.file_system == user.real && group.file_system == group.real &&
         identity.effective_capabilities == real_capabilities(identity);
}
/// As access(2) asks: what the real user and group may do.
Identity real_one(Identity identity) {
  for (Owner* owner : {&identity.user, &identity.owner_group}) {
    owner->effective = owner->file_system = owner->real;
  }
  identity.effective_capabilities = real_capabilities(identity);
  return identity;
}

SysResult check_access(Thread& thread, const AtFd& dir, const Path& path, uint32_t mode, uint64_t flags) {
  constexpr uint32_t k_modes = R_OK | W_OK | X_OK;
  constexpr uint64_t k_flags =
      flag::AccessFlags_AT_EACCESS | flag::AccessFlags_AT_SYMLINK_NOFOLLOW | flag::AccessFlags_AT_EMPTY_PATH;
  if ((mode & ~k_modes) || (flags & ~k_flags)) return SysResult::error(EINVAL);
  const Identity& identity = thread.process().identity();
  std::optional<ActingAs> as_real;
  if (!(flags & AT_EACCESS) && !is_real_one(identity)) as_real.emplace(real_one(identity));
  Target target;
  SYS_TRY(find_target(thread, dir, path.view(), lookup_of(flags), target));
  return mode == F_OK ? SysResult() : may_access(thread, target, static_cast<int>(mode));
}

/// A name in an open directory is looked up in one host call, where that finds no link that is to be
/// followed.
bool status_of_name(Thread& thread, const AtFd& dir, const Path& path, bool follows, uint32_t mask,
                    FileStatus& status, SysResult& result) {
  PlainPath plain;
  if (!thread.process().fs() || !plan(thread.process(), dir, path.view(), plain)) return false;
  if (std::strchr(plain.path, '/')) return false;
  result = SysResult::of_host(
      statx(plain.directory, plain.path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, mask | STATX_TYPE, &status));
  return !(result.ok() && follows && S_ISLNK(status.stx_mode));
}

}  // namespace

SysResult sys_statx(Thread& thread, const AtFd& dir, const OptionalPath& path,
                    const Flags<FlagSet::AtFlags>& flags, const Bits<FlagSet::StatxMask>& mask,
                    Out<FileStatus>& out) {
  constexpr uint64_t k_flags = k_nofollow | k_empty | flag::AtFlags_AT_NO_AUTOMOUNT |
                               flag::AtFlags_AT_STATX_FORCE_SYNC | flag::AtFlags_AT_STATX_DONT_SYNC;
  if ((flags.bits & ~k_flags) || (mask.value & STATX__RESERVED)) return SysResult::error(EINVAL);
  FileStatus status{};
  bool is_descriptor = path.view().empty() && flags.has(k_empty);
  if (is_descriptor) {
    if (!dir.file) return SysResult::error(EBADF);
    SYS_TRY(dir.file->status(status));
    return out.put(status);
  }
  if (path.is_null()) return SysResult::error(EFAULT);
  SysResult result;
  if (!status_of_name(thread, dir, path, !flags.has(k_nofollow), mask.value, status, result)) {
    Target target;
    SYS_TRY(find_target(thread, dir, path.view(), lookup_of(flags.bits), target));
    result = status_of(thread, target, mask.value, status);
  }
  SYS_TRY(result);
  return out.put(status);
}

SysResult sys_statfs64(Thread& thread, const Path& path, const Scalar<uint32_t>& size,
                       Out<struct statfs>& out) {
  if (size.value != k_statfs_bytes) return SysResult::error(EINVAL);
  Target target;
  struct statfs status;
  SYS_TRY(find_target(thread, cwd_of(thread), path.view(), k_follow, target));
  SYS_TRY(file_system_of(target, status));
  return out.put(status);
}

SysResult sys_fstatfs64(Thread&, const Fd& fd, const Scalar<uint32_t>& size, Out<struct statfs>& out) {
  if (size.value != k_statfs_bytes) return SysResult::error(EINVAL);
  struct statfs status;
  SYS_TRY(file_system_of(target_of(*fd.file), status));
  return out.put(status);
}

SysResult sys_truncate64(Thread& thread, const Path& path, const Scalar<int64_t>& size) {
  if (size.value < 0) return SysResult::error(EINVAL);
  Target target;
  SYS_TRY(find_target(thread, cwd_of(thread), path.view(), k_follow, target));
  FileStatus status;
  SYS_TRY(status_of(thread, target, STATX_TYPE, status));
  if (S_ISDIR(status.stx_mode)) return SysResult::error(EISDIR);
  if (!S_ISREG(status.stx_mode)) return SysResult::error(EINVAL);
  FsState* fs = thread.process().fs();
  if (fs && target.file && target.file == fs->program()) return SysResult::error(ETXTBSY);
  SYS_TRY(target.check_change());
  return limit_file_size(
      thread, [&] { return SysResult::of_host(truncate(target.host_path().c_str(), size.value)); });
}

namespace {

/// What could be accounted in, if the guest had accounting: a regular file that it may write.
SysResult check_accounting_file(Thread& thread, std::string_view path) {
  Target target;
  FileStatus status;
  SYS_TRY(find_target(thread, cwd_of(thread), path, k_follow, target));
  SYS_TRY(status_of(thread, target, STATX_TYPE, status));
  if (S_ISDIR(status.stx_mode)) return SysResult::error(EISDIR);
  if (!S_ISREG(status.stx_mode)) return SysResult::error(EACCES);
  SYS_TRY(target.check_change());
  SYS_TRY(may_access(thread, target, W_OK));
  return SysResult::error(EPERM);  // it would tell of the host's processes
}

}  // namespace

SysResult sys_acct(Thread& thread, const Late<OptionalPath>& file) {
  if (!thread.process().identity().may(CAP_SYS_PACCT)) return SysResult::error(EPERM);
  if (file.is_null()) return SysResult();
  SYS_TRY(file.check());
  return check_accounting_file(thread, file.view());
}

SysResult sys_faccessat(Thread& thread, const AtFd& dir, const Path& path,
                        const Flags<FlagSet::AccessModes>& mode) {
  return check_access(thread, dir, path, mode.bits, 0);
}

SysResult sys_faccessat2(Thread& thread, const AtFd& dir, const Path& path,
                         const Flags<FlagSet::AccessModes>& mode, const Flags<FlagSet::AccessFlags>& flags) {
  return check_access(thread, dir, path, mode.bits, flags.bits);
}

SysResult sys_fchmod(Thread&, const Fd& fd, const Mode& mode) {
  Target target = target_of(*fd.file);
  SYS_TRY(target.check_change());
  return SysResult::of_host(fchmod(target.fd, mode.value & k_permissions));
}

SysResult sys_fchmodat(Thread& thread, const AtFd& dir, const Path& path, const Mode& mode) {
  Target target;
  SYS_TRY(find_for_change(thread, dir, path.view(), k_follow, target));
  return change_mode(target, mode.value);
}

SysResult sys_fchmodat2(Thread& thread, const AtFd& dir, const Path& path, const Mode& mode,
                        const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~(k_nofollow | k_empty)) return SysResult::error(EINVAL);
  Target target;
  SYS_TRY(find_for_change(thread, dir, path.view(), lookup_of(flags.bits), target));
  return change_mode(target, mode.value);
}

SysResult sys_fchown(Thread&, const Fd& fd, const Scalar<uint32_t>& uid, const Scalar<uint32_t>& gid) {
  Target target = target_of(*fd.file);
  SYS_TRY(target.check_change());
  return SysResult::of_host(fchown(target.fd, uid.value, gid.value));
}

SysResult sys_fchownat(Thread& thread, const AtFd& dir, const Path& path, const Scalar<uint32_t>& uid,
                       const Scalar<uint32_t>& gid, const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~(k_nofollow | k_empty)) return SysResult::error(EINVAL);
  Target target;
  SYS_TRY(find_for_change(thread, dir, path.view(), lookup_of(flags.bits), target));
  return change_owner(target, uid.value, gid.value);
}

SysResult sys_utimensat_time64(Thread& thread, const AtFd& dir, const OptionalPath& path,
                               const OptionalIn<FileTimes>& times, const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~(k_nofollow | k_empty)) return SysResult::error(EINVAL);
  timespec host_times[2] = {times.value.access, times.value.modification};
  if (!times.is_given) host_times[0].tv_nsec = host_times[1].tv_nsec = UTIME_NOW;
  if (path.is_null()) {
    if (flags.bits) return SysResult::error(EINVAL);
    if (dir.is_cwd()) return SysResult::error(EFAULT);
    if (!dir.file) return SysResult::error(EBADF);
    if (dir.file->is_read_only()) return SysResult::error(EROFS);
    return dir.file->set_times(host_times);
  }
  Target target;
  SYS_TRY(find_for_change(thread, dir, path.view(), lookup_of(flags.bits), target));
  SysResult result = SysResult::of_host(utimensat(target.fd, "", host_times, AT_EMPTY_PATH));
  if (result.error_number() != EINVAL) return result;
  // Before Linux 5.8; this way cannot change a link itself.
  return SysResult::of_host(utimensat(AT_FDCWD, target.host_path().c_str(), host_times, 0));
}

namespace {

constexpr long k_file_getattr = 468, k_file_setattr = 469;

SysResult find_attributes(Thread& thread, const AtFd& dir, const Path& path, uint64_t flags, Target& target) {
  if (flags & ~(k_nofollow | k_empty)) return SysResult::error(EINVAL);
  SYS_TRY(find_target(thread, dir, path.view(), lookup_of(flags), target));
  return target.fd < 0 ? SysResult::error(EOPNOTSUPP) : SysResult();
}

}  // namespace

/// From Linux 6.17 on, and not for descriptors that only stand for a path.
SysResult sys_file_getattr(Thread& thread, const AtFd& dir, const Path& path, BytesOut& attributes,
                           const Flags<FlagSet::AtFlags>& flags) {
  Target target;
  SYS_TRY(find_attributes(thread, dir, path, flags.bits, target));
  SYS_TRY(SysResult::of_host(syscall(k_file_getattr, AT_FDCWD, target.host_path().c_str(), attributes.data(),
                                     size_t{attributes.size}, 0)));
  (void)attributes.fill_with(SysResult(attributes.size));
  return SysResult();
}

SysResult sys_file_setattr(Thread& thread, const AtFd& dir, const Path& path, const BytesIn& attributes,
                           const Flags<FlagSet::AtFlags>& flags) {
  Target target;
  SYS_TRY(find_attributes(thread, dir, path, flags.bits, target));
  SYS_TRY(target.check_change());
  return SysResult::of_host(syscall(k_file_setattr, AT_FDCWD, target.host_path().c_str(), attributes.data(),
                                    size_t{attributes.size}, 0));
}

}  // namespace lindvm
