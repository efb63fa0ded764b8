#pragma once
// Kernel operations that several calls share, in terms of files and host flags. On the calling guest thread's
// host thread.

#include <poll.h>

#include <span>

#include "syscalls/kernel/path.h"
#include "syscalls/table/arguments.h"

namespace lindvm {

/// The host directory that a relative path starts from: EBADF, ENOTDIR.
SysResult directory_of(const AtFd& dir, int& host_fd);

/// What openat opens; `flags` and `mode` are the host's. Not yet in a descriptor table.
SysResult open_file(const AtFd& dir, const Path& path, int flags, mode_t mode, FileRef& file);

/// Waits until a file is ready, the timeout (null: none) is over, or EINTR. Entries without a host descriptor
/// are skipped (negative fd). Answers the number of ready entries.
SysResult wait_for_files(Thread& thread, std::span<pollfd> files, const timespec* timeout);

}  // namespace lindvm
