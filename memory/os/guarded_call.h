#pragma once
// Calls of host functions that may fault on guest pages: such a fault makes the call return false. For the
// bulk helpers of memory/guarded_bytes.h: the callee is abandoned in the middle.

#include <cstddef>
#include <cstdint>

#include "memory/os/abandonable_call.h"

namespace lindvm {

class FaultContext;

struct HostRange {
  const void* begin = nullptr;
  size_t bytes = 0;

  bool contains(const void* address) const {
    return reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(begin) < bytes;
  }
};

/// function(to, from, count), where faults on addresses within either range are recovered from.
bool guarded_call(AbandonableCall::Function function, void* to, const void* from, size_t count,
                  HostRange first, HostRange second);

/// What the calling thread's last guarded call that failed could not access.
struct GuardedFault {
  const void* address = nullptr;
  int signal = 0;  ///< SIGSEGV, or SIGBUS beyond the end of a file
};
GuardedFault last_guarded_fault();

/// For the fault handler: abandons the thread's guarded call if the fault is one that it expects.
bool recover_guarded_call(FaultContext& context);

}  // namespace lindvm
