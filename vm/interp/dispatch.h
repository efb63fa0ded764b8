#pragma once
// The dispatcher's face to the run loop. There is one dispatcher per build: tail calls where the compiler has
// them (dispatch_tail.cpp), computed goto elsewhere (dispatch_goto.cpp); both run the bodies of handlers.def.

#include "vm/interp/registers.h"

namespace lindvm::interp {

/// Runs from `start` until an exit instruction; ThreadContext::leave says where and why. Faults of guarded
/// accesses end it in the middle (run.cpp), so that nothing here may need unwinding.
void execute(const Registers& start);

/// Handler addresses by HandlerId, and of the exit handler.
const void* handler_address(uint32_t id);
const void* exit_handler_address();

/// What the exit handler does: records where guest code stopped.
inline void record_leave(const Registers& r) {
  Leave& leave = r.ctx->thread->leave;
  leave.reason = static_cast<LeaveReason>(r.ip->x);
  leave.trap = static_cast<Trap>(r.ip->y);
  leave.ip = r.ctx->leave_ip;
  leave.fp = r.fp;
  leave.ctx = r.ctx;
}

}  // namespace lindvm::interp
