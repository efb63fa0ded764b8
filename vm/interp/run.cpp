// The run loop: enters the dispatcher, and handles everything that guest code leaves it for: traps,
// interrupts, untranslated functions, exceptions, verification. C++ never recurses into it for a guest call.

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "memory/os/abandonable_call.h"
#include "memory/os/fault.h"
#include "vm/interp/bodies_control.h"
#include "vm/interp/dispatch.h"
#include "vm/interp/exits.h"
#include "vm/interp/handlers.h"
#include "vm/interp/injected_frame.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translation.h"
#include "vm/interp/tuning.h"
#include "vm/interp/unwind.h"
#include "vm/interp/verify.h"
#include "vm/runtime/call_mismatch.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/safepoint.h"
#include "vm/runtime/store.h"
#include "vm/runtime/tier.h"

namespace lindvm {

namespace interp {

Instr g_exit_instrs[k_leave_reason_count];
Instr g_trap_exits[k_trap_count];

namespace {

Instr g_translate_entry[1];
Instr g_host_entry[1];
Instr g_machine_code_entry[1];
InterpreterOptions g_options;

/// Fault recovery: the innermost activation of the host thread.
struct Activation {
  ThreadContext* thread;
  Activation* outer;
  AbandonableCall dispatcher;
};
thread_local Activation* t_activation = nullptr;

Trap classify_fault(const ThreadContext& thread, const FaultContext& fault) {
  if (thread.stack.in_guard(fault.fault_address)) return Trap::CallStackExhausted;
  return trap_of_fault(fault.signal);
}

/// Says where in which linear memory the page fault was.
void tell_fault_address(ThreadContext& thread, const void* fault) {
  const Store& store = thread.store();
  for (uint32_t i = 0; i < store.instance_count(); ++i) {
    const Instance& instance = store.instance(i);
    for (uint32_t m = 0; m < instance.memory_count(); ++m) {
      const LinearMemory& memory = instance.memory(m);
      if (!memory.reserves(fault)) continue;
      thread.trap.fault_address = static_cast<uint64_t>(static_cast<const std::byte*>(fault) - memory.base());
      thread.trap.detail = fmt::format("address {:#x}", thread.trap.fault_address);
      return;
    }
  }
}

/// Signal handler's part of a guest fault: notes where it was and ends the dispatcher. The fault is at a
/// guarded access of a handler, so that `ip` and `fp` are the guest's.
bool on_guest_fault(FaultContext& fault, const void* ip, const void* fp) {
  Activation* activation = t_activation;
  if (activation == nullptr) return false;
  Leave& leave = activation->thread->leave;
  leave.reason = LeaveReason::trapped;
  leave.trap = classify_fault(*activation->thread, fault);
  leave.ip = static_cast<const Instr*>(ip);
  leave.fp = static_cast<uint64_t*>(const_cast<void*>(fp));
  activation->thread->host_fault = fault.fault_address;
  activation->dispatcher.abandon(fault);
  return true;
}

/// The same for a fault in machine code: go on as if it had left for a trap there.
bool on_machine_fault(FaultContext& fault) {
  Activation* activation = t_activation;
  if (activation == nullptr || !MachineCode::find(reinterpret_cast<const void*>(fault.pc()))) return false;
  ThreadContext& thread = *activation->thread;
  thread.machine.reason = static_cast<uint64_t>(LeaveReason::trapped);
  thread.machine.values[0] = static_cast<uint64_t>(classify_fault(thread, fault));
  thread.machine.pc = reinterpret_cast<const uint8_t*>(fault.pc()) + 1;
  thread.machine.sp = compiling_tier()->guest_stack_pointer(fault);
  thread.host_fault = fault.fault_address;
  fault.resume_at(reinterpret_cast<uintptr_t>(compiling_tier()->leave_address()),
                  reinterpret_cast<uintptr_t>(thread.machine.host_sp));
  return true;
}

bool initialise() {
  auto reason = [](LeaveReason value, Trap trap) {
    return Instr{exit_handler_address(), static_cast<int16_t>(value), static_cast<int16_t>(trap), {}};
  };
  for (int i = 0; i < k_leave_reason_count; ++i)
    g_exit_instrs[i] = reason(static_cast<LeaveReason>(i), Trap::None);
  for (unsigned i = 0; i < k_trap_count; ++i)
    g_trap_exits[i] = reason(LeaveReason::trapped, static_cast<Trap>(i));
  g_translate_entry[0].handler = handler_address(H_TranslateFirst);
  g_host_entry[0].handler = handler_address(H_HostEntry);
  g_machine_code_entry[0].handler = handler_address(H_EnterMachineCode);
  install_fault_handlers();
  set_guest_fault_callback(on_guest_fault);
  if (CompilingTier* tier = compiling_tier()) {
    std::span<const uint8_t> code = tier->code_range();
    set_code_fault_callback(code.data(), code.data() + code.size(), on_machine_fault);
  }
  return true;
}

/// Once per process, before the first FunctionCode exists.
void ensure_initialised() {
  static const bool done = initialise();
  (void)done;
}

/// Reads the pinned registers' slots: needed whenever the dispatcher is entered inside a function.
void load_pins(Registers& r) {
  const FunctionTranslation* translation = CompiledModule::find_translation_of(r.ip);
  if (translation == nullptr) return;
  uint64_t* ints[] = {&r.r0, &r.r1, &r.r2};
  for (int i = 0; i < 3; ++i) *ints[i] = r.fp[translation->int_pins[i]];
  r.f0 = read_slot<double>(r, translation->f64_pins[0]);
  r.f1 = read_slot<double>(r, translation->f64_pins[1]);
  r.g0 = read_slot<float>(r, translation->f32_pins[0]);
  r.g1 = read_slot<float>(r, translation->f32_pins[1]);
}

void resume(Registers& r, const Instr* ip, uint64_t* fp, InstanceContext* ctx) {
  r = {};
  r.ip = ip;
  r.fp = fp;
  r.ctx = ctx;
  r.mem = ctx->memory_base;
  load_pins(r);
}

/// The accumulators after a host call hold its first result.
void load_call_result(Registers& r) {
  int slot = r.ip[k_call_deltas].x;
  r.acc = r.fp[slot];
  r.fa = read_slot<double>(r, slot);
  r.ga = read_slot<float>(r, slot);
}

/// Where guest code goes on: in machine code if `machine.pc` is set, else in the interpreter.
struct Continuation {
  Registers interpreter{};
  MachineState machine{};
};

class RunLoop {
 public:
  explicit RunLoop(ThreadContext& thread) : thread_(thread), leave_(thread.leave), tier_(compiling_tier()) {
    activation_.thread = &thread;
    activation_.outer = t_activation;
    t_activation = &activation_;
    ++thread.entry_depth;
    thread.trap = {};
  }
  ~RunLoop() {
    --thread_.entry_depth;
    t_activation = activation_.outer;
  }

