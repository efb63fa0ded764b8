#pragma once
// Signals of a guest process: what is done about each, what is pending, and delivery to guest handlers, which
// run as guest frames at safepoints (vm/runtime/safepoint.h). Owned by the Process. Sending is for any thread
// (not for host signal handlers); delivery happens on the guest thread's own host thread.
//
// Whoever sends makes the signal pending first and then interrupts the thread, blocked or not; the thread
// clears the interrupt first and then looks. So no signal is missed, and neither a thread's mask nor its
// check needs a fence.

#include <memory>
#include <mutex>
#include <vector>

#include "syscalls/kernel/signal_info.h"
#include "syscalls/kernel/thread_signals.h"
#include "syscalls/table/sys_result.h"
#include "vm/runtime/safepoint.h"
#include "vm/runtime/store.h"

namespace lindvm {

class Process;
class SignalFile;
class Thread;
class Timers;

/// The parts of a program that handlers need.
struct SignalProgram {
  Instance* instance = nullptr;
  GlobalRef stack_pointer;
  Table* table = nullptr;  ///< that handlers are indices of
};

class Signals final : public SafepointService {
 public:
  explicit Signals(Process& process) : process_(process) {}
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Handlers can run from now on, and signals sent to the host process go to the guest once it asks for
  /// them. Without a program (other personalities) nothing is delivered and SIGPIPE is never sent.
  void set_program(const SignalProgram& program);
  bool has_program() const { return program_.instance != nullptr; }
  const SignalProgram& program() const { return program_; }

  SignalAction action(int number) const;
  /// Not for SIGKILL and SIGSTOP.
  void set_action(int number, const SignalAction& action);

  /// Sends to a thread, or to the process (null). EAGAIN if too many are queued.
  SysResult send(const SignalInfo& info, Thread* target);
  /// The expiry of a timer: while the last one is pending, it only counts as missed.
  void send_from_timer(const SignalInfo& info, Thread* target);
  /// The next pending signal of a set for the thread, which it thereby has handled. False if there is none.
  bool take(Thread& thread, SignalSet set, SignalInfo& info);
  /// Pending for the thread or the process.
  SignalSet pending(const Thread& thread) const;
  /// Pending for the process, whichever thread will take it.
  SignalSet pending_for_process() const { return pending_.bits(); }
  /// How many signals wait, of the process and of its threads.
  size_t queued() const;
  /// Is there a signal that the thread must handle now? Renews its interrupt accordingly.
  bool must_handle(Thread& thread);
  /// The thread's mask changed: interrupts it if that uncovers something. `mask` may have new bits blocked:
  /// then signals to the host process that the default action would kill are kept for the guest.
  void mask_changed(Thread& thread);

  Timers& timers() const;

  /// EPIPE of a write that does not say MSG_NOSIGNAL sends SIGPIPE; the result is passed on.
  SysResult after_write(Thread& thread, SysResult result);

  /// A descriptor that tells of pending signals (signalfd).
  void add_watcher(const std::shared_ptr<SignalFile>& file);

  SafepointAction at_safepoint(ThreadContext& context, HostCall* ended, InjectedCall& call) override;
  SafepointAction at_trap(ThreadContext& context, InjectedCall& call) override;
  SafepointAction at_return(ThreadContext& context, HostCall* ended, std::span<const uint64_t> kept) override;

 private:
  friend class SignalFile;
  bool is_discarded(int number, const Thread* target) const;
  bool is_ignored(int number) const;
  bool has_room(const SignalInfo& info) const;
  size_t queued_locked() const;
  static SysResult add(PendingSignals& pending, const SignalInfo& info);
  static SysResult add_bare(PendingSignals& pending, const SignalInfo& info);
  void take_locked(Thread& thread, SignalSet set, SignalInfo& info, bool& found);
  void update_watchers();
  void interrupt(Thread* target);
  SafepointAction terminate(Thread& thread, int number);
  SafepointAction act_by_default(Thread& thread, const SignalInfo& info);
  SafepointAction enter_handler(Thread& thread, const SignalInfo& info, const SignalAction& action,
                                InjectedCall& call);
  SafepointAction make_again(HostCall& ended, const InterruptedCall& interrupted);
  void follow_host(int number, const SignalAction& action);

  Process& process_;
  SignalProgram program_;
  mutable std::mutex mutex_;
  SignalAction actions_[k_signal_count + 1];         // guarded by mutex_, but for own-thread reads
  PendingSignals pending_;                           // guarded by mutex_
  std::vector<std::weak_ptr<SignalFile>> watchers_;  // guarded by mutex_
  std::atomic<SignalSet> kept_for_guest_{0};         // host signals that were ever blocked or handled
};

}  // namespace lindvm
