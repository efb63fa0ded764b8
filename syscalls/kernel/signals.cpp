#include "syscalls/kernel/signals.h"

#include <unistd.h>

#include <algorithm>

#include "syscalls/kernel/host_signals.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/signal_file.h"

namespace lindvm {
namespace {

/// The mask under which at least one thread would take the signal: with one that blocks it, it stays.
bool is_blocked(const Thread& thread, int number) {
  SignalSet kept = thread.signals().mask() | thread.signals().awaited.load(std::memory_order_relaxed);
  return kept & signal_bit(number);
}

}  // namespace

Signals::~Signals() { stop_host_signals(*this); }

void Signals::set_program(const SignalProgram& program) {
  program_ = program;
  for (int number = 1; number <= k_signal_count; ++number) {
    if (is_host_ignored(number)) actions_[number].handler = SignalAction::k_ignore;
  }
}

SignalAction Signals::action(int number) const {
  std::lock_guard lock(mutex_);
  return actions_[number];
}

void Signals::set_action(int number, const SignalAction& action) {
  {
    std::lock_guard lock(mutex_);
    actions_[number] = action;
    if (is_ignored(number)) {
      pending_.remove(signal_bit(number));
      for (const auto& thread : process_.threads()) thread->signals().pending.remove(signal_bit(number));
      update_watchers();
    }
  }
  follow_host(number, action);
}

/// Signals to the host process: caught while the guest has a use for them, else what they were.
void Signals::follow_host(int number, const SignalAction& action) {
  bool is_kept = kept_for_guest_.load() & signal_bit(number);
  if (action.handler == SignalAction::k_ignore) {
    ignore_host_signal(number);
  } else if (action.handler != SignalAction::k_default || is_kept) {
    forward_host_signal(number, *this);
  } else {
    restore_host_signal(number);
  }
}

void Signals::mask_changed(Thread& thread) {
  SignalSet mask = thread.signals().mask();
  if (SignalSet fresh = mask & ~kept_for_guest_.load(std::memory_order_relaxed)) [[unlikely]] {
    kept_for_guest_.fetch_or(fresh);
    for (int number = 1; number <= k_signal_count; ++number) {
      if (fresh & signal_bit(number) && actions_[number].handler == SignalAction::k_default) {
        forward_host_signal(number, *this);
      }
    }
  }
  if (pending(thread) & ~mask) thread.context().raise_interrupt(k_interrupt_signal);
}

bool Signals::is_ignored(int number) const {
  uint32_t handler = actions_[number].handler;
  if (handler == SignalAction::k_ignore) return true;
  return handler == SignalAction::k_default &&
         (default_action(number) == DefaultAction::ignore || default_action(number) == DefaultAction::resume);
}

bool Signals::is_discarded(int number, const Thread* target) const {
  if (!is_ignored(number)) return false;
  if (target) return !is_blocked(*target, number);
  const auto& threads = process_.threads();
  return std::none_of(threads.begin(), threads.end(),
                      [number](const auto& thread) { return is_blocked(*thread, number); });
}

SysResult Signals::send(const SignalInfo& info, Thread* target) {
  SignalSet bit = signal_bit(info.number);
  {
    std::lock_guard lock(mutex_);
    if (bit & k_stop_signals) pending_.remove(signal_bit(SIGCONT));
    if (info.number == SIGCONT) pending_.remove(k_stop_signals);
    if (is_discarded(info.number, target)) return SysResult();
    PendingSignals& pending = target ? target->signals().pending : pending_;
    SYS_TRY(has_room(info) ? add(pending, info) : add_bare(pending, info));
    update_watchers();
  }
  interrupt(target);
  return SysResult();
}

/// Within RLIMIT_SIGPENDING. Standard signals that the kernel or kill send do without, and those of timers
/// have had their place since the timer was made.
bool Signals::has_room(const SignalInfo& info) const {
  if (info.code == SI_TIMER || (info.number < k_first_real_time && info.code >= 0)) return true;
  return queued_locked() < process_.identity().limits[RLIMIT_SIGPENDING].rlim_cur;
}

size_t Signals::queued_locked() const {
  size_t count = pending_.count();
  for (const auto& thread : process_.threads()) count += thread->signals().pending.count();
  return count;
}

size_t Signals::queued() const {
  std::lock_guard lock(mutex_);
  return queued_locked();
}

SysResult Signals::add(PendingSignals& pending, const SignalInfo& info) {
  return pending.add(info) ? SysResult() : SysResult::error(EAGAIN);
}

/// Where the queue has no place a signal is only known to be pending, but for those whose sender wants all of
/// them to arrive.
SysResult Signals::add_bare(PendingSignals& pending, const SignalInfo& info) {
  if (info.number >= k_first_real_time && info.code != SI_USER) return SysResult::error(EAGAIN);
  if (pending.bits() & signal_bit(info.number)) return SysResult();
  return add(pending, {info.number, 0, SI_USER});
}

void Signals::send_from_timer(const SignalInfo& info, Thread* target) {
  if (info.code == SI_TIMER) {
    std::lock_guard lock(mutex_);
    PendingSignals& pending = target ? target->signals().pending : pending_;
    if (SignalInfo* queued = pending.find_timer(info.fields[SignalInfo::k_timer])) {
      queued->fields[SignalInfo::k_overrun] += 1 + info.fields[SignalInfo::k_overrun];
      return;
    }
  }
  (void)send(info, target);
}

Timers& Signals::timers() const { return process_.timers(); }

void Signals::interrupt(Thread* target) {
  for (const auto& thread : process_.threads()) {
    if (target && thread.get() != target) continue;
    if (thread.get() == Thread::current()) {
      thread->context().raise_interrupt(k_interrupt_signal);
    } else {
      thread->context().request_interrupt(k_interrupt_signal);
    }
  }
}

void Signals::take_locked(Thread& thread, SignalSet set, SignalInfo& info, bool& found) {
  PendingSignals& own = thread.signals().pending;
  found = own.take(set & k_synchronous, info) || own.take(set, info) || pending_.take(set, info);
  if (found) update_watchers();
  if (found && info.code == SI_TIMER) process_.timers().delivered(info);
}

bool Signals::take(Thread& thread, SignalSet set, SignalInfo& info) {
  if (!(pending(thread) & set)) return false;
  std::lock_guard lock(mutex_);
  bool found = false;
  take_locked(thread, set, info, found);
  return found;
}

SignalSet Signals::pending(const Thread& thread) const {
  return pending_.bits() | thread.signals().pending.bits();
}

bool Signals::must_handle(Thread& thread) {
  thread.context().clear_interrupt(k_interrupt_signal);
  bool must = pending(thread) & ~thread.signals().mask();
  if (must) thread.context().raise_interrupt(k_interrupt_signal);
  return must;
}

SysResult Signals::after_write(Thread& thread, SysResult result) {
  if (result.raw() == -EPIPE && has_program()) {
    const Identity& identity = process_.identity();
    (void)send(SignalInfo::from_process(SIGPIPE, SI_USER, identity.pid, identity.user.real), &thread);
  }
  return result;
}

void Signals::add_watcher(const std::shared_ptr<SignalFile>& file) {
  std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const auto& watcher) { return watcher.expired(); });
  watchers_.push_back(file);
  update_watchers();
}

void Signals::update_watchers() {
  if (watchers_.empty()) [[likely]]
    return;
  SignalSet bits = pending_.bits();
  for (const auto& thread : process_.threads()) bits |= thread->signals().pending.bits();
  for (const auto& watcher : watchers_) {
    if (auto file = watcher.lock()) file->show(bits);
  }
}

}  // namespace lindvm