  Completion run(Continuation& next) {
    for (;;) {
      enter_guest(next);
      next = {};
      Completion completion{};
      if (handle_leave(next, completion)) return completion;
    }
  }

 private:
  /// Comes back when guest code leaves or faults.
  void enter_guest(const Continuation& next) {
    if (next.machine.pc) {
      tier_->enter(thread_, next.machine);
      const MachineLink& machine = thread_.machine;
      leave_ = {static_cast<LeaveReason>(machine.reason), static_cast<Trap>(machine.values[0]), nullptr,
                machine.sp, machine.ctx};
    } else {
      activation_.dispatcher.run([&next] { execute(next.interpreter); });
    }
  }

  /// True if the activation is over.
  bool handle_leave(Continuation& next, Completion& completion) {
    switch (leave_.reason) {
      case LeaveReason::returned:
        completion = Completion::returned;
        return true;
      case LeaveReason::trapped:
        if (leave_.trap == Trap::Unsupported) thread_.trap.detail = "gc";  // see Translator::unsupported
        return guest_trap(next, completion);
      case LeaveReason::host_trap:
        return trap(thread_.trap.kind, host_call(), completion);
      case LeaveReason::host_raise:
        return raise(host_call(), next, completion);
      case LeaveReason::exited:
        completion = Completion::exited;
        return true;
      case LeaveReason::interrupted:
      case LeaveReason::interrupted_after_call:
        return interrupted(next, completion);
      case LeaveReason::untranslated:
        return call_first(*thread_.callee, next, completion);
      case LeaveReason::throw_tag:
        make_exception();
        return raise(here(), next, completion);
      case LeaveReason::throw_ref:
        return raise(here(), next, completion);
      case LeaveReason::injected_return:
        return injected_return(next, completion);
      case LeaveReason::type_mismatch:
        return call_of_other_type(next.interpreter, completion);
      case LeaveReason::machine_call:
        call_machine_code(*thread_.callee, leave_.fp, next);
        return false;
      case LeaveReason::machine_return:
        return return_to_machine_code(next, completion);
      case LeaveReason::hot_entry:
        hot_entry(*thread_.callee, next);
        return false;
      case LeaveReason::hot_loop:
        hot_loop(next);
        return false;
      case LeaveReason::interpreted_call:
        leave_.fp = thread_.machine.sp - 1;
        return call_first(*reinterpret_cast<FunctionCode*>(thread_.machine.values[0]), next, completion);
      case LeaveReason::interpreted_return:
        return return_to_interpreter(next, completion);
    }
    return trap(Trap::HostError, here(), completion);
  }

