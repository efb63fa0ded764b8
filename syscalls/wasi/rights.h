#pragma once
// Which rights mean something for a file, by what it is. Any thread.

#include <cstdint>

#include "syscalls/kernel/open_file.h"

namespace lindvm::wasi {

/// All rights that a descriptor of the file may have. Terminals lack seeking, which is how a guest's isatty
/// tells them from other devices.
uint64_t applicable_rights(OpenFile& file);

}  // namespace lindvm::wasi
