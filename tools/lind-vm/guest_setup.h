#pragma once
// The guest's process as the command line describes it, for the personality that the program imports. Main
// thread; lives longer than the guest's store.

#include <memory>

#include "syscalls/linux.h"
#include "syscalls/wasi.h"
#include "tools/lind-vm/run_options.h"
#include "vm/runtime/engine.h"

namespace lindvm {

/// Throws CommandError if a directory or file cannot be opened.
std::unique_ptr<Process> make_guest_process(const RunOptions& options, const Module& program);

}  // namespace lindvm
