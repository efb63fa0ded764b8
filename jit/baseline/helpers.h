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
using Helper = uint64_t (*)(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b);

namespace helpers {

#define LINDVM_HELPERS(X)                                                                                   \
  X(evaluate_numeric)                                                                                       \
  X(table_get)                                                                                              \
  X(table_set)                                                                                              \
  X(table_size) X(table_grow) X(table_fill) X(table_copy) X(table_init) X(elem_drop) X(memory_size)         \
      X(memory_grow) X(memory_fill) X(memory_copy) X(memory_init) X(data_drop) X(ref_func) X(atomic_notify) \
          X(atomic_wait32) X(atomic_wait64)
#define LINDVM_DECLARE(name) uint64_t name(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b);
LINDVM_HELPERS(LINDVM_DECLARE)
#undef LINDVM_DECLARE

}  // namespace helpers

/// A host function's call from machine code: a HostStatus.
uint64_t call_host(InstanceContext* ctx, const FunctionCode* code, uint64_t* arguments,
                   const void* return_address);
/// What a non-null function reference denotes.
const Function* find_function(InstanceContext* ctx, uint64_t ref);
/// The function that an indirect call of another type than the entry's is to enter, if any. The return
/// address is that of the stub's call.
const Function* resolve_callee(InstanceContext* ctx, const TableEntry* entry, uint32_t expected,
                               const uint8_t* return_address);

}  // namespace lindvm::jit
