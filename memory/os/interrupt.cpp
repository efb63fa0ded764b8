#include "memory/os/interrupt.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "memory/os/fault.h"

// In assembly (interrupt_x64.cpp, interrupt_a64.cpp). From the begin label to the system-call instruction a
// kick must make the thread go on at the interrupted label, which returns -EINTR: the flag has been read, and
// the call not begun.
extern "C" {
int64_t lindvm_interruptible_syscall(const std::atomic<uint32_t>* flag, long number, uint64_t a, uint64_t b,
                                     uint64_t c, uint64_t d, uint64_t e, uint64_t f);
extern const char lindvm_syscall_begin[];
extern const char lindvm_syscall_end[];
extern const char lindvm_syscall_interrupted[];
}

namespace lindvm {
namespace {

// Away from SIGRTMIN itself and its neighbours, which libraries take first.
int kick_signal() { return SIGRTMIN + 7; }

void handle_kick(int signal_number, siginfo_t* info, void* machine_context) {
  FaultContext context(signal_number, info, machine_context);
  uintptr_t begin = reinterpret_cast<uintptr_t>(lindvm_syscall_begin);
  uintptr_t end = reinterpret_cast<uintptr_t>(lindvm_syscall_end);
  if (context.pc() >= begin && context.pc() < end) {
    context.resume_at(reinterpret_cast<uintptr_t>(lindvm_syscall_interrupted), context.sp());
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

int64_t interruptible_syscall(const std::atomic<uint32_t>& flag, long number, uint64_t a, uint64_t b,
                              uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
  return lindvm_interruptible_syscall(&flag, number, a, b, c, d, e, f);
}

}  // namespace lindvm
