// Sending, blocking, handling and waiting for signals. Processes are this one only, and the first one, which
// takes none of it (EPERM): others are not seen (ESRCH).

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#include <algorithm>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/signal_file.h"
#include "syscalls/kernel/signal_frame.h"
#include "syscalls/kernel/times.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint32_t k_set_bytes = 8;
constexpr uint32_t k_min_stack = 2048;

Signals& signals_of(Thread& thread) { return thread.process().signals(); }

SignalInfo from_self(Thread& thread, int number, int code) {
  const Identity& self = thread.process().identity();
  return SignalInfo::from_process(number, code, self.pid, self.user.real);
}

SysResult check_number(int number) {
  return number < 0 || number > k_signal_count ? SysResult::error(EINVAL) : SysResult();
}

/// Does kill's pid mean this process?
bool is_self(Thread& thread, int32_t pid) {
  const Identity& self = thread.process().identity();
  return pid == self.pid || pid == 0 || (pid < -1 && pid == -self.group);
}

SysResult send_to(Thread& thread, const SignalInfo& info, Thread* target) {
  SYS_TRY(check_number(info.number));
  if (info.number == 0) return SysResult();
  return signals_of(thread).send(info, target);
}

/// Of the first process, which is the VM itself.
SysResult refuse(int number) {
  SYS_TRY(check_number(number));
  return SysResult::error(EPERM);
}

SysResult send_to_thread(Thread& thread, int32_t pid, int32_t tid, const SignalInfo& info) {
  if (pid <= 0 || tid <= 0) return SysResult::error(EINVAL);
  if (pid == Identity::k_init && tid == Identity::k_init) return refuse(info.number);
  Thread* target = thread.process().find_thread(tid);
  if (pid != thread.process().identity().pid || !target) return SysResult::error(ESRCH);
  return send_to(thread, info, target);
}

int64_t nanoseconds(const timespec& time) { return time.tv_sec * k_second + time.tv_nsec; }

/// Sleeps until an interrupt (EINTR) or the deadline (0), a negative one being none.
SysResult sleep_interruptibly(Thread& thread, int64_t deadline) {
  timespec left{};
  if (deadline >= 0) {
    int64_t rest = std::max<int64_t>(0, deadline - nanoseconds(now(CLOCK_MONOTONIC)));
    left = {rest / k_second, rest % k_second};
  }
  return SysResult(interruptible_syscall(thread.context().kicks(), SYS_ppoll, 0, 0,
                                         deadline < 0 ? 0 : call_word(&left), 0, 0));
}

/// Waits until a signal of the set can be taken, another must be handled, or the deadline.
SysResult await_signal(Thread& thread, SignalSet set, int64_t deadline, SignalInfo& info) {
  while (true) {
    thread.context().clear_interrupt(k_interrupt_signal);
    if (signals_of(thread).take(thread, set, info)) break;
    if (signals_of(thread).must_handle(thread)) return SysResult::error(EINTR);
    SysResult slept = sleep_interruptibly(thread, deadline);
    if (slept.ok()) return SysResult::error(EAGAIN);
    if (thread.context().kicks().load() & ~uint32_t{k_interrupt_signal}) return slept;
  }
  signals_of(thread).must_handle(thread);  // what else there is
  return SysResult(info.number);
}

/// Only the kernel and kill may say that they sent a signal to another process.
SysResult check_sender(const SignalInfo& info, bool is_for_self) {
  bool pretends = info.code >= 0 || info.code == SI_TKILL;
  return pretends && !is_for_self ? SysResult::error(EPERM) : SysResult();
}

bool is_stack_valid(const AlternateStack& stack) {
  return (stack.flags & ~AlternateStack::k_disable) == 0 || stack.flags == AlternateStack::k_on_stack;
}

}  // namespace

SysResult sys_kill(Thread& thread, const Scalar<int32_t>& pid, const SignalNumber& signal) {
  if (pid.value == Identity::k_init) return refuse(signal.value);
  if (!is_self(thread, pid.value)) return SysResult::error(ESRCH);
  return send_to(thread, from_self(thread, signal.value, SI_USER), nullptr);
}