  // --- where guest code is ---

  /// The instruction that left.
  StackWalker here() const { return suspended(SuspendedAt::trap).walker(); }
  /// The call of a host function that just ended.
  StackWalker host_call() const {
    return StackWalker::from_call(thread_.host_call.return_address, thread_.host_call.arguments);
  }

  bool trap(Trap kind, const StackWalker& at, Completion& completion) {
    thread_.trap.kind = kind;
    thread_.trap.ip = at.frame().ip;
    thread_.trap.fp = at.frame().fp;
    if (thread_.host_fault) tell_fault_address(thread_, std::exchange(thread_.host_fault, nullptr));
    completion = Completion::trapped;
    return true;
  }

  // --- safepoints ---

  bool interrupted(Continuation& next, Completion& completion) {
    bool after_call = leave_.reason == LeaveReason::interrupted_after_call;
    uint32_t reasons = leave_.ctx->interrupt.load(std::memory_order_relaxed);
    if (reasons & k_interrupt_stop)
      return trap(Trap::Interrupted, after_call ? host_call() : here(), completion);
    Suspended at = suspended(after_call ? SuspendedAt::host_call : SuspendedAt::safepoint);
    at.instance_index = leave_.ctx->instance_index;
    if (reasons & k_interrupt_verify) {
      verify_safepoint(thread_, at.base, at.base - at.words_below, g_options.verify_every, after_call);
    }
    if ((reasons & k_interrupt_signal) && thread_.safepoint_service) {
      return serve_safepoint(at, next, completion);
    }
    go_on(at, next);
    return false;
  }

  /// Where guest code left; the instance is still to be told.
  Suspended suspended(SuspendedAt at) const {
    Suspended here;
    here.at = at;
    here.base = leave_.fp;
    if (leave_.ip) {
      const FunctionTranslation* translation = CompiledModule::find_translation_of(leave_.ip);
      here.ip = leave_.ip;
      here.words_below = translation ? translation->frame_slots : 0;
    } else {
      here.machine_pc = thread_.machine.pc;
      // After a host call values[0] is how many slots its results take.
      here.words_below = at == SuspendedAt::host_call ? static_cast<uint32_t>(thread_.machine.values[0]) : 0;
    }
    return here;
  }

  void go_on(const Suspended& at, Continuation& next) {
    InstanceContext& ctx = thread_.instance_context(at.instance_index);
    bool after_call = at.at == SuspendedAt::host_call;
    if (at.ip) {
      resume(next.interpreter, at.ip, at.base, &ctx);
      if (after_call) load_call_result(next.interpreter);
    } else {
      next.machine = {at.machine_pc, at.base, &ctx, after_call ? at.base[-1] : 0};
    }
  }

  // --- what the kernel does there ---

  /// Asks the kernel for signals at a safepoint or after a host call, until it has no more to do there.
  bool serve_safepoint(const Suspended& at, Continuation& next, Completion& completion) {
    InjectedCall call;
    SafepointAction action = SafepointAction::go_on;
    while (action == SafepointAction::go_on && (thread_.interrupts() & k_interrupt_signal)) {
      call = {};
      HostCall ended = describe_host_call(at);
      bool in_call = at.at == SuspendedAt::host_call;
      action = thread_.safepoint_service->at_safepoint(thread_, in_call ? &ended : nullptr, call);
    }
    return act(action, at, call, next, completion);
  }

  /// The host call that `at` is after; of no meaning elsewhere.
  HostCall describe_host_call(const Suspended& at) {
    InstanceContext& caller = thread_.instance_context(at.instance_index);
    if (at.at != SuspendedAt::host_call) return {thread_, caller, nullptr};
    thread_.entry_sp = at.base - at.words_below;
    thread_.host_call = {at.return_address(), at.arguments()};
    return {thread_, caller, at.arguments()};
  }

