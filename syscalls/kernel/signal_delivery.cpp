// What happens to a guest thread at a safepoint that has a signal, at a trap, and when a handler returns.

#include <unistd.h>

#include <algorithm>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/signal_frame.h"
#include "syscalls/kernel/signals.h"
#include "syscalls/linux/personality.h"

namespace lindvm {
namespace {

constexpr uint32_t k_status_of_signal = 128;

/// What a handler of this type may be given: up to three i32.
bool takes_signal(const FuncType& type) {
  return type.params.size() <= 3 &&
         std::all_of(type.params.begin(), type.params.end(), [](ValType param) { return param == k_i32; });
}

int code_of_trap(Trap kind) {
  switch (trap_signal(kind)) {
    case SIGFPE:
      return kind == Trap::IntegerDivideByZero ? FPE_INTDIV : FPE_INTOVF;
    case SIGILL:
      return ILL_ILLOPN;
    case SIGBUS:
      return kind == Trap::MappedFileTruncated ? BUS_ADRERR : BUS_ADRALN;
    default:
      return SEGV_MAPERR;
  }
}

/// Address in linear memory, where the trap was an access of it.
uint32_t address_of_trap(Thread& thread) {
  uint64_t address = thread.context().trap.fault_address;
  return address == TrapState::k_no_address ? 0 : static_cast<uint32_t>(address);
}

void trace_signal(Thread& thread, const SignalInfo& info) {
  Strace* strace = thread.process().strace();
  if (!strace) return;
  std::string name = signal_name(info.number);
  strace->line("--- " + name + " {si_signo=" + name + ", si_code=" + std::to_string(info.code) + "} ---");
}

}  // namespace

SafepointAction Signals::at_safepoint(ThreadContext& context, HostCall* ended, InjectedCall& call) {
  Thread& thread = Thread::of(context);
  InterruptedCall interrupted;
  if (ended && ended->arg<int32_t>(0) == -EINTR) interrupted = thread.signals().interrupted_call;
  thread.signals().interrupted_call.is_valid = false;
  context.clear_interrupt(k_interrupt_signal);
  SignalInfo info;
  while (take(thread, ~thread.signals().mask(), info)) {
    trace_signal(thread, info);
    SignalAction action = this->action(info.number);
    SafepointAction outcome = SafepointAction::go_on;
    if (action.handler == SignalAction::k_default) {
      outcome = act_by_default(thread, info);
    } else if (action.handler != SignalAction::k_ignore) {
      bool again = interrupted.is_valid && (action.flags & SA_RESTART);
      call.kept[k_kept_is_call] = again;
      if (again) std::copy_n(interrupted.words, InterruptedCall::k_words, &call.kept[k_kept_call]);
      outcome = enter_handler(thread, info, action, call);
    }
    if (outcome != SafepointAction::go_on) return outcome;
  }
  if (thread.signals().saved_mask) {
    thread.signals().set_mask(*std::exchange(thread.signals().saved_mask, std::nullopt));
    mask_changed(thread);
  }
  return interrupted.is_valid ? make_again(*ended, interrupted) : SafepointAction::go_on;
}

SafepointAction Signals::at_trap(ThreadContext& context, InjectedCall& call) {
  if (!has_program()) return SafepointAction::go_on;
  Thread& thread = Thread::of(context);
  Trap kind = context.trap.kind;
  int number = trap_signal(kind);
  if (!is_signal(number) || !(signal_bit(number) & k_synchronous)) return SafepointAction::go_on;
  SignalAction action = this->action(number);
  bool is_handled = action.handler > SignalAction::k_ignore;
  if (!is_handled || (thread.signals().mask() & signal_bit(number))) return SafepointAction::go_on;
  SignalInfo info{number, 0, code_of_trap(kind)};
  info.fields[SignalInfo::k_address] = address_of_trap(thread);
  trace_signal(thread, info);
  call.kept[k_kept_trap] = static_cast<uint64_t>(kind);
  return enter_handler(thread, info, action, call);
}

SafepointAction Signals::at_return(ThreadContext& context, HostCall* ended, std::span<const uint64_t> kept) {
  Thread& thread = Thread::of(context);
  pop_signal_frame(thread, kept);
  mask_changed(thread);
  context.trap.kind = static_cast<Trap>(kept[k_kept_trap]);
  if (!ended || !kept[k_kept_is_call]) return SafepointAction::go_on;
  InterruptedCall interrupted;
  std::copy_n(&kept[k_kept_call], InterruptedCall::k_words, interrupted.words);
  return make_again(*ended, interrupted);
}

SafepointAction Signals::make_again(HostCall& ended, const InterruptedCall& interrupted) {
  uint64_t slots[InterruptedCall::k_words];
  for (size_t i = 0; i < InterruptedCall::k_words; ++i)
    slots[InterruptedCall::k_words - 1 - i] = interrupted.words[i];
  HostCall call{ended.thread, ended.caller, slots + InterruptedCall::k_words - 1};
  HostStatus status = linux_abi::call_by_number(call);
  ended.set_result(0, call.arg<uint32_t>(0));
  if (status == HostStatus::exit) return SafepointAction::exit;
  if (status == HostStatus::trap) return SafepointAction::trap;
  return SafepointAction::go_on;
}

SafepointAction Signals::enter_handler(Thread& thread, const SignalInfo& info, const SignalAction& action,
                                       InjectedCall& call) {
  const Table* table = program_.table;
  bool exists = table && action.handler < table->size && table->entries[action.handler].code;
  if (!exists) return terminate(thread, SIGSEGV);
  const Function& function = thread.context().store().function(table->entries[action.handler].ref);
  const FuncType& type = func_type(function.type);
  if (!takes_signal(type)) {
    thread.context().trap.kind = Trap::IndirectCallTypeMismatch;
    thread.context().trap.detail = "signal handler of type " + to_string(type);
    return SafepointAction::trap;
  }
  ThreadSignals& signals = thread.signals();
  SignalSet restored = signals.saved_mask.value_or(signals.mask());
  if (!push_signal_frame(thread, info, action, restored, call)) return terminate(thread, SIGSEGV);
  signals.saved_mask.reset();
  SignalSet own = action.flags & SA_NODEFER ? 0 : signal_bit(info.number);
  signals.set_mask(signals.mask() | action.mask | own);
  if (action.flags & SA_RESETHAND)
    set_action(info.number, {SignalAction::k_default, action.flags, action.mask});
  call.function = &function;
  call.argument_count = static_cast<uint32_t>(type.params.size());
  if (pending(thread) & ~signals.mask()) thread.context().raise_interrupt(k_interrupt_signal);
  return SafepointAction::call;
}

SafepointAction Signals::act_by_default(Thread& thread, const SignalInfo& info) {
  switch (default_action(info.number)) {
    case DefaultAction::terminate:
    case DefaultAction::core:
      return terminate(thread, info.number);
    case DefaultAction::stop:
      kill(getpid(), SIGSTOP);
      return SafepointAction::go_on;
    case DefaultAction::ignore:
    case DefaultAction::resume:
      break;
  }
  return SafepointAction::go_on;
}

SafepointAction Signals::terminate(Thread& thread, int number) {
  uint32_t status = k_status_of_signal + static_cast<uint32_t>(number);
  process_.set_exit_code(status);
  thread.context().exit_code = status;
  thread.context().has_exited = true;
  return SafepointAction::exit;
}

}  // namespace lindvm
