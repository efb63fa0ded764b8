// Extended attributes. Each call is a lookup and one host call on a path that leads to what was found.

#include <fcntl.h>
#include <sys/xattr.h>

#include "syscalls/kernel/lookup.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint64_t k_nofollow = flag::AtFlags_AT_SYMLINK_NOFOLLOW;
constexpr uint64_t k_empty = flag::AtFlags_AT_EMPTY_PATH;

SysResult set(const Target& target, const XattrName& name, const std::byte* value, size_t size,
              uint32_t flags) {
  constexpr uint32_t k_flags = XATTR_CREATE | XATTR_REPLACE;
  if (flags & ~k_flags) return SysResult::error(EINVAL);
  if (target.fd < 0) return SysResult::error(EOPNOTSUPP);
  SYS_TRY(target.check_change());
  return SysResult::of_host(
      setxattr(target.host_path().c_str(), name.c_str(), value, size, static_cast<int>(flags)));
}

SysResult get(const Target& target, const XattrName& name, std::byte* value, size_t size) {
  if (target.fd < 0) return SysResult::error(EOPNOTSUPP);
  return SysResult::of_host(getxattr(target.host_path().c_str(), name.c_str(), value, size));
}

SysResult list(const Target& target, std::byte* names, size_t size) {
  if (target.fd < 0) return SysResult();
  return SysResult::of_host(listxattr(target.host_path().c_str(), reinterpret_cast<char*>(names), size));
}

SysResult remove(const Target& target, const XattrName& name) {
  if (target.fd < 0) return SysResult::error(EOPNOTSUPP);
  SYS_TRY(target.check_change());
  return SysResult::of_host(removexattr(target.host_path().c_str(), name.c_str()));
}

/// The file behind a path from the current directory.
SysResult find(Thread& thread, const Path& path, unsigned how, Target& target) {
  return find_target(thread, AtFd::cwd(thread.process()), path.view(), how, target);
}

SysResult find_at(Thread& thread, const AtFd& dir, const OptionalPath& path, uint64_t flags, Target& target) {
  if (flags & ~(k_nofollow | k_empty)) return SysResult::error(EINVAL);
  if (path.is_null() && !(flags & k_empty)) return SysResult::error(EFAULT);
  unsigned how = (flags & k_nofollow ? 0 : k_follow) | (flags & k_empty ? k_empty_path : 0);
  return find_target(thread, dir, path.view(), how, target);
}

/// A descriptor that only stands for a path has no attributes.
SysResult find_open(const Fd& fd, Target& target) {
  int64_t flags = SYS_TRY(fd.file->flags());
  target = target_of(*fd.file);
  return flags & O_PATH ? SysResult::error(EBADF) : SysResult();
}

}  // namespace

SysResult sys_setxattr(Thread& thread, const Path& path, const XattrName& name, const BytesIn& value,
                       const Flags<FlagSet::XattrFlags>& flags) {
  Target target;
  SYS_TRY(find(thread, path, k_follow, target));
  return set(target, name, value.data(), value.size, flags.bits);
}

SysResult sys_lsetxattr(Thread& thread, const Path& path, const XattrName& name, const BytesIn& value,
                        const Flags<FlagSet::XattrFlags>& flags) {
  Target target;
  SYS_TRY(find(thread, path, 0, target));
  return set(target, name, value.data(), value.size, flags.bits);
}

SysResult sys_fsetxattr(Thread&, const Fd& fd, const XattrName& name, const BytesIn& value,
                        const Flags<FlagSet::XattrFlags>& flags) {
  Target target;
  SYS_TRY(find_open(fd, target));
  return set(target, name, value.data(), value.size, flags.bits);
}

SysResult sys_setxattrat(Thread& thread, const AtFd& dir, const OptionalPath& path,
                         const Flags<FlagSet::AtFlags>& at_flags, const XattrName& name,
                         const XattrValue& value) {
  Target target;
  SYS_TRY(find_at(thread, dir, path, at_flags.bits, target));
  return set(target, name, value.data(), value.size(), value.flags());
}

SysResult sys_getxattr(Thread& thread, const Path& path, const XattrName& name, BytesOut& value) {
  Target target;
  SYS_TRY(find(thread, path, k_follow, target));
  return value.fill_with(get(target, name, value.data(), value.size));
}

SysResult sys_lgetxattr(Thread& thread, const Path& path, const XattrName& name, BytesOut& value) {
  Target target;
  SYS_TRY(find(thread, path, 0, target));
  return value.fill_with(get(target, name, value.data(), value.size));
}

SysResult sys_fgetxattr(Thread&, const Fd& fd, const XattrName& name, BytesOut& value) {
  Target target;
  SYS_TRY(find_open(fd, target));
  return value.fill_with(get(target, name, value.data(), value.size));
}

SysResult sys_getxattrat(Thread& thread, const AtFd& dir, const OptionalPath& path,
                         const Flags<FlagSet::AtFlags>& at_flags, const XattrName& name,
                         const XattrValue& value) {
  if (value.flags() != 0) return SysResult::error(EINVAL);
  Target target;
  SYS_TRY(find_at(thread, dir, path, at_flags.bits, target));
  return get(target, name, value.data(), value.size());
}

SysResult sys_listxattr(Thread& thread, const Path& path, BytesOut& names) {
  Target target;
  SYS_TRY(find(thread, path, k_follow, target));
  return names.fill_with(list(target, names.data(), names.size));
}

SysResult sys_llistxattr(Thread& thread, const Path& path, BytesOut& names) {
  Target target;
  SYS_TRY(find(thread, path, 0, target));
  return names.fill_with(list(target, names.data(), names.size));
}

SysResult sys_flistxattr(Thread&, const Fd& fd, BytesOut& names) {
  Target target;
  SYS_TRY(find_open(fd, target));
  return names.fill_with(list(target, names.data(), names.size));
}

SysResult sys_listxattrat(Thread& thread, const AtFd& dir, const OptionalPath& path,
                          const Flags<FlagSet::AtFlags>& at_flags, BytesOut& names) {
  Target target;
  SYS_TRY(find_at(thread, dir, path, at_flags.bits, target));
  return names.fill_with(list(target, names.data(), names.size));
}

SysResult sys_removexattr(Thread& thread, const Path& path, const XattrName& name) {
  Target target;
  SYS_TRY(find(thread, path, k_follow, target));
  return remove(target, name);
}

SysResult sys_lremovexattr(Thread& thread, const Path& path, const XattrName& name) {
  Target target;
  SYS_TRY(find(thread, path, 0, target));
  return remove(target, name);
}

SysResult sys_fremovexattr(Thread&, const Fd& fd, const XattrName& name) {
  Target target;
  SYS_TRY(find_open(fd, target));
  return remove(target, name);
}

SysResult sys_removexattrat(Thread& thread, const AtFd& dir, const OptionalPath& path,
                            const Flags<FlagSet::AtFlags>& at_flags, const XattrName& name) {
  Target target;
  SYS_TRY(find_at(thread, dir, path, at_flags.bits, target));
  return remove(target, name);
}

}  // namespace lindvm