  bool act(SafepointAction action, const Suspended& at, const InjectedCall& call, Continuation& next,
           Completion& completion) {
    switch (action) {
      case SafepointAction::go_on:
        go_on(at, next);
        return false;
      case SafepointAction::call:
        if (push_injected_call(thread_, at, call, next.interpreter)) return false;
        thread_.trap.kind = Trap::CallStackExhausted;
        break;
      case SafepointAction::exit:
        completion = Completion::exited;
        return true;
      case SafepointAction::trap:
        break;
    }
    return trap(thread_.trap.kind, at.walker(), completion);
  }

  /// A trap that a guest's handler may take. There is nothing to go on with when that returns: the
  /// instruction would trap again.
  bool guest_trap(Continuation& next, Completion& completion) {
    Trap kind = leave_.trap;
    bool has_room = kind != Trap::CallStackExhausted && kind != Trap::Unsupported;
    StackWalker walker = here();
    trap(kind, walker, completion);  // the kernel looks at ThreadContext::trap
    if (!thread_.safepoint_service || !has_room) return true;
    Suspended at = suspended(SuspendedAt::trap);
    // Leaf functions of machine code do not write it to their frames.
    at.instance_index = leave_.ip ? static_cast<uint32_t>(leave_.fp[0]) : leave_.ctx->instance_index;
    InjectedCall call;
    SafepointAction action = thread_.safepoint_service->at_trap(thread_, call);
    if (action == SafepointAction::go_on || act(action, at, call, next, completion)) return true;
    thread_.trap = {};
    return false;
  }

  bool injected_return(Continuation& next, Completion& completion) {
    const uint64_t* frame = leave_.fp;
    Suspended at = suspended_below(frame);
    HostCall ended = describe_host_call(at);
    bool in_call = at.at == SuspendedAt::host_call;
    SafepointService& service = *thread_.safepoint_service;
    SafepointAction action = service.at_return(thread_, in_call ? &ended : nullptr, kept_words(frame));
    if (action != SafepointAction::go_on) return act(action, at, {}, next, completion);
    if (at.at == SuspendedAt::trap) return act(SafepointAction::trap, at, {}, next, completion);
    return serve_safepoint(at, next, completion);
  }

  // --- calls and returns ---

  /// Machine code that the function shall be called in from the first time on: made in an earlier run, or now
  /// if everything is compiled.
  bool find_machine_code(FunctionCode& code) {
    if (code.machine) return true;
    if (tier_options().choice == TierChoice::baseline) return tier_->compile(code);
    return tier_ && !code.translation && tier_->place(code);
  }

  /// A call of a function that has not been made ready for its caller's tier.
  bool call_first(FunctionCode& code, Continuation& next, Completion& completion) {
    uint64_t* fp = leave_.fp;
    if (find_machine_code(code)) {
      call_machine_code(code, fp, next);
      return false;
    }
    if (Result<void> done = code.owner->ensure_translated(code); !done) {
      // The callee has no frame yet: report the trap at its call.
      thread_.trap.detail = done.error().message;
      auto* return_address = reinterpret_cast<const void*>(fp[1]);
      return trap(Trap::Unsupported, StackWalker::from_call(return_address, fp + 1 + code.param_slots),
                  completion);
    }
    call_interpreted(code, code.entry.load(std::memory_order_acquire), fp, next);
    return false;
  }

  void call_interpreted(FunctionCode& code, const Instr* entry, uint64_t* fp, Continuation& next) {
    Registers& r = next.interpreter;
    r.ip = entry;
    r.fp = fp;
    r.ctx = leave_.ctx;
    r.mem = leave_.ctx->memory_base;
    r.acc = reinterpret_cast<uint64_t>(&code);
  }

  /// Puts a return address that machine code can return to in place of the interpreter's.
  void make_machine_return(uint64_t* fp) {
    if (is_machine_return(fp[1])) return;
    fp[1] = reinterpret_cast<uint64_t>(tier_->return_thunk(reinterpret_cast<const Instr*>(fp[1])));
  }

  void call_machine_code(FunctionCode& code, uint64_t* fp, Continuation& next) {
    make_machine_return(fp);
    next.machine = {code.machine_entry.load(std::memory_order_acquire), fp + 1, leave_.ctx, 0, true};
  }

