#pragma once
// Operations that machine code leaves to C++: each takes its operands from slots (descending in memory, as
// frames are) and leaves its results in the first of them. Run on the host stack of the guest thread; they
// change nothing of the guest's registers.

#include <cstdint>

#include "vm/base/trap.h"
#include "vm/runtime/context.h"

namespace lindvm {
struct Function;
struct TableEntry;
}  // namespace lindvm

namespace lindvm::jit {

inline constexpr ValKind k_one_ref[] = {ValKind::ref};

/// A Trap, as 64 bits.
using HelperFunction = uint64_t(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b);
using Helper = HelperFunction*;

namespace helpers {

#define HELPER(name) HelperFunction name;
#include "jit/baseline/helpers.def"
#undef HELPER

}  // namespace helpers

/// What a non-null function reference denotes.
const Function* find_function(InstanceContext* ctx, uint64_t ref);
/// The function that an indirect call of another type than the entry's is to enter, if any. The return
/// address is that of the stub's call.
const Function* resolve_callee(InstanceContext* ctx, const TableEntry* entry, uint32_t expected,
                               const uint8_t* return_address);

}  // namespace lindvm::jit
