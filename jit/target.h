#pragma once
// The back end that code is made for. What one supplies is listed in jit/PORTING.md.

#if defined(__x86_64__)
#include "jit/x64/masm.h"
namespace lindvm::jit {
using x64::Cond;
using x64::Label;
using x64::Masm;
}  // namespace lindvm::jit
#else
#error "jit has no back end for this machine"
#endif
