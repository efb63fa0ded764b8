#pragma once
// What personalities share in making a process. Composition time, one thread.

#include <array>
#include <memory>
#include <string>

#include "syscalls/kernel/process.h"
#include "vm/base/result.h"

namespace lindvm {

/// "FILE: what errno says".
Error io_error(const std::string& file);

/// Descriptors 0 to 2 from the host's, which stay open; a number whose host descriptor is closed or -1 is
/// taken only until close_missing_stdio, so that nothing else gets it.
void add_stdio(FdTable& fds, const std::array<int, 3>& stdio, Capabilities (*capabilities)(OpenFile&));
void close_missing_stdio(FdTable& fds, const std::array<int, 3>& stdio);

/// Lines to a file, or to stderr if the name is empty.
Result<std::unique_ptr<Strace>> open_strace(const std::string& file, const StraceOptions& options);

}  // namespace lindvm
