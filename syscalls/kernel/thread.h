#pragma once
// A guest thread as the kernel sees it: what a system call runs for. Owned by its Process; used by the guest
// thread's own host thread, but where a member says otherwise.

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "syscalls/kernel/thread_signals.h"
#include "vm/runtime/context.h"
#include "vm/runtime/host_function.h"

namespace lindvm {

class Process;

class Thread {
 public:
  static constexpr uint64_t k_first_timer_slack = 50'000;

  /// `context` outlives the thread; null for tests that run no code.
  Thread(Process& process, ThreadContext* context, int32_t tid = 0)
      : process_(process), context_(context), tid_(tid) {
    if (context) context->kernel_thread = this;
  }
  ~Thread() {
    if (t_current == this) t_current = nullptr;
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  Process& process() const { return process_; }
  ThreadContext& context() const { return *context_; }
  /// Inside the VM; the first thread's is the process's pid.
  int32_t tid() const { return tid_; }
  ThreadSignals& signals() { return signals_; }
  const ThreadSignals& signals() const { return signals_; }

  // What set_tid_address, set_robust_list and prctl(PR_SET_NAME) said.
  uint32_t clear_tid_address = 0;
  uint32_t robust_list = 0;
  std::array<char, 16> name{};
  uint64_t timer_slack = k_first_timer_slack;

  /// What follows the 15th byte is cut off.
  void set_name(std::string_view text) {
    name.fill('\0');
    text.copy(name.data(), name.size() - 1);
  }
  /// 0 stands for what it was at first.
  void set_timer_slack(uint64_t nanoseconds) {
    timer_slack = nanoseconds ? nanoseconds : k_first_timer_slack;
  }

  /// Makes the calling host thread the one that runs this thread.
  void adopt_host_thread() {
    t_current = this;
    context_->adopt_host_thread();
  }
  /// The guest thread that the calling host thread runs; null if none.
  static Thread* current() { return t_current; }

  /// The kernel's thread behind a guest thread that has one.
  static Thread& of(const ThreadContext& context) { return *static_cast<Thread*>(context.kernel_thread); }

 private:
  Process& process_;
  ThreadContext* context_;
  int32_t tid_;
  ThreadSignals signals_;
  inline static thread_local constinit Thread* t_current = nullptr;
};

}  // namespace lindvm
