#pragma once
// The back end that code is made for. What one supplies is listed in jit/PORTING.md.

#if defined(__x86_64__)
#include "jit/x64/masm.h"
namespace lindvm::jit {
namespace target = x64;
}
#define LINDVM_TARGET_MEMBERS "jit/x64/lower.inc"
#define LINDVM_TARGET_NUMERIC "jit/x64/numeric.def"
#elif defined(__aarch64__)
#include "jit/a64/masm.h"
namespace lindvm::jit {
namespace target = a64;
}
#define LINDVM_TARGET_MEMBERS "jit/a64/lower.inc"
#define LINDVM_TARGET_NUMERIC "jit/a64/numeric.def"
#else
#error "jit has no back end for this machine"
#endif

namespace lindvm::jit {
using target::Cond;
using target::Label;
using target::Masm;
}  // namespace lindvm::jit
