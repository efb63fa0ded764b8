#pragma once
// A guest thread as the kernel sees it: what a system call runs for. Owned by its Process; used by the guest
// thread's own host thread, but where a member says otherwise.

#include <atomic>
#include <cstdint>

#include "vm/runtime/context.h"

namespace lindvm {

class Process;

class Thread {
 public:
  /// `context` outlives the thread; null for tests that run no code.
  Thread(Process& process, ThreadContext* context) : process_(process), context_(context) {
    if (context) context->kernel_thread = this;
  }
  ~Thread() {
    if (t_current == this) t_current = nullptr;
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  Process& process() const { return process_; }
  ThreadContext& context() const { return *context_; }

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
  inline static thread_local constinit Thread* t_current = nullptr;
};

}  // namespace lindvm