SysResult sys_tkill(Thread& thread, const Scalar<int32_t>& tid, const SignalNumber& signal) {
  int32_t pid = tid.value == Identity::k_init ? Identity::k_init : thread.process().identity().pid;
  return send_to_thread(thread, pid, tid.value, from_self(thread, signal.value, SI_TKILL));
}

SysResult sys_tgkill(Thread& thread, const Scalar<int32_t>& pid, const Scalar<int32_t>& tid,
                     const SignalNumber& signal) {
  return send_to_thread(thread, pid.value, tid.value, from_self(thread, signal.value, SI_TKILL));
}

SysResult sys_rt_sigqueueinfo(Thread& thread, const Scalar<int32_t>& pid, const SignalNumber& signal,
                              const In<SignalInfo>& info) {
  bool is_for_self = pid.value == thread.process().identity().pid;
  SYS_TRY(check_sender(info.value, is_for_self));
  if (pid.value == Identity::k_init) return refuse(signal.value);
  if (!is_for_self) return SysResult::error(ESRCH);
  SignalInfo sent = info.value;
  sent.number = signal.value;
  return send_to(thread, sent, nullptr);
}

SysResult sys_rt_tgsigqueueinfo(Thread& thread, const Scalar<int32_t>& pid, const Scalar<int32_t>& tid,
                                const SignalNumber& signal, const In<SignalInfo>& info) {
  if (pid.value <= 0 || tid.value <= 0) return SysResult::error(EINVAL);
  SYS_TRY(check_sender(info.value, tid.value == thread.tid()));
  SignalInfo sent = info.value;
  sent.number = signal.value;
  return send_to_thread(thread, pid.value, tid.value, sent);
}

/// There are no descriptors of processes yet.
SysResult sys_pidfd_send_signal(Thread&, const FdNumber&, const SignalNumber&,
                                const Late<OptionalIn<SignalInfo>>&, const Scalar<int32_t>& flags) {
  return SysResult::error(flags.value ? EINVAL : EBADF);
}

SysResult sys_rt_sigaction(Thread& thread, const SignalNumber& signal,
                           const Late<OptionalIn<SignalAction>>& action, OptionalOut<SignalAction>& old,
                           const Scalar<uint32_t>& size) {
  if (size.value != k_set_bytes) return SysResult::error(EINVAL);
  SYS_TRY(action.check());
  if (!is_signal(signal.value)) return SysResult::error(EINVAL);
  bool is_fixed = k_unblockable & signal_bit(signal.value);
  if (action.is_given && is_fixed) return SysResult::error(EINVAL);
  SignalAction before = signals_of(thread).action(signal.value);
  if (action.is_given) {
    SignalAction wanted = action.value;
    wanted.mask &= ~k_unblockable;
    signals_of(thread).set_action(signal.value, wanted);
  }
  return old.put(before);
}

SysResult sys_rt_sigprocmask(Thread& thread, const Choice<FlagSet::MaskHow>& how,
                             const Late<OptionalIn<SignalMask>>& set, OptionalOut<SignalMask>& old,
                             const Scalar<uint32_t>& size) {
  if (size.value != k_set_bytes) return SysResult::error(EINVAL);
  SYS_TRY(set.check());
  SignalSet before = thread.signals().mask();
  if (set.is_given) {
    switch (how.value) {
      case SIG_BLOCK:
        thread.signals().set_mask(before | set.value.bits);
        break;
      case SIG_UNBLOCK:
        thread.signals().set_mask(before & ~set.value.bits);
        break;
      case SIG_SETMASK:
        thread.signals().set_mask(set.value.bits);
        break;
      default:
        return SysResult::error(EINVAL);
    }
    signals_of(thread).mask_changed(thread);
  }
  return old.put({before});
}

SysResult sys_rt_sigpending(Thread& thread, Out<SignalMask>& set, const Scalar<uint32_t>& size) {
  if (size.value > k_set_bytes) return SysResult::error(EINVAL);
  return set.put({signals_of(thread).pending(thread) & thread.signals().mask()});
}

