#include "vm/runtime/host_function.h"

#include "vm/runtime/context.h"

namespace lindvm {

HostStatus HostCall::fail(Trap trap, std::string detail) {
  thread.trap.kind = trap;
  thread.trap.detail = std::move(detail);
  return HostStatus::trap;
}

HostStatus HostCall::exit(uint32_t code) {
  thread.exit_code = code;
  thread.has_exited = true;
  return HostStatus::exit;
}

}  // namespace lindvm
