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

/// openat2's argument, with the host's numbers.
struct OpenHow {
  int flags = 0;
  mode_t mode = 0;
  uint64_t resolve = 0;
};
/// What openat opens, not yet in a descriptor table. The process's creation mask is applied.
SysResult open_file(Thread& thread, const AtFd& dir, const Path& path, const OpenHow& how, FileRef& file);

/// EACCES if the process may not search the directory.
SysResult may_search(const OpenFile& directory);

/// Waits until a file is ready, the timeout (null: none) is over, or EINTR. Entries without a host descriptor
/// are skipped (negative fd). Answers the number of ready entries.
SysResult wait_for_files(Thread& thread, std::span<pollfd> files, const timespec* timeout);

}  // namespace lindvm
