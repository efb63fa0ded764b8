// Calls that make, remove, rename and open names. What they name is found by kernel/lookup.h; nothing below a
// read-only mount is changed (EROFS).

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "syscalls/kernel/lookup.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/view/file_view.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_tree.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint32_t k_permissions = 07777;
constexpr int k_path_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

uint32_t masked(Thread& thread, uint32_t mode) {
  FsState* fs = thread.process().fs();
  return mode & (fs ? ~fs->umask() : ~0u);
}

/// What openat ignores is gone; openat2 refuses it instead.
int known_flags(uint32_t flags) { return static_cast<int>(flags & known_bits(FlagSet::OpenFlags)); }

SysResult check_flags(int flags) {
  bool makes_unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  if (makes_unnamed && ((flags & O_ACCMODE) == O_RDONLY || (flags & O_CREAT)))
    return SysResult::error(EINVAL);
  if ((flags & (O_TMPFILE & ~O_DIRECTORY)) && !makes_unnamed) return SysResult::error(EINVAL);
  if ((flags & O_CREAT) && (flags & O_DIRECTORY)) return SysResult::error(EINVAL);
  return SysResult();
}

SysResult open_at(Thread& thread, const AtFd& dir, const Path& path, OpenHow how) {
  if (how.flags & O_PATH) how.flags &= k_path_flags;
  SYS_TRY(check_flags(how.flags));
  SYS_TRY(thread.process().fds().check_room());  // no file is made that nobody gets
  FileRef file;
  SYS_TRY(open_file(thread, dir, path, how, file));
  bool closes = how.flags & O_CLOEXEC;
  return thread.process().fds().add({.file = std::move(file), .closes_on_exec = closes});
}

