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
#include "vm/interp/unwind.h"
#include "vm/interp/verify.h"
#include "vm/runtime/call_mismatch.h"
#include "vm/runtime/safepoint.h"
#include "vm/runtime/store.h"

namespace lindvm {

namespace interp {

Instr g_exit_instrs[k_leave_reason_count];
Instr g_trap_exits[k_trap_count];

namespace {

Instr g_translate_entry[1];
Instr g_host_entry[1];
InterpreterOptions g_options;

/// Fault recovery: the innermost activation of the host thread.
struct Activation {
  ThreadContext* thread;
  InstanceContext* ctx;
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
  leave.ctx = nullptr;
  activation->thread->host_fault = fault.fault_address;
  activation->dispatcher.abandon(fault);
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
  install_fault_handlers();
  set_guest_fault_callback(on_guest_fault);
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

Completion trapped(ThreadContext& thread, Trap kind) {
  thread.trap.kind = kind;
  thread.trap.ip = thread.leave.ip;
  thread.trap.fp = thread.leave.fp;
  if (thread.host_fault) tell_fault_address(thread, std::exchange(thread.host_fault, nullptr));
  return Completion::trapped;
}

/// Enters the dispatcher once; comes back when guest code leaves or faults.
void enter_guest(Activation& activation, const Registers& start) {
  activation.ctx = start.ctx;
  activation.dispatcher.run([&start] { execute(start); });
}

class RunLoop {
 public:
  explicit RunLoop(ThreadContext& thread) : thread_(thread) {
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

  Completion run(Registers& r) {
    for (;;) {
      enter_guest(activation_, r);
      Completion completion{};
      if (handle_leave(r, completion)) return completion;
    }
  }

 private:
  /// True if the activation is over.
  bool handle_leave(Registers& r, Completion& completion) {
    Leave& leave = thread_.leave;
    switch (leave.reason) {
      case LeaveReason::returned:
        completion = Completion::returned;
        return true;
      case LeaveReason::trapped:
        if (leave.trap == Trap::Unsupported) thread_.trap.detail = "gc";  // see Translator::unsupported
        return guest_trap(r, completion);
      case LeaveReason::host_trap:
        return trap(thread_.trap.kind, completion);
      case LeaveReason::exited:
        completion = Completion::exited;
        return true;
      case LeaveReason::interrupted:
      case LeaveReason::interrupted_after_call:
        return interrupted(r, completion);
      case LeaveReason::untranslated:
        return translate(r, completion);
      case LeaveReason::throw_tag:
        make_exception();
        return raise(r, completion);
      case LeaveReason::throw_ref:
        return raise(r, completion);
      case LeaveReason::injected_return:
        return injected_return(r, completion);
      case LeaveReason::type_mismatch:
        return call_of_other_type(r, completion);
    }
    return trap(Trap::HostError, completion);
  }

  bool trap(Trap kind, Completion& completion) {
    completion = trapped(thread_, kind);
    return true;
  }

  bool interrupted(Registers& r, Completion& completion) {
    Leave& leave = thread_.leave;
    bool after_call = leave.reason == LeaveReason::interrupted_after_call;
    uint32_t reasons = leave.ctx->interrupt.load(std::memory_order_relaxed);
    if (reasons & k_interrupt_stop) return trap(Trap::Interrupted, completion);
    uint32_t instance = leave.ctx->instance_index;
    if (reasons & k_interrupt_verify) verify_safepoint(thread_, leave, g_options.verify_every, after_call);
    SuspendedAt at = after_call ? SuspendedAt::host_call : SuspendedAt::safepoint;
    Suspended here{leave.ip, leave.fp, at, instance};
    if ((reasons & k_interrupt_signal) && thread_.safepoint_service) {
      return serve_safepoint(here, r, completion);
    }
    go_on(r, here);
    return false;
  }

  void go_on(Registers& r, const Suspended& at) {
    resume(r, at.ip, at.fp, &thread_.instance_context(at.instance_index));
    if (at.at == SuspendedAt::host_call) load_call_result(r);
  }

  /// Asks the kernel for signals at a safepoint or after a host call, until it has no more to do there.
  bool serve_safepoint(const Suspended& here, Registers& r, Completion& completion) {
    InjectedCall call;
    SafepointAction action = SafepointAction::go_on;
    while (action == SafepointAction::go_on && (thread_.interrupts() & k_interrupt_signal)) {
      call = {};
      HostCall ended = describe_host_call(here);
      bool in_call = here.at == SuspendedAt::host_call;
      action = thread_.safepoint_service->at_safepoint(thread_, in_call ? &ended : nullptr, call);
    }
    return act(action, here, call, r, completion);
  }

  /// The host call that `at` is after; of no meaning elsewhere.
  HostCall describe_host_call(const Suspended& at) {
    InstanceContext& caller = thread_.instance_context(at.instance_index);
    if (at.at != SuspendedAt::host_call) return {thread_, caller, nullptr};
    const Instr& deltas = at.ip[k_call_deltas];
    thread_.entry_sp = at.fp + deltas.y;
    thread_.host_call = {at.ip, at.fp};
    return {thread_, caller, at.fp + deltas.x};
  }

  bool act(SafepointAction action, const Suspended& here, const InjectedCall& call, Registers& r,
           Completion& completion) {
    switch (action) {
      case SafepointAction::go_on:
        go_on(r, here);
        return false;
      case SafepointAction::call:
        return inject(here, call, r, completion);
      case SafepointAction::exit:
        completion = Completion::exited;
        return true;
      case SafepointAction::trap:
        break;
    }
    thread_.leave.ip = here.at == SuspendedAt::host_call ? here.ip + k_call_deltas : here.ip;
    thread_.leave.fp = here.fp;
    return trap(thread_.trap.kind, completion);
  }

  bool inject(const Suspended& here, const InjectedCall& call, Registers& r, Completion& completion) {
    const FunctionTranslation* translation = CompiledModule::find_translation_of(here.ip);
    uint64_t* low = here.fp - (translation ? translation->frame_slots : 0);
    if (push_injected_call(thread_, here, low, call, r)) return false;
    thread_.trap.kind = Trap::CallStackExhausted;
    return act(SafepointAction::trap, here, call, r, completion);
  }

  /// A trap that a guest's handler may take. There is nothing to go on with when that returns: the
  /// instruction would trap again.
  bool guest_trap(Registers& r, Completion& completion) {
    const Leave& leave = thread_.leave;
    bool has_room = leave.trap != Trap::CallStackExhausted && leave.trap != Trap::Unsupported;
    if (!thread_.safepoint_service || !has_room) return trap(leave.trap, completion);
    InjectedCall call;
    thread_.trap.kind = leave.trap;
    SafepointAction action = thread_.safepoint_service->at_trap(thread_, call);
    if (action == SafepointAction::go_on) return trap(leave.trap, completion);
    Suspended here{leave.ip, leave.fp, SuspendedAt::trap, static_cast<uint32_t>(leave.fp[0])};
    return act(action, here, call, r, completion);
  }

  bool injected_return(Registers& r, Completion& completion) {
    const uint64_t* frame = thread_.leave.fp;
    Suspended here = suspended_below(frame);
    HostCall ended = describe_host_call(here);
    bool in_call = here.at == SuspendedAt::host_call;
    SafepointService& service = *thread_.safepoint_service;
    SafepointAction action = service.at_return(thread_, in_call ? &ended : nullptr, kept_words(frame));
    if (action != SafepointAction::go_on) return act(action, here, {}, r, completion);
    if (here.at == SuspendedAt::trap) return act(SafepointAction::trap, here, {}, r, completion);
    return serve_safepoint(here, r, completion);
  }

  bool translate(Registers& r, Completion& completion) {
    FunctionCode* code = thread_.callee;
    Leave leave = thread_.leave;
    if (Result<void> done = code->owner->ensure_translated(*code); !done) {
      // The callee has no frame yet: report the trap at its call.
      auto* call = reinterpret_cast<const Instr*>(leave.fp[1]) + k_call_deltas;
      thread_.leave.ip = call;
      thread_.leave.fp = leave.fp + 1 + code->param_slots - call->x;
      thread_.trap.detail = done.error().message;
      return trap(Trap::Unsupported, completion);
    }
    r = {};
    r.ip = code->entry.load(std::memory_order_acquire);
    r.fp = leave.fp;
    r.ctx = leave.ctx;
    r.mem = leave.ctx->memory_base;
    return false;
  }

  /// An indirect call whose callee has another type.
  bool call_of_other_type(Registers& r, Completion& completion) {
    const Leave leave = thread_.leave;
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
    if (!callee) return trap(Trap::IndirectCallTypeMismatch, completion);
    resume(r, leave.ip, leave.fp, leave.ctx);
    if (tail) {
      enter_tail(r, callee->code, callee->instance_index, leave.ip[1]);
    } else {
      call_through_entry(r, callee->code, callee->instance_index, leave.ip[1]);
    }
    return false;
  }

  void make_exception() {
    const Leave& leave = thread_.leave;
    const Tag& tag = leave.ctx->instance->tag(static_cast<uint32_t>(leave.ip->imm));
    std::vector<uint64_t> payload(tag.payload_slots);
    for (uint32_t i = 0; i < tag.payload_slots; ++i) payload[i] = leave.fp[leave.ip->x - static_cast<int>(i)];
    const FunctionTranslation* translation = CompiledModule::find_translation_of(leave.ip);
    thread_.live_low = leave.fp - translation->frame_slots;
    thread_.pending_exception = thread_.store().allocate_exception(tag, payload);
    thread_.live_low = nullptr;
  }

  bool raise(Registers& r, Completion& completion) {
    LandingSite site = find_handler(thread_, thread_.leave.ip, thread_.leave.fp, thread_.pending_exception);
    if (!site.ip) {
      completion = Completion::threw;
      thread_.trap.kind = Trap::UncaughtException;
      thread_.trap.ip = thread_.leave.ip;
      thread_.trap.fp = thread_.leave.fp;
      return true;
    }
    resume(r, site.ip, site.fp, &thread_.instance_context(static_cast<uint32_t>(site.fp[0])));
    return false;
  }

  ThreadContext& thread_;
  Activation activation_;
};

/// The pseudo-frame that a host entry returns to.
struct EntryCode {
  Instr instrs[3];
  EntryCode() {
    instrs[0].x = -1;  // the arguments begin right below the entry frame's header
    instrs[2] = *exit_instr(LeaveReason::returned);
  }
};
const Instr* entry_return_address() {
  static const EntryCode code;
  return &code.instrs[2];
}

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
  Registers r{};
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
    completion = loop.run(r);
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