  /// The interpreter returned from a function that machine code, or (by a tail call from there) the
  /// interpreter itself called.
  bool return_to_machine_code(Continuation& next, Completion& completion) {
    const void* address = leave_.ip;
    if (const Instr* return_ip = tier_->thunk_target(address)) {
      thread_.machine.values[0] = reinterpret_cast<uint64_t>(return_ip);
      thread_.machine.sp = leave_.fp + 1;
      return return_to_interpreter(next, completion);
    }
    StackWalker caller = StackWalker::from_call(address, leave_.fp);
    auto instance = static_cast<uint32_t>(caller.frame().fp[0]);
    next.machine = {address, leave_.fp + 1, &thread_.instance_context(instance), leave_.fp[0]};
    return false;
  }

  /// Machine code returned to an instruction of the interpreter, or to the host entry.
  bool return_to_interpreter(Continuation& next, Completion& completion) {
    auto* return_ip = reinterpret_cast<const Instr*>(thread_.machine.values[0]);
    if (is_entry_return_address(return_ip)) {
      completion = Completion::returned;
      return true;
    }
    uint64_t* fp = thread_.machine.sp - 1 - return_ip[k_call_deltas].x;
    resume(next.interpreter, return_ip, fp, &thread_.instance_context(static_cast<uint32_t>(fp[0])));
    load_call_result(next.interpreter);
    return false;
  }

  // --- tier-up ---

  void hot_entry(FunctionCode& code, Continuation& next) {
    tier_->request(code);
    if (code.machine.load(std::memory_order_acquire)) return call_machine_code(code, leave_.fp, next);
    code.countdown.store(k_hot_recheck, std::memory_order_relaxed);
    call_interpreted(code, leave_.ip, leave_.fp, next);
  }

  /// The frame is the same in both tiers, so that the loop goes on in machine code at once.
  void hot_loop(Continuation& next) {
    const FunctionTranslation& translation = *CompiledModule::find_translation_of(leave_.ip);
    FunctionCode& code = *translation.code;
    tier_->request(code);
    if (const MachineCode* machine = code.machine.load(std::memory_order_acquire)) {
      if (const uint8_t* entry = machine->loop_entry(translation.wasm_offset(leave_.ip))) {
        make_machine_return(leave_.fp);
        next.machine = {entry, machine->stack_pointer(leave_.fp), leave_.ctx, 0};
        return;
      }
    }
    __atomic_store_n(const_cast<int32_t*>(&leave_.ip->imm), k_hot_recheck, __ATOMIC_RELAXED);
    resume(next.interpreter, leave_.ip, leave_.fp, leave_.ctx);
  }

  /// An indirect call whose callee has another type.
  bool call_of_other_type(Registers& r, Completion& completion) {
    const Leave leave = leave_;
    const Instr& call = *leave.ip;
    const void* handler = call.handler;
    bool is64 =
        handler == handler_address(H_CallIndirect64) || handler == handler_address(H_TailCallIndirect64);
    bool tail =
        handler == handler_address(H_TailCallIndirect) || handler == handler_address(H_TailCallIndirect64);
    uint64_t index = is64 ? leave.fp[call.x] : static_cast<uint32_t>(leave.fp[call.x]);
    const TableEntry& entry = leave.ctx->tables[call.y]->entries[index];
    const FunctionTranslation* translation = CompiledModule::find_translation_of(leave.ip);
    CallSite site{translation->code, translation->wasm_offset(leave.ip)};
    TypeId expected{static_cast<uint32_t>(call.imm)};
    const Function* callee = resolve_indirect_call(thread_, site, expected, entry);
    if (!callee) return trap(Trap::IndirectCallTypeMismatch, here(), completion);
    resume(r, leave.ip, leave.fp, leave.ctx);
    if (tail) {
      enter_tail(r, callee->code, callee->instance_index, leave.ip[1]);
    } else {
      call_through_entry(r, callee->code, callee->instance_index, leave.ip[1]);
    }
    return false;
  }

  // --- exceptions ---

  /// From machine code, values are the tag's index and the payload's first slot, in words from the stack
  /// pointer.
  void make_exception() {
    bool machine = leave_.ip == nullptr;
    auto index =
        machine ? static_cast<uint32_t>(thread_.machine.values[0]) : static_cast<uint32_t>(leave_.ip->imm);
    const uint64_t* first =
        machine ? thread_.machine.sp + thread_.machine.values[1] : leave_.fp + leave_.ip->x;
    const Tag& tag = leave_.ctx->instance->tag(index);
    std::vector<uint64_t> payload(tag.payload_slots);
    for (uint32_t i = 0; i < tag.payload_slots; ++i) payload[i] = first[-static_cast<int>(i)];
    Suspended at = suspended(SuspendedAt::trap);
    thread_.live_low = at.base - at.words_below;
    thread_.pending_exception = thread_.store().allocate_exception(tag, payload);
    thread_.live_low = nullptr;
  }