SysResult sys_rt_sigsuspend(Thread& thread, const Late<In<SignalMask>>& mask, const Scalar<uint32_t>& size) {
  if (size.value != k_set_bytes) return SysResult::error(EINVAL);
  SYS_TRY(mask.check());
  TemporaryMask temporary(thread, &mask.value.bits);
  return temporary.finish(
      never_again(thread, blocking_call(thread, SYS_ppoll, nullptr, 0, nullptr, nullptr, 0)));
}

SysResult sys_rt_sigtimedwait_time64(Thread& thread, const Late<In<SignalMask>>& set,
                                     OptionalOut<SignalInfo>& info, const Late<OptionalIn<timespec>>& timeout,
                                     const Scalar<uint32_t>& size) {
  if (size.value != k_set_bytes) return SysResult::error(EINVAL);
  SYS_TRY(set.check());
  SYS_TRY(timeout.check());
  if (timeout.is_given && !is_valid(timeout.value)) return SysResult::error(EINVAL);
  int64_t deadline = -1, limit = 0;
  if (timeout.is_given && !__builtin_mul_overflow(timeout.value.tv_sec, k_second, &limit)) {
    if (!__builtin_add_overflow(limit, timeout.value.tv_nsec + nanoseconds(now(CLOCK_MONOTONIC)), &limit))
      deadline = limit;
  }
  SignalSet wanted = set.value.bits & ~k_unblockable;
  SignalInfo taken;
  thread.signals().awaited.store(wanted);
  SysResult result = await_signal(thread, wanted, deadline, taken);
  thread.signals().awaited.store(0);
  SYS_TRY(never_again(thread, result));
  SYS_TRY(info.put(taken));
  return result;
}

SysResult sys_sigaltstack(Thread& thread, const OptionalIn<AlternateStack>& stack,
                          OptionalOut<AlternateStack>& old) {
  AlternateStack& current = thread.signals().alternate_stack;
  bool has_stack_pointer = signals_of(thread).has_program();
  bool is_in_use = has_stack_pointer && current.contains(guest_stack_pointer(thread));
  AlternateStack before = current;
  if (is_in_use) before.flags |= AlternateStack::k_on_stack;
  if (stack.is_given) {
    if (is_in_use) return SysResult::error(EPERM);
    if (!is_stack_valid(stack.value)) return SysResult::error(EINVAL);
    bool is_disabled = stack.value.flags & AlternateStack::k_disable;
    if (!is_disabled && stack.value.size < k_min_stack) return SysResult::error(ENOMEM);
    current = is_disabled ? AlternateStack() : AlternateStack{stack.value.address, 0, stack.value.size};
  }
  return old.put(before);
}

SysResult sys_signalfd4(Thread& thread, const Scalar<int32_t>& fd, const In<SignalMask>& mask,
                        const Scalar<uint32_t>& size, const Flags<FlagSet::NewFdFlags>& flags) {
  if (size.value != k_set_bytes || (flags.bits & ~flags.k_known)) return SysResult::error(EINVAL);
  SignalSet set = mask.value.bits & ~k_unblockable;
  Process& process = thread.process();
  if (fd.value != -1) {
    FileRef file = process.fds().get(static_cast<uint32_t>(fd.value));
    if (!file) return SysResult::error(EBADF);
    auto existing = std::dynamic_pointer_cast<SignalFile>(file);
    if (!existing) return SysResult::error(EINVAL);
    existing->set_signals(set);
    process.signals().add_watcher(existing);
    return SysResult(fd.value);
  }
  int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) return SysResult::of_host(-1);
  bool is_nonblocking = flags.has(flag::NewFdFlags_NONBLOCK);
  auto file = std::make_shared<SignalFile>(OwnedFd(event), process, set, is_nonblocking);
  process.signals().add_watcher(file);
  return process.fds().add({.file = file, .closes_on_exec = flags.has(flag::NewFdFlags_CLOEXEC)});
}

/// Nothing is restarted this way here: calls are made again by the VM itself.
SysResult sys_restart_syscall(Thread& thread) { return never_again(thread, SysResult::error(EINTR)); }

}  // namespace lindvm