/// Is there room for the name? For calls that then refuse it for another reason.
SysResult check_new_name(const Place& place) {
  std::string name(place.name, 0, place.name.find('/'));
  struct stat status;
  if (fstatat(place.directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return SysResult::error(EEXIST);
  if (errno != ENOENT) return SysResult::of_host(-1);
  return name == place.name ? SysResult() : SysResult::error(ENOENT);
}

/// The host's link makes no second name for what is below another mount, or outside of all; that there is no
/// room for the name is told first.
SysResult check_same_mount(const Target& file, const Place& place) {
  bool is_elsewhere = place.mount ? file.place.mount != place.mount : file.is_read_only;
  if (!is_elsewhere && file.fd >= 0) return SysResult();
  SYS_TRY(check_new_name(place));
  return SysResult::error(EXDEV);
}

/// As WASI's link does before it looks where the name is to be.
SysResult refuse_directory(const Target& file) {
  struct stat status;
  SYS_TRY(SysResult::of_host(fstat(file.fd, &status)));
  return S_ISDIR(status.st_mode) ? SysResult::error(EPERM) : SysResult();
}

/// Nothing takes a mount point's place, but what else is wrong is told first.
SysResult refuse_mount_point(const Place& from, const Flags<FlagSet::RenameFlags>& flags) {
  if (from.refusal) return SysResult::error(from.refusal);
  std::string name(from.name, 0, from.name.find('/'));
  struct stat status;
  SYS_TRY(SysResult::of_host(fstatat(from.directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW)));
  if (flags.has(flag::RenameFlags_RENAME_NOREPLACE)) return SysResult::error(EEXIST);
  if (S_ISDIR(status.st_mode)) return SysResult::error(EBUSY);
  if (name != from.name) return SysResult::error(ENOTDIR);
  return SysResult::error(flags.has(flag::RenameFlags_RENAME_EXCHANGE) ? EBUSY : EISDIR);
}

/// What cannot be renamed, or to where, as opposed to what is not there.
SysResult check_rename(const Place& from, const Place& to, const Flags<FlagSet::RenameFlags>& flags) {
  if (from.mount != to.mount) return SysResult::error(EXDEV);
  if (from.refusal == EBUSY) return SysResult::error(EBUSY);
  bool is_mount_point = to.refusal == EBUSY && !to.name.empty();
  if (is_mount_point) return refuse_mount_point(from, flags);
  bool keeps_others = flags.has(flag::RenameFlags_RENAME_NOREPLACE);
  if (to.refusal == EBUSY) return SysResult::error(keeps_others ? EEXIST : EBUSY);
  return SysResult::error(from.refusal ? from.refusal : to.refusal);
}

}  // namespace

SysResult sys_openat(Thread& thread, const AtFd& dir, const Path& path,
                     const Flags<FlagSet::OpenFlags>& flags, const Mode& mode) {
  return open_at(thread, dir, path, {known_flags(flags.bits), mode.value & k_permissions, 0});
}

SysResult sys_openat2(Thread& thread, const AtFd& dir, const Path& path, const OpenHowIn& how) {
  constexpr uint64_t k_resolve = known_bits(FlagSet::ResolveFlags);
  const open_how& wanted = how.value;
  auto flags = static_cast<int>(wanted.flags);
  bool makes_file = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  if (wanted.flags & ~known_bits(FlagSet::OpenFlags)) return SysResult::error(EINVAL);
  if ((flags & O_PATH) && (flags & ~k_path_flags)) return SysResult::error(EINVAL);
  if (makes_file ? wanted.mode & ~uint64_t{k_permissions} : wanted.mode) return SysResult::error(EINVAL);
  if (wanted.resolve & ~k_resolve) return SysResult::error(EINVAL);
  constexpr uint64_t k_scopes = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
  if ((wanted.resolve & k_scopes) == k_scopes) return SysResult::error(EINVAL);
  // Nothing is promised to be found without asking the host.
  if (wanted.resolve & RESOLVE_CACHED) return SysResult::error(EAGAIN);
  return open_at(thread, dir, path, {flags, static_cast<mode_t>(wanted.mode), wanted.resolve});
}

SysResult sys_mkdirat(Thread& thread, const AtFd& dir, const Path& path, const Mode& mode) {
  Place place;
  SYS_TRY(find_place(thread, dir, path.view(), Change::create, place));
  return SysResult::of_host(
      mkdirat(place.directory, place.name.c_str(), masked(thread, mode.value & k_permissions)));
}

namespace {

/// Devices would be doors to the host; that there is no room for the name, or none for the guest, is told
/// first.
SysResult refuse_device(const Place& place) {
  SYS_TRY(check_new_name(place));
  SYS_TRY(SysResult::of_host(faccessat(place.directory, ".", W_OK | X_OK, AT_EACCESS)));
  return SysResult::error(EPERM);
}

}  // namespace

SysResult sys_mknodat(Thread& thread, const AtFd& dir, const Path& path, const Mode& mode,
                      const Scalar<uint32_t>&) {
  mode_t type = mode.value & S_IFMT;
  bool is_device = type == S_IFCHR || type == S_IFBLK;
  if (type == S_IFDIR) return SysResult::error(EPERM);
  if (!is_device && type != 0 && type != S_IFREG && type != S_IFIFO && type != S_IFSOCK)
    return SysResult::error(EINVAL);
  Place place;
  SYS_TRY(find_place(thread, dir, path.view(), Change::create, place));
  if (is_device) return refuse_device(place);
  mode_t permissions = masked(thread, mode.value & k_permissions);
  return SysResult::of_host(mknodat(place.directory, place.name.c_str(), type | permissions, 0));
}

SysResult sys_unlinkat(Thread& thread, const AtFd& dir, const Path& path,
                       const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~flag::AtFlags_AT_REMOVEDIR) return SysResult::error(EINVAL);
  bool removes_directory = flags.has(flag::AtFlags_AT_REMOVEDIR);
  Place place;
  SYS_TRY(find_place(thread, dir, path.view(),
                     removes_directory ? Change::remove_directory : Change::remove_file, place));
  return SysResult::of_host(
      unlinkat(place.directory, place.name.c_str(), removes_directory ? AT_REMOVEDIR : 0));
}

