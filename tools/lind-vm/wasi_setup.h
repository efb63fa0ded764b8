#pragma once
// Connects a program to the WASI preview 1 personality with what the command line grants it.

#include "tools/lind-vm/run_options.h"
#include "vm/runtime/engine.h"

namespace lindvm {

void define_wasi(Linker& linker, const RunOptions& options);

}  // namespace lindvm
