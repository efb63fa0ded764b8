#pragma once
// Finding where an exception lands: a walk over guest frames and their translations' handler tables. Touches
// only guest frames; the caller resumes there.

#include "vm/interp/translation.h"
#include "vm/runtime/context.h"

namespace lindvm::interp {

/// Where an exception is caught: by interpreted code (ip) or machine code (machine, pc), or, all null, by
/// nothing in this activation.
struct LandingSite {
  const Instr* ip = nullptr;
  const MachineCode* machine = nullptr;
  const uint8_t* pc = nullptr;
  uint64_t* fp = nullptr;
  bool found() const { return ip != nullptr || machine != nullptr; }
};

/// Searches from the walker's frame outward and, where found, writes the caught values to their slots.
LandingSite find_handler(ThreadContext& thread, StackWalker walker, uint64_t exception);

/// Is this the return address of a host-to-guest entry's pseudo-frame?
bool is_entry_return_address(const Instr* ip);

}  // namespace lindvm::interp
