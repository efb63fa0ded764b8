#pragma once
// The back end's stubs (see jit/target.h).

#if defined(__x86_64__)
#include "jit/x64/stubs.h"
namespace lindvm::jit {
namespace target = x64;
}
#else
#error "jit has no back end for this machine"
#endif
