#pragma once
// Ways out of the dispatcher. Each is an exit instruction in a static array; its handler records where
// guest code stopped in ThreadContext::leave and returns to the run loop (vm/interp/run.cpp).

#include "vm/base/trap.h"
#include "vm/interp/instr.h"
#include "vm/runtime/context.h"
#include "vm/runtime/host_function.h"

namespace lindvm::interp {

/// Exit instructions by reason, then by trap kind; filled when the dispatcher is initialised.
extern Instr g_exit_instrs[k_leave_reason_count];
extern Instr g_trap_exits[k_trap_count];

inline const Instr* exit_instr(LeaveReason reason) { return &g_exit_instrs[static_cast<int>(reason)]; }
inline const Instr* trap_exit(Trap kind) { return &g_trap_exits[static_cast<int>(kind)]; }
inline const Instr* host_exit(HostStatus status) {
  switch (status) {
    case HostStatus::trap:
      return exit_instr(LeaveReason::host_trap);
    case HostStatus::raise:
      return exit_instr(LeaveReason::host_raise);
    case HostStatus::exit:
      return exit_instr(LeaveReason::exited);
    case HostStatus::ok:
      break;
  }
  return nullptr;
}

/// What the callee of a frame that no guest code made returns to: the units of a call whose arguments begin
/// right below the frame's header, then the exit.
template <LeaveReason reason>
const Instr* exit_return_address() {
  static const struct Code {
    Instr instrs[3];
    Code() {
      instrs[0].x = -1;
      instrs[2] = *exit_instr(reason);
    }
  } code;
  return &code.instrs[2];
}

}  // namespace lindvm::interp
