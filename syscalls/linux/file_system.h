#pragma once
// What the files of a Linux program's process are made of when it starts: its view, root, current directory
// and program. Composition time, one thread.

#include "syscalls/linux.h"

namespace lindvm {

/// Fails with ErrorKind::io if a directory cannot be opened.
Result<void> make_file_system(Process& process, const LinuxConfig& config);

}  // namespace lindvm
