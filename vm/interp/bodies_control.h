#pragma once
// Handler bodies: moves, branches, calls, returns, leaving. Rules for whoever edits bodies:
//  1. A body ends with r.ip at the next instruction; it never returns early from the dispatcher.
//  2. Hot bodies call nothing out of line: a call would make the compiler save registers on every path. Rare
//     outcomes go through leave(), which only redirects r.ip.
//  3. After a body that may switch instances or run other guest code, pinned registers are reloaded.
//  4. Frames are exact whenever a body may leave: values live in slots, or in registers that slots mirror.

#include "memory/os/guarded_access.h"
#include "vm/interp/exits.h"
#include "vm/interp/registers.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/store.h"

namespace lindvm::interp {

/// Continues at an exit instruction; `resume` is where guest code goes on, or what trapped.
LINDVM_BODY void leave(Registers& r, const Instr* exit, const Instr* resume) {
  r.ctx->leave_ip = resume;
  r.ip = exit;
}
LINDVM_BODY void trap(Registers& r, Trap kind) { leave(r, trap_exit(kind), r.ip); }

LINDVM_BODY bool interrupted(const Registers& r) {
  return r.ctx->interrupt.load(std::memory_order_relaxed) != 0;
}

/// Goes to `ip`, a block boundary, unless an interrupt is pending.
LINDVM_BODY void continue_at(Registers& r, const Instr* ip) {
  r.ip = ip;
  if (interrupted(r)) [[unlikely]]
    leave(r, exit_instr(LeaveReason::interrupted), ip);
}

/// Loads the pinned integer registers from the slots named by a reload unit.
LINDVM_BODY void reload_int(Registers& r, const Instr& unit) {
  if constexpr (k_int_pins > 0) {
    r.r0 = r.fp[unit.x];
    r.r1 = r.fp[unit.y];
    r.r2 = r.fp[unit.z];
  }
}
LINDVM_BODY void reload_f64(Registers& r, const Instr& unit) {
  if constexpr (k_float_pins > 0) {
    r.f0 = read_slot<double>(r, unit.x);
    r.f1 = read_slot<double>(r, unit.y);
  }
}
LINDVM_BODY void reload_f32(Registers& r, const Instr& unit) {
  if constexpr (k_float_pins > 0) {
    r.g0 = read_slot<float>(r, unit.x);
    r.g1 = read_slot<float>(r, unit.y);
  }
}

// --- moves and constants -------------------------------------------------------------------------

template <IntKind D, IntKind K>
LINDVM_BODY void move_int(Registers& r) {
  put_int<uint64_t, D>(r, r.ip->x, int_operand<uint64_t, K>(r, r.ip->y));
  ++r.ip;
}
template <class T, FloatKind D, FloatKind K>
LINDVM_BODY void move_float(Registers& r) {
  put_float<T, D>(r, r.ip->x, float_operand<T, K>(r, r.ip->y));
  ++r.ip;
}
LINDVM_BODY void move_v128(Registers& r) {
  put_slot(r, r.ip->x, read_slot<V128>(r, r.ip->y));
  ++r.ip;
}
/// Sign-extended for i64, zero-extended for i32.
template <class T, IntKind D>
LINDVM_BODY void const_small(Registers& r) {
  put_int<T, D>(r, r.ip->x, static_cast<T>(static_cast<int64_t>(r.ip->imm)));
  ++r.ip;
}
template <IntKind D>
LINDVM_BODY void const_wide(Registers& r) {
  put_int<uint64_t, D>(r, r.ip->x, r.ip[1].data());
  r.ip += 2;
}
template <class T, FloatKind D>
LINDVM_BODY void const_float(Registers& r) {
  put_float<T, D>(r, r.ip->x, bits_to<T>(r.ip[1].data()));
  r.ip += 2;
}
LINDVM_BODY void const_v128(Registers& r) {
  V128 value;
  __builtin_memcpy(&value, r.ip + 1, 16);
  put_slot(r, r.ip->x, value);
  r.ip += 2;
}

/// Two i32 locals, x and y, each plus a step, z and w.
template <IntKind K, IntKind L>
LINDVM_BODY void add_pair(Registers& r) {
  uint32_t first = int_operand<uint32_t, K>(r, r.ip->x) + static_cast<uint32_t>(r.ip->z);
  put_int<uint32_t, K>(r, r.ip->x, first);
  uint32_t second = int_operand<uint32_t, L>(r, r.ip->y) + static_cast<uint32_t>(r.ip->w);
  put_int<uint32_t, L>(r, r.ip->y, second);
  ++r.ip;
}

template <IntKind D, IntKind C>
LINDVM_BODY void select_int(Registers& r) {
  uint32_t condition = int_operand<uint32_t, C>(r, r.ip->w);
  uint64_t yes = r.fp[r.ip->y], no = r.fp[r.ip->z];
  put_int<uint64_t, D>(r, r.ip->x, condition ? yes : no);
  ++r.ip;
}
template <class T>
LINDVM_BODY void select_slot(Registers& r) {
  T value = read_slot<T>(r, read_slot<uint32_t>(r, r.ip->w) ? r.ip->y : r.ip->z);
  put_slot(r, r.ip->x, value);
  ++r.ip;
}

// --- branches ------------------------------------------------------------------------------------

LINDVM_BODY void branch(Registers& r) { continue_at(r, r.ip + r.ip->imm); }

LINDVM_BODY void branch_when(Registers& r, bool taken, int32_t delta) {
  if (taken) {
    continue_at(r, r.ip + delta);
  } else {
    ++r.ip;
  }
}
template <bool Sense, IntKind K>
LINDVM_BODY void branch_if(Registers& r) {
  branch_when(r, (int_operand<uint32_t, K>(r, r.ip->x) != 0) == Sense, r.ip->imm);
}
template <class T, IntKind K, IntKind L>
LINDVM_BODY T compare_right(const Registers& r) {
  if constexpr (L == I) {
    return static_cast<T>(static_cast<int64_t>(r.ip->y));
  } else {
    return int_operand<T, L>(r, r.ip->y);
  }
}
template <class Op, class T, IntKind K, IntKind L>
LINDVM_BODY void branch_compare(Registers& r) {
  T left = int_operand<T, K>(r, r.ip->x), right = compare_right<T, K, L>(r);
  branch_when(r, Op::call(left, right), r.ip->imm);
}
/// x: the local, z: its step, y: what it is compared with, w: distance.
template <class Op, IntKind K, IntKind L>
LINDVM_BODY void latch(Registers& r) {
  uint32_t value = int_operand<uint32_t, K>(r, r.ip->x) + static_cast<uint32_t>(r.ip->z);
  put_int<uint32_t, K == A ? S : K>(r, r.ip->x, value);
  branch_when(r, Op::call(value, compare_right<uint32_t, K, L>(r)), r.ip->w);
}
template <class Op, class T, bool Sense, FloatKind K, FloatKind L>
LINDVM_BODY void branch_float(Registers& r) {
  T left = float_operand<T, K>(r, r.ip->x), right = float_operand<T, L>(r, r.ip->y);
  branch_when(r, bool(Op::call(left, right)) == Sense, r.ip->imm);
}
template <bool Sense>
LINDVM_BODY void branch_null(Registers& r) {
  branch_when(r, (r.fp[r.ip->x] == 0) == Sense, r.ip->imm);
}
/// Operand units follow: 32-bit deltas from the br_table instruction, the default last (imm = count).
template <IntKind K>
LINDVM_BODY void branch_table(Registers& r) {
  uint32_t index = int_operand<uint32_t, K>(r, r.ip->x), last = static_cast<uint32_t>(r.ip->imm);
  int32_t delta;
  __builtin_memcpy(&delta, reinterpret_cast<const char*>(r.ip + 1) + 4ul * (index < last ? index : last), 4);
  continue_at(r, r.ip + delta);
}

// --- calls ---------------------------------------------------------------------------------------

/// Builds the callee's header and goes to its entry. `deltas` is the call's unit k_call_deltas; r.acc carries
/// the FunctionCode to entries that need it.
LINDVM_BODY void enter_function(Registers& r, FunctionCode* code, const Instr& deltas) {
  uint64_t* callee_fp = r.fp + deltas.y;
  callee_fp[1] = reinterpret_cast<uint64_t>(&deltas - k_call_deltas);
  r.fp = callee_fp;
  r.acc = reinterpret_cast<uint64_t>(code);
  r.ip = code->entry.load(std::memory_order_acquire);
}

LINDVM_BODY void switch_instance(Registers& r, uint32_t instance_index) {
  r.ctx = r.ctx->thread->blocks()[instance_index];
  r.mem = r.ctx->memory_base;
}

LINDVM_BODY void call_direct(Registers& r) {
  enter_function(r, static_cast<FunctionCode*>(const_cast<void*>(r.ip[1].handler)), r.ip[0]);
}

/// What follows a host function's return: accumulators, pins, then the instruction after the call.
LINDVM_BODY void finish_host_call(Registers& r, HostStatus status, const Instr& deltas) {
  const Instr* next = &deltas - k_call_deltas;
  r.acc = r.fp[deltas.x];
  r.fa = read_slot<double>(r, deltas.x);
  r.ga = read_slot<float>(r, deltas.x);
  reload_int(r, next[k_call_reload]);
  r.ip = next;
  if (status != HostStatus::ok) [[unlikely]] {
    leave(r, host_exit(status), next);
  } else if (interrupted(r)) [[unlikely]] {
    leave(r, exit_instr(LeaveReason::interrupted_after_call), next);
  }
}

LINDVM_BODY void call_host(Registers& r, const HostFunction* host, const Instr& deltas) {
  ThreadContext& thread = *r.ctx->thread;
  r.ctx->leave_ip = &deltas;
  thread.entry_sp = r.fp + deltas.y;
  thread.host_call = {&deltas - k_call_deltas, r.fp + deltas.x};
  HostCall call{thread, *r.ctx, r.fp + deltas.x};
  finish_host_call(r, host->call(call, host->data), deltas);
}

LINDVM_BODY void call_callee(Registers& r, FunctionCode* code, uint32_t instance_index, const Instr& deltas) {
  if (code->host) {
    call_host(r, code->host, deltas);
  } else {
    if (instance_index != r.ctx->instance_index) switch_instance(r, instance_index);
    enter_function(r, code, deltas);
  }
}

LINDVM_BODY void call_import(Registers& r) {
  const Callee& callee = r.ctx->imports[r.ip->imm];
  call_callee(r, callee.code, callee.instance_index, r.ip[0]);
}

/// Looks an indirect callee up; null if the call is not allowed (the trap is set), or if the types differ and
/// the run loop has to see whether the callee's is a subtype.
template <class Index>
LINDVM_BODY const TableEntry* indirect_callee(Registers& r) {
  const Table& table = *r.ctx->tables[r.ip->y];
  Index index = read_slot<Index>(r, r.ip->x);
  if (index >= table.size) [[unlikely]]
    return trap(r, Trap::UndefinedElement), nullptr;
  const TableEntry* entry = &table.entries[index];
  TypeId expected{static_cast<uint32_t>(r.ip->imm)};
  if (entry->code == nullptr) [[unlikely]]
    return trap(r, Trap::UninitializedElement), nullptr;
  if (entry->type != expected) [[unlikely]]
    return leave(r, exit_instr(LeaveReason::type_mismatch), r.ip), nullptr;
  return entry;
}
/// Calls by way of the callee's entry, host functions too: keeps the hot path free of out-of-line calls.
LINDVM_BODY void call_through_entry(Registers& r, FunctionCode* code, uint32_t instance_index,
                                    const Instr& deltas) {
  if (instance_index != r.ctx->instance_index && !code->host) [[unlikely]]
    switch_instance(r, instance_index);
  enter_function(r, code, deltas);
}
template <class Index>
LINDVM_BODY void call_indirect(Registers& r) {
  if (const TableEntry* entry = indirect_callee<Index>(r)) {
    call_through_entry(r, entry->code, entry->instance_index, r.ip[1]);
  }
}
LINDVM_BODY void call_ref(Registers& r) {
  uint64_t ref = r.fp[r.ip->x];
  if (ref == 0) [[unlikely]]
    return trap(r, Trap::NullFunctionReference);
  const Function& function = r.ctx->thread->store().function(ref);
  call_through_entry(r, function.code, function.instance_index, r.ip[1]);
}

/// Replaces the frame by the callee's: `arguments` slots go up to the parameter area of this frame
/// (x: first argument, y: this frame's parameter slots, z: the callee's), and the return address moves.
LINDVM_BODY void replace_frame(Registers& r, const Instr& shape) {
  uint64_t return_address = r.fp[1];
  uint64_t* top = r.fp + 1 + shape.y;
  const uint64_t* source = r.fp + shape.x;
  for (int i = 0; i < shape.z; ++i) top[-i] = source[-i];
  r.fp = top - 1 - shape.z;
  r.fp[1] = return_address;
}
LINDVM_BODY void enter_tail(Registers& r, FunctionCode* code, uint32_t instance_index, const Instr& shape) {
  replace_frame(r, shape);
  if (instance_index != r.ctx->instance_index && !code->host) switch_instance(r, instance_index);
  r.acc = reinterpret_cast<uint64_t>(code);
  r.ip = code->entry.load(std::memory_order_acquire);
}
LINDVM_BODY void tail_call_direct(Registers& r) {
  enter_tail(r, static_cast<FunctionCode*>(const_cast<void*>(r.ip[1].handler)), r.ctx->instance_index,
             r.ip[0]);
}
LINDVM_BODY void tail_call_import(Registers& r) {
  const Callee& callee = r.ctx->imports[r.ip->imm];
  enter_tail(r, callee.code, callee.instance_index, r.ip[1]);
}
template <class Index>
LINDVM_BODY void tail_call_indirect(Registers& r) {
  if (const TableEntry* entry = indirect_callee<Index>(r)) {
    enter_tail(r, entry->code, entry->instance_index, r.ip[1]);
  }
}
LINDVM_BODY void tail_call_ref(Registers& r) {
  uint64_t ref = r.fp[r.ip->x];
  if (ref == 0) [[unlikely]]
    return trap(r, Trap::NullFunctionReference);
  const Function& function = r.ctx->thread->store().function(ref);
  enter_tail(r, function.code, function.instance_index, r.ip[1]);
}

/// First instruction of a function. x: first slot below the parameters, y: slots to zero from there, imm:
/// bytes the frame needs below fp; the unit after it reloads the pins. Probing here is what turns deep
/// recursion into a fault on the guest stack's guard.
LINDVM_BODY void enter(Registers& r) {
  const Instr* ip = r.ip;
  guarded_load<uint8_t>(reinterpret_cast<const char*>(r.fp) - ip->imm, ip, r.fp);
  r.fp[0] = r.ctx->instance_index;
  uint64_t* slot = r.fp - 1;
  for (int i = ip->y; i > 0; --i) {
    *slot-- = 0;
    asm("" : "+r"(slot));  // keeps the compiler from calling memset (rule 2)
  }
  reload_int(r, ip[1]);
  continue_at(r, ip + 2);
}

/// `enter` of code that counts as hot after FunctionCode::countdown calls.
LINDVM_BODY void enter_counting(Registers& r) {
  auto* code = reinterpret_cast<FunctionCode*>(r.acc);
  int32_t left = code->countdown.load(std::memory_order_relaxed) - 1;
  code->countdown.store(left, std::memory_order_relaxed);
  if (left < 0) [[unlikely]] {
    r.ctx->thread->callee = code;
    leave(r, exit_instr(LeaveReason::hot_entry), r.ip);
  } else {
    enter(r);
  }
}
/// Head of a loop that counts as hot after imm passes.
LINDVM_BODY void count_pass(Registers& r) {
  int32_t* left = const_cast<int32_t*>(&r.ip->imm);
  int32_t next = __atomic_load_n(left, __ATOMIC_RELAXED) - 1;
  __atomic_store_n(left, next, __ATOMIC_RELAXED);
  if (next < 0) [[unlikely]] {
    leave(r, exit_instr(LeaveReason::hot_loop), r.ip);
  } else {
    ++r.ip;
  }
}
/// Entry of functions that have machine code.
LINDVM_BODY void enter_machine_code(Registers& r) {
  r.ctx->thread->callee = reinterpret_cast<FunctionCode*>(r.acc);
  leave(r, exit_instr(LeaveReason::machine_call), r.ip);
}

/// Entry of functions not translated yet: leaves, so that the run loop translates and comes back.
LINDVM_BODY void translate_first(Registers& r) {
  r.ctx->thread->callee = reinterpret_cast<FunctionCode*>(r.acc);
  leave(r, exit_instr(LeaveReason::untranslated), r.ip);
}

/// Pops the frame: `parameter_slots` is this function's. The caller's frame, instance and pins are restored.
LINDVM_BODY void return_to_caller(Registers& r, const Instr* return_ip, int parameter_slots) {
  if (is_machine_return(reinterpret_cast<uint64_t>(return_ip))) [[unlikely]] {
    r.fp += 1 + parameter_slots;
    return leave(r, exit_instr(LeaveReason::machine_return), return_ip);
  }
  r.fp = r.fp + 1 + parameter_slots - return_ip[k_call_deltas].x;
  uint32_t instance_index = static_cast<uint32_t>(r.fp[0]);
  if (instance_index != r.ctx->instance_index) [[unlikely]]
    switch_instance(r, instance_index);
  reload_int(r, return_ip[k_call_reload]);
  r.ip = return_ip;
}
LINDVM_BODY const Instr* return_address(const Registers& r) {
  return reinterpret_cast<const Instr*>(r.fp[1]);
}

LINDVM_BODY void return_none(Registers& r) { return_to_caller(r, return_address(r), r.ip->y); }
template <IntKind K>
LINDVM_BODY void return_int(Registers& r) {
  const Instr* return_ip = return_address(r);
  int parameter_slots = r.ip->y;
  uint64_t value = int_operand<uint64_t, K>(r, r.ip->x);
  r.fp[1 + parameter_slots] = value;
  r.acc = value;
  return_to_caller(r, return_ip, parameter_slots);
}
template <class T, FloatKind K>
LINDVM_BODY void return_float(Registers& r) {
  const Instr* return_ip = return_address(r);
  int parameter_slots = r.ip->y;
  put_float<T, FS>(r, 1 + parameter_slots, float_operand<T, K>(r, r.ip->x));
  return_to_caller(r, return_ip, parameter_slots);
}
/// z result slots from slot x.
LINDVM_BODY void return_many(Registers& r) {
  const Instr* return_ip = return_address(r);
  const Instr* ip = r.ip;
  uint64_t* top = r.fp + 1 + ip->y;
  const uint64_t* source = r.fp + ip->x;
  for (int i = 0; i < ip->z; ++i) top[-i] = source[-i];
  return_to_caller(r, return_ip, ip->y);
}

/// Entry of host functions reached through a frame (tail calls, calls by way of a host entry).
LINDVM_BODY void host_function_entry(Registers& r) {
  FunctionCode* code = reinterpret_cast<FunctionCode*>(r.acc);
  const Instr* return_ip = return_address(r);
  int parameter_slots = static_cast<int>(code->param_slots);
  ThreadContext& thread = *r.ctx->thread;
  thread.entry_sp = r.fp - 2;
  thread.host_call = {return_ip, r.fp + 1 + parameter_slots};
  HostCall call{thread, *r.ctx, r.fp + 1 + parameter_slots};
  r.ctx->leave_ip = return_ip + k_call_deltas;
  HostStatus status = code->host->call(call, code->host->data);
  return_to_caller(r, return_ip, parameter_slots);
  if (is_machine_return(reinterpret_cast<uint64_t>(return_ip))) [[unlikely]] {
    if (status != HostStatus::ok) leave(r, host_exit(status), return_ip);
    return;
  }
  finish_host_call(r, status, return_ip[k_call_deltas]);
}

/// Reloads float pins after instructions that wrote their slots or ran other guest code.
LINDVM_BODY void refill_int(Registers& r) {
  reload_int(r, *r.ip);
  ++r.ip;
}
LINDVM_BODY void refill_f64(Registers& r) {
  reload_f64(r, *r.ip);
  ++r.ip;
}
LINDVM_BODY void refill_f32(Registers& r) {
  reload_f32(r, *r.ip);
  ++r.ip;
}

// --- exceptions ----------------------------------------------------------------------------------

/// x: first payload slot, imm: tag index. Allocates the exception and leaves to the unwinder.
LINDVM_BODY void throw_tag(Registers& r) { leave(r, exit_instr(LeaveReason::throw_tag), r.ip); }
LINDVM_BODY void throw_ref(Registers& r) {
  uint64_t ref = r.fp[r.ip->x];
  if (ref == 0) [[unlikely]]
    return trap(r, Trap::NullExceptionReference);
  r.ctx->thread->pending_exception = ref;
  leave(r, exit_instr(LeaveReason::throw_ref), r.ip);
}

}  // namespace lindvm::interp
