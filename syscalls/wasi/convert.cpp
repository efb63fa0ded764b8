#include "syscalls/wasi/convert.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace lindvm::wasi {
namespace {

constexpr uint64_t k_second = 1'000'000'000;

timespec file_time(uint64_t nanoseconds, bool is_set, bool is_now) {
  if (is_now) return {0, UTIME_NOW};
  if (!is_set) return {0, UTIME_OMIT};
  return {static_cast<time_t>(nanoseconds / k_second), static_cast<long>(nanoseconds % k_second)};
}

}  // namespace

int to_host_flags(uint32_t fd_flags) {
  int flags = 0;
  if (fd_flags & flag::WasiFdFlags_APPEND) flags |= O_APPEND;
  if (fd_flags & flag::WasiFdFlags_NONBLOCK) flags |= O_NONBLOCK;
  if (fd_flags & flag::WasiFdFlags_DSYNC) flags |= O_DSYNC;
  if (fd_flags & (flag::WasiFdFlags_RSYNC | flag::WasiFdFlags_SYNC)) flags |= O_SYNC;
  return flags;
}

uint16_t to_wasi_flags(int host_flags) {
  uint64_t flags = 0;
  if (host_flags & O_APPEND) flags |= flag::WasiFdFlags_APPEND;
  if (host_flags & O_NONBLOCK) flags |= flag::WasiFdFlags_NONBLOCK;
  if ((host_flags & O_SYNC) == O_SYNC) {
    flags |= flag::WasiFdFlags_SYNC | flag::WasiFdFlags_RSYNC;
  } else if (host_flags & O_DSYNC) {
    flags |= flag::WasiFdFlags_DSYNC;
  }
  return static_cast<uint16_t>(flags);
}

SysResult to_file_times(const Nanoseconds& access, const Nanoseconds& modification,
                        const Flags<FlagSet::WasiTimeFlags>& which, FileTimes& times) {
  bool sets_access = which.has(flag::WasiTimeFlags_ATIM);
  bool sets_modification = which.has(flag::WasiTimeFlags_MTIM);
  bool access_is_now = which.has(flag::WasiTimeFlags_ATIM_NOW);
  bool modification_is_now = which.has(flag::WasiTimeFlags_MTIM_NOW);
  if ((sets_access && access_is_now) || (sets_modification && modification_is_now)) {
    return SysResult::error(EINVAL);
  }
  times.access = file_time(access.value, sets_access, access_is_now);
  times.modification = file_time(modification.value, sets_modification, modification_is_now);
  return SysResult();
}

}  // namespace lindvm::wasi
