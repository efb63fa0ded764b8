#pragma once
// Hardware faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) of the process: found to be a guest's access, a VM
// helper's, or neither, and sent on its way. Handlers are process-wide; each host thread that runs guests
// owns an AltStack for them, since they must never run on a guest stack. All that a callback does must be
// async-signal-safe.

#include <signal.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "memory/os/virtual_memory.h"

namespace lindvm {

/// The thread that faulted, as it will go on when the handler returns.
class FaultContext {
 public:
  FaultContext(int signal_number, const siginfo_t* info, void* machine_context);

  const int signal;
  /// What could not be accessed (SIGSEGV, SIGBUS), else the instruction.
  const void* const fault_address;
  const siginfo_t* const info;

  uintptr_t pc() const;
  uintptr_t sp() const;
  /// A general-purpose register by the assembler's name, with or without the %: "rbx", "%r12", "x19".
  std::optional<uint64_t> reg(std::string_view name) const;

  /// Makes the thread call landing(argument) when the handler returns, on the stack it is on, below what it
  /// uses there. The landing must not return.
  void redirect(void (*landing)(void*), void* argument);
  /// Makes the thread go on at an address with a stack pointer, other registers as they are.
  void resume_at(uintptr_t pc, uintptr_t sp);

 private:
  void* machine_;  // ucontext_t
};

/// Called in the signal handler for a fault of a guarded access (memory/os/guarded_access.h), with the `ip`
/// and `fp` of the access. True: the context was redirected. False: the fault is treated as one of the VM
/// itself.
using GuestFaultCallback = bool (*)(FaultContext& context, const void* ip, const void* fp);
void set_guest_fault_callback(GuestFaultCallback callback);

/// Called in the signal handler for a fault whose instruction lies in [begin, end), the process's range of
/// machine code made for guests. Results as above.
using CodeFaultCallback = bool (*)(FaultContext& context);
void set_code_fault_callback(const void* begin, const void* end, CodeFaultCallback callback);

/// Installs the handlers, once per process; later calls do nothing. Faults that are not ours go to the
/// handlers found then, or kill the process as the default action does.
void install_fault_handlers();

/// Gives the calling thread an alternate signal stack while it lives. Destroyed by the thread that made it.
class AltStack {
 public:
  static constexpr size_t k_bytes = 64 * 1024;

  AltStack();
  ~AltStack();
  AltStack(const AltStack&) = delete;
  AltStack& operator=(const AltStack&) = delete;

 private:
  Reservation storage_;
  stack_t previous_{};
};

}  // namespace lindvm
