#pragma once
// Finding where an exception lands: a walk over guest frames and their translations' handler tables. Touches
// only guest frames; the caller resumes there.

#include "vm/interp/translation.h"
#include "vm/runtime/context.h"

namespace lindvm::interp {

struct LandingSite {
  const Instr* ip = nullptr;  ///< null: nothing in this activation catches it
  uint64_t* fp = nullptr;
};

/// Searches from the instruction at `ip` outward and, where found, writes the caught values to their slots.
LandingSite find_handler(ThreadContext& thread, const Instr* ip, uint64_t* fp, uint64_t exception);

/// Is this the return address of a host-to-guest entry's pseudo-frame?
bool is_entry_return_address(const Instr* ip);

}  // namespace lindvm::interp
