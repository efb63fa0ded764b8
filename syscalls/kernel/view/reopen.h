#pragma once
// Opening an open file again, as a link of /proc/self/fd does. Any thread.

#include "syscalls/kernel/process.h"

namespace lindvm {

/// Never with more access than there is: below a read-only mount EROFS, and EACCES for what the guest was
/// only lent (an inherited descriptor) in a mode that it was not opened with.
SysResult reopen(Process& process, const FileRef& file, int flags, FileRef& opened);

}  // namespace lindvm
