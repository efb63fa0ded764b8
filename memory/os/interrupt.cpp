#include "memory/os/interrupt.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "memory/os/fault.h"

// The places of each use of interruptible_syscall(), as distances from the fields themselves: the start, the
// end and where it goes on when interrupted. The linker names the section's ends.
extern "C" {
struct InterruptibleRange {
  int32_t begin, end, interrupted;
};
extern const InterruptibleRange __start_lindvm_interruptible[];
extern const InterruptibleRange __stop_lindvm_interruptible[];
}
// Exists in programs without a use as well.
asm(".pushsection lindvm_interruptible, \"a\"\n .popsection");

namespace lindvm {
namespace {

// Away from SIGRTMIN itself and its neighbours, which libraries take first.
int kick_signal() { return SIGRTMIN + 7; }

uintptr_t place(const int32_t& field) { return reinterpret_cast<uintptr_t>(&field) + field; }

void handle_kick(int signal_number, siginfo_t* info, void* machine_context) {
  FaultContext context(signal_number, info, machine_context);
  for (auto* range = __start_lindvm_interruptible; range != __stop_lindvm_interruptible; ++range) {
    if (context.pc() < place(range->begin) || context.pc() >= place(range->end)) continue;
    return context.resume_at(place(range->interrupted), context.sp());
  }
}

}  // namespace

void install_kick_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = handle_kick;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(kick_signal(), &action, nullptr);
  });
}

HostThread HostThread::current() { return HostThread(static_cast<pid_t>(syscall(SYS_gettid))); }

bool HostThread::kick() const {
  if (id_ == 0) return false;
  int saved_errno = errno;
  bool sent = syscall(SYS_tgkill, getpid(), id_, kick_signal()) == 0;
  errno = saved_errno;
  return sent;
}

}  // namespace lindvm
