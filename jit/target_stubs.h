#pragma once
// The back end's stubs (see jit/target.h).

#if defined(__x86_64__)
#include "jit/x64/stubs.h"
#elif defined(__aarch64__)
#include "jit/a64/stubs.h"
#endif
