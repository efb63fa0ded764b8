#pragma once
// For tests: runs code with guarded accesses and tells whether it faulted for a guest, and where.

#include <memory>

#include "memory/os/abandonable_call.h"
#include "memory/os/fault.h"

namespace lindvm {

struct CaughtFault {
  bool faulted = false;
  int signal = 0;
  const void* address = nullptr;
  const void* ip = nullptr;
  const void* fp = nullptr;
};

class FaultCatcher {
 public:
  FaultCatcher() {
    install_fault_handlers();
    set_guest_fault_callback(catch_fault);
  }

  template <class Body>
  CaughtFault run(Body&& body) {
    t_current = this;
    fault_ = {};
    call_.run(body);
    t_current = nullptr;
    return fault_;
  }

 private:
  static bool catch_fault(FaultContext& context, const void* ip, const void* fp) {
    FaultCatcher* self = t_current;
    if (!self) return false;
    self->fault_ = {true, context.signal, context.fault_address, ip, fp};
    self->call_.abandon(context);
    return true;
  }

  inline static thread_local constinit FaultCatcher* t_current = nullptr;

  AltStack alt_stack_;
  AbandonableCall call_;
  CaughtFault fault_;
};

}  // namespace lindvm