SysResult sys_symlinkat(Thread& thread, const Path& target, const AtFd& dir, const Path& path) {
  if (target.view().empty()) return SysResult::error(ENOENT);
  Place place;
  SYS_TRY(find_place(thread, dir, path.view(), Change::create, place));
  return SysResult::of_host(symlinkat(target.c_str(), place.directory, place.name.c_str()));
}

SysResult sys_linkat(Thread& thread, const AtFd& old_dir, const Path& old_path, const AtFd& new_dir,
                     const Path& new_path, const Flags<FlagSet::AtFlags>& flags) {
  if (flags.bits & ~(flag::AtFlags_AT_SYMLINK_FOLLOW | flag::AtFlags_AT_EMPTY_PATH)) {
    return SysResult::error(EINVAL);
  }
  unsigned how = flags.has(flag::AtFlags_AT_SYMLINK_FOLLOW) ? k_follow : 0;
  if (flags.has(flag::AtFlags_AT_EMPTY_PATH)) how |= k_empty_path;
  Target file;
  SYS_TRY(find_target(thread, old_dir, old_path.view(), how, file));
  if (!thread.process().fs()) SYS_TRY(refuse_directory(file));
  Place place;
  SYS_TRY(find_place(thread, new_dir, new_path.view(), Change::create, place));
  SYS_TRY(check_same_mount(file, place));
  return SysResult::of_host(
      linkat(AT_FDCWD, file.host_path().c_str(), place.directory, place.name.c_str(), AT_SYMLINK_FOLLOW));
}

SysResult sys_renameat2(Thread& thread, const AtFd& old_dir, const Path& old_path, const AtFd& new_dir,
                        const Path& new_path, const Flags<FlagSet::RenameFlags>& flags) {
  constexpr uint64_t k_exchange = flag::RenameFlags_RENAME_EXCHANGE;
  constexpr uint64_t k_not_with_exchange =
      flag::RenameFlags_RENAME_NOREPLACE | flag::RenameFlags_RENAME_WHITEOUT;
  if (flags.bits & ~known_bits(FlagSet::RenameFlags)) return SysResult::error(EINVAL);
  if (flags.has(k_exchange) && flags.has(k_not_with_exchange)) return SysResult::error(EINVAL);
  // A whiteout is a device.
  if (flags.has(flag::RenameFlags_RENAME_WHITEOUT)) return SysResult::error(EPERM);
  Place from, to;
  SYS_TRY(find_place(thread, old_dir, old_path.view(), Change::rename, from));
  SYS_TRY(find_place(thread, new_dir, new_path.view(), Change::rename, to));
  SYS_TRY(check_rename(from, to, flags));
  return SysResult::of_host(
      renameat2(from.directory, from.name.c_str(), to.directory, to.name.c_str(), flags.bits));
}

namespace {

SysResult read_link(Thread& thread, const Target& link, bool is_by_descriptor, std::string& text) {
  if (const VirtualEntry* entry = link.place.node.entry; entry && link.fd < 0) {
    if (!is_link(*entry)) return SysResult::error(is_by_descriptor ? ENOENT : EINVAL);
    text = entry->behaviour.text({thread.process(), link.place.node});
    return text.empty() ? SysResult::error(ENOENT) : SysResult();
  }
  SysResult result = read_link_at(link.fd, "", text);
  bool is_no_link = result.error_number() == ENOENT && !is_by_descriptor;
  return is_no_link ? SysResult::error(EINVAL) : result;
}

}  // namespace

SysResult sys_readlinkat(Thread& thread, const AtFd& dir, const Path& path, BytesOut& target) {
  if (target.size == 0 || target.size > INT32_MAX) return SysResult::error(EINVAL);
  Target link;
  SYS_TRY(find_target(thread, dir, path.view(), k_empty_path, link));
  std::string text;
  SYS_TRY(read_link(thread, link, path.view().empty(), text));
  auto count = static_cast<uint32_t>(std::min<size_t>(text.size(), target.size));
  if (!target.put(0, text.data(), count)) return SysResult::error(EFAULT);
  return target.fill_with(SysResult(count));
}

}  // namespace lindvm
