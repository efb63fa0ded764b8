// WASI's functions on paths, which start from an open directory.

#include <fcntl.h>

#include "syscalls/kernel/operations.h"
#include "syscalls/wasi/convert.h"
#include "syscalls/wasi/functions.h"
#include "syscalls/wasi/rights.h"

namespace lindvm::wasi {
namespace {

constexpr mode_t k_file_mode = 0666;
constexpr uint32_t k_directory_mode = 0777;

constexpr uint64_t k_reads = FD_READ | FD_READDIR;
constexpr uint64_t k_writes = FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE;

Flags<FlagSet::AtFlags> at_flags(const Flags<FlagSet::WasiLookupFlags>& lookup) {
  Flags<FlagSet::AtFlags> flags;
  if (!lookup.has(flag::WasiLookupFlags_SYMLINK_FOLLOW)) flags.bits = flag::AtFlags_AT_SYMLINK_NOFOLLOW;
  return flags;
}

int open_flags(const Flags<FlagSet::WasiLookupFlags>& lookup, const Flags<FlagSet::WasiOpenFlags>& how,
               uint64_t base, uint32_t fd_flags) {
  bool is_directory = how.has(flag::WasiOpenFlags_DIRECTORY);
  bool writes = (base & k_writes) && !is_directory;
  int flags = !writes ? O_RDONLY : base & k_reads ? O_RDWR : O_WRONLY;
  flags |= to_host_flags(fd_flags);
  if (!lookup.has(flag::WasiLookupFlags_SYMLINK_FOLLOW)) flags |= O_NOFOLLOW;
  if (how.has(flag::WasiOpenFlags_CREAT)) flags |= O_CREAT;
  if (how.has(flag::WasiOpenFlags_EXCL)) flags |= O_EXCL;
  if (how.has(flag::WasiOpenFlags_TRUNC)) flags |= O_TRUNC;
  if (is_directory) flags |= O_DIRECTORY;
  return flags;
}

Bits<FlagSet::StatxMask> basic_mask() {
  Bits<FlagSet::StatxMask> mask;
  mask.value = STATX_BASIC_STATS | STATX_BTIME;
  return mask;
}

/// What opening needs of the directory, and what the new descriptor may have of it.
SysResult check_open(const Fd& dir, const Flags<FlagSet::WasiOpenFlags>& how, const Capabilities& wanted) {
  uint64_t needed = 0;
  if (how.has(flag::WasiOpenFlags_CREAT)) needed |= PATH_CREATE_FILE;
  if (how.has(flag::WasiOpenFlags_TRUNC)) needed |= PATH_FILESTAT_SET_SIZE;
  uint64_t derived = wanted.base | wanted.inheriting;
  if ((needed & ~dir.capabilities.base) || (derived & ~dir.capabilities.inheriting)) {
    return SysResult::error(ENOTCAPABLE);
  }
  bool creates_directory = how.has(flag::WasiOpenFlags_CREAT) && how.has(flag::WasiOpenFlags_DIRECTORY);
  return creates_directory ? SysResult::error(EINVAL) : SysResult();
}

}  // namespace

SysResult path_open(Thread& thread, const Fd& dir, const Flags<FlagSet::WasiLookupFlags>& lookup,
                    const Path& path, const Flags<FlagSet::WasiOpenFlags>& how, const Rights& base,
                    const Rights& inheriting, const Flags<FlagSet::WasiFdFlags>& fd_flags,
                    Out<uint32_t>& opened) {
  Capabilities wanted{base.bits, inheriting.bits};
  SYS_TRY(check_open(dir, how, wanted));
  FileRef file;
  SYS_TRY(open_file(thread, dir, path, {open_flags(lookup, how, base.bits, fd_flags.bits), k_file_mode, 0},
                    file));
  wanted.base &= applicable_rights(*file);
  int64_t fd = SYS_TRY(thread.process().fds().add({std::move(file), wanted, {}}));
  return opened.put(static_cast<uint32_t>(fd));
}

SysResult path_create_directory(Thread& thread, const Fd& dir, const Path& path) {
  Mode mode;
  mode.value = k_directory_mode;
  return sys_mkdirat(thread, dir, path, mode);
}

SysResult path_filestat_get(Thread& thread, const Fd& dir, const Flags<FlagSet::WasiLookupFlags>& lookup,
                            const Path& path, Out<FileStatus>& status) {
  return sys_statx(thread, dir, path, at_flags(lookup), basic_mask(), status);
}

SysResult path_filestat_set_times(Thread& thread, const Fd& dir,
                                  const Flags<FlagSet::WasiLookupFlags>& lookup, const Path& path,
                                  const Nanoseconds& access, const Nanoseconds& modification,
                                  const Flags<FlagSet::WasiTimeFlags>& which) {
  In<FileTimes> times;
  SYS_TRY(to_file_times(access, modification, which, times.value));
  return sys_utimensat_time64(thread, dir, path, times, at_flags(lookup));
}

SysResult path_link(Thread& thread, const Fd& old_dir, const Flags<FlagSet::WasiLookupFlags>& lookup,
                    const Path& old_path, const Fd& new_dir, const Path& new_path) {
  Flags<FlagSet::AtFlags> flags;
  if (lookup.has(flag::WasiLookupFlags_SYMLINK_FOLLOW)) flags.bits = flag::AtFlags_AT_SYMLINK_FOLLOW;
  return sys_linkat(thread, old_dir, old_path, new_dir, new_path, flags);
}

SysResult path_readlink(Thread& thread, const Fd& dir, const Path& path, BytesOut& target,
                        Out<uint32_t>& used) {
  int64_t count = SYS_TRY(sys_readlinkat(thread, dir, path, target));
  return used.put(static_cast<uint32_t>(count));
}

SysResult path_remove_directory(Thread& thread, const Fd& dir, const Path& path) {
  Flags<FlagSet::AtFlags> flags;
  flags.bits = flag::AtFlags_AT_REMOVEDIR;
  return sys_unlinkat(thread, dir, path, flags);
}

SysResult path_unlink_file(Thread& thread, const Fd& dir, const Path& path) {
  return sys_unlinkat(thread, dir, path, {});
}

SysResult path_rename(Thread& thread, const Fd& old_dir, const Path& old_path, const Fd& new_dir,
                      const Path& new_path) {
  return sys_renameat2(thread, old_dir, old_path, new_dir, new_path, {});
}

/// A link that leaves could be followed by others than us.
SysResult path_symlink(Thread& thread, const Path& target, const Fd& dir, const Path& path) {
  if (target.view().empty()) return SysResult::error(ENOENT);
  if (target.view().front() == '/') return SysResult::error(EPERM);
  return sys_symlinkat(thread, target, dir, path);
}

}  // namespace lindvm::wasi
