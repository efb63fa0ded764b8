#pragma once
// The back end's stubs, and its registers' numbers for debuggers (see jit/target.h).

#if defined(__x86_64__)
#include "jit/x64/dwarf.h"
#include "jit/x64/stubs.h"
#elif defined(__aarch64__)
#include "jit/a64/dwarf.h"
#include "jit/a64/stubs.h"
#endif