  bool raise(const StackWalker& from, Continuation& next, Completion& completion) {
    LandingSite site = find_handler(thread_, from, thread_.pending_exception);
    if (!site.found()) {
      trap(Trap::UncaughtException, from, completion);
      completion = Completion::threw;
      return true;
    }
    InstanceContext& ctx = thread_.instance_context(static_cast<uint32_t>(site.fp[0]));
    if (site.machine) {
      next.machine = {site.pc, site.machine->stack_pointer(site.fp), &ctx, 0};
    } else {
      resume(next.interpreter, site.ip, site.fp, &ctx);
    }
    return false;
  }

  ThreadContext& thread_;
  Leave& leave_;
  CompilingTier* tier_;
  Activation activation_;
};

/// To the pseudo-frame of a host entry.
const Instr* entry_return_address() { return exit_return_address<LeaveReason::returned>(); }

void write_value(uint64_t* slots, uint32_t slot, const Value& value) {
  if (value.type.is_vec()) {
    std::memcpy(slots - slot - 1, &value.bits, 16);
  } else {
    slots[-static_cast<int64_t>(slot)] =
        value.type == k_i32 || value.type == k_f32 ? value.as<uint32_t>() : value.as<uint64_t>();
  }
}
Value read_value(const uint64_t* slots, uint32_t slot, ValType type) {
  if (!type.is_vec()) return Value::of(type, slots[-static_cast<int64_t>(slot)]);
  Value value{type, {}};
  std::memcpy(&value.bits, slots - slot - 1, 16);
  return value;
}

}  // namespace

bool is_entry_return_address(const Instr* ip) { return ip == entry_return_address(); }

}  // namespace interp

using namespace interp;

const Instr* translate_entry() {
  ensure_initialised();
  return g_translate_entry;
}
const Instr* host_entry() {
  ensure_initialised();
  return g_host_entry;
}
const Instr* machine_code_entry() {
  ensure_initialised();
  return g_machine_code_entry;
}

void set_interpreter_options(const InterpreterOptions& options) { g_options = options; }

Completion invoke(ThreadContext& thread, const Function& function, std::span<const Value> arguments,
                  std::span<Value> results) {
  ensure_initialised();
  const FuncType& type = func_type(function.type);
  FunctionCode& code = *function.code;
  if (thread.entry_sp == nullptr) thread.entry_sp = thread.stack.top();
  static thread_local AltStack alternate_stack;
  uint64_t* entry_fp = thread.entry_sp - 2;
  uint64_t* slots = entry_fp - 1;
  uint64_t* callee_fp = slots - 1 - code.param_slots;
  if (callee_fp < thread.stack.limit() + k_max_frame_slots + code.result_slots) {
    thread.trap = {};
    thread.trap.kind = Trap::CallStackExhausted;
    return Completion::trapped;
  }
  entry_fp[0] = function.instance_index;
  entry_fp[1] = 0;
  uint32_t slot = 0;
  for (const Value& argument : arguments) {
    write_value(slots, slot, argument);
    slot += slot_count(argument.type);
  }
  callee_fp[1] = reinterpret_cast<uint64_t>(entry_return_address());
  Continuation start;
  Registers& r = start.interpreter;
  r.ip = code.entry.load(std::memory_order_acquire);
  r.fp = callee_fp;
  r.ctx = &thread.instance_context(function.instance_index);
  r.mem = r.ctx->memory_base;
  r.acc = reinterpret_cast<uint64_t>(&code);
  ptrdiff_t distance = thread.stack.top() - slots;
  if (g_options.verify_every != 0) thread.request_interrupt(k_interrupt_verify);
  Completion completion;
  {
    RunLoop loop(thread);
    completion = loop.run(start);
  }
  slots = thread.stack.top() - distance;  // verification may have moved the stack
  thread.entry_sp = slots + 3;
  if (completion == Completion::returned) {
    slot = 0;
    for (size_t i = 0; i < results.size(); ++i) {
      results[i] = read_value(slots, slot, type.results[i]);
      slot += slot_count(type.results[i]);
    }
  }
  return completion;
}

}  // namespace lindvm
