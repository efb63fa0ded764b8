#pragma once
// The stack-cloning verification mode (DESIGN.md section 5): at a safepoint the guest stack is copied to
// another address, its words are checked [R6], the original becomes inaccessible, and the thread goes on with
// the copy and with relocated context blocks. Anything in a frame that is not position-independent crashes at
// once.

#include "vm/runtime/context.h"

namespace lindvm::interp {

/// Clones at every host call (`after_call`) and every `every`-th other safepoint; `frame`, an address in the
/// stack, becomes the copy's. `low` is the lowest word in use. Does nothing inside nested host-to-guest
/// entries, whose host frames cannot be cloned.
void verify_safepoint(ThreadContext& thread, uint64_t*& frame, const uint64_t* low, uint32_t every,
                      bool after_call);

}  // namespace lindvm::interp
