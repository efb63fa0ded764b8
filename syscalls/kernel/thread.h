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
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  Process& process() const { return process_; }
  ThreadContext& context() const { return *context_; }

  /// The kernel's thread behind a guest thread that has one.
  static Thread& of(const ThreadContext& context) { return *static_cast<Thread*>(context.kernel_thread); }

 private:
  Process& process_;
  ThreadContext* context_;
};

}  // namespace lindvm
