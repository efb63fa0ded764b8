#pragma once
// Conversions between WASI's flags and times and the host's. Pure functions.

#include "syscalls/wasi/abi.h"

namespace lindvm::wasi {

/// O_APPEND, O_NONBLOCK, O_DSYNC, O_SYNC.
int to_host_flags(uint32_t fd_flags);
uint16_t to_wasi_flags(int host_flags);

/// EINVAL if a time is to be both set and now.
SysResult to_file_times(const Nanoseconds& access, const Nanoseconds& modification,
                        const Flags<FlagSet::WasiTimeFlags>& which, FileTimes& times);

}  // namespace lindvm::wasi
