#pragma once
// The hand-made pieces of machine code that guest machine code is entered, left and served by. Generated once
// per process; immortal. jit/README.md explains the conventions.

#include <array>
#include <cstdint>

#include "vm/base/trap.h"
#include "vm/runtime/context.h"
#include "vm/runtime/tier.h"

namespace lindvm::jit {

struct Stubs {
  /// Called from C++: saves the host's registers and goes on at the state, on the guest stack.
  void (*enter)(const MachineState* state, MachineLink* link) = nullptr;
  const void* leave = nullptr;  ///< see CompilingTier::leave_address

  // Called by machine code; each leaves guest code, some to come back behind the call.
  const void* interrupt = nullptr;           ///< a safepoint
  const void* interpreted_call = nullptr;    ///< entry of functions without machine code
  const void* interpreted_return = nullptr;  ///< jumped to by return thunks
  const void* throw_tag = nullptr;
  const void* throw_ref = nullptr;
  std::array<const void*, k_trap_count> traps{};

  // Called by machine code; run C++ on the host stack and come back.
  const void* helper = nullptr;          ///< calls a helper; traps if it says so
  const void* find_function = nullptr;   ///< of a reference, for call_ref
  const void* resolve_callee = nullptr;  ///< of indirect calls of another type than the callee's
};

}  // namespace lindvm::jit
