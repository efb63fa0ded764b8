// x86-64: frames, calls, returns, and leaving machine code. Conventions: jit/README.md.

#include <cstddef>

#include "jit/baseline/compiler.h"
#include "jit/baseline/helpers.h"
#include "jit/tuning.h"
#include "vm/interp/tuning.h"
#include "vm/runtime/store.h"

namespace lindvm::jit {

using namespace target;

namespace {

constexpr int32_t k_word = 8;

Mem context(size_t offset) { return mem(k_context, static_cast<int32_t>(offset)); }

}  // namespace

void Compiler::adjust_sp(int32_t bytes) {
  if (bytes > 0) masm_.alu(ADD, W64, x64::rsp, bytes);
  if (bytes < 0) masm_.alu(SUB, W64, x64::rsp, -bytes);
}

// --- entry and exit --------------------------------------------------------------------------------------

/// The header holds the instance's index, which leaf functions do without.
void Compiler::lower_prologue() {
  note_stack_pointer(1);
  if (has_frame_header_) {
    masm_.push(context(offsetof(InstanceContext, instance_index)));
    note_stack_pointer(0);
    adjust_sp(-k_word * masm_.frame_slots());
  } else {
    adjust_sp(-k_word * (masm_.frame_slots() + 1));
  }
  note_body();
  if (!has_frame_header_ && static_cast<uint32_t>(masm_.frame_slots()) <= k_unprobed_frame_words) return;
  add_fault_site();
  masm_.mov(W32, rax, mem(x64::rsp, -k_word * static_cast<int32_t>(interp::k_frame_probe_slack)));
}

/// A single number is in its result register, and goes to the first slot as well, where rax then mirrors it;
/// other results are in slots from `first_slot` on. Where results reach down to the return address, that
/// moves. Without results rax is cleared: a return to the interpreter puts it into a slot all the same, and
/// it may be the address of a FunctionCode.
void Compiler::lower_return(uint32_t first_slot) {
  int32_t params = masm_.param_slots();
  auto results = static_cast<int32_t>(slot_count(type_->results));
  int32_t top = 1 + params;
  bool covers_return_address = results > params;
  if (covers_return_address) {
    masm_.mov(W64, rdx, masm_.word_at(1));
    note_frame({masm_.offset(), -masm_.frame_slots(), 0, rdx});
  }
  if (has_register_result()) {
    ValKind kind = type_->results[0].kind();
    if (kind == ValKind::f64) masm_.vun(op::movq_store, Masm::k_vec_result, Operand{rax, {}});
    if (kind == ValKind::f32) masm_.vun(op::movd_store, Masm::k_vec_result, Operand{rax, {}});
    masm_.mov(W64, masm_.word_at(top), rax);
  } else {
    for (int32_t i = 0; i < results; ++i) {
      masm_.mov(W64, rax, masm_.slot(first_slot + static_cast<uint32_t>(i)));
      masm_.mov(W64, masm_.word_at(top - i), rax);
    }
    if (results > 1) masm_.mov(W64, rax, masm_.word_at(top));
  }
  if (results == 0) masm_.alu(XOR, W32, rax, rax);
  int32_t popped = covers_return_address ? results : params;
  if (covers_return_address) masm_.mov(W64, masm_.word_at(top - results), rdx);
  adjust_sp(k_word * (masm_.frame_slots() + top - popped));
  note_frame({masm_.offset(), top - popped, top - popped});
  masm_.ret(static_cast<uint16_t>(k_word * popped));
  note_body();
}

void Compiler::lower_poll(Label slow) {
  masm_.alu(CMP, W32, context(offsetof(InstanceContext, interrupt)), 0);
  masm_.jcc(NE, slow);
}

void Compiler::lower_throw_tag(uint32_t tag, uint32_t first_slot) {
  masm_.mov_imm(rax, tag);
  masm_.mov_imm(rcx, static_cast<uint64_t>(masm_.frame_slots() + masm_.words_from_fp(first_slot)));
  call_stub(stubs_.throw_tag);
}

void Compiler::lower_throw_ref(Reg ref) {
  masm_.mov(W64, rax, gpr(ref));
  masm_.test(W64, rax, rax);
  masm_.jcc(E, trap_label(Trap::NullExceptionReference));
  call_stub(stubs_.throw_ref);
}

/// System V order: context, operands, a, b.
void Compiler::lower_helper_call(const void* helper, uint32_t first_slot, uint64_t a, uint64_t b) {
  masm_.mov_imm(rdx, a);
  masm_.mov_imm(rcx, b);
  masm_.lea(W64, rsi, masm_.slot(first_slot));
  masm_.load_address(rax, helper);
  call_stub(stubs_.helper);
}

// --- calls -----------------------------------------------------------------------------------------------

// The FunctionCode of a callee is in rax, its instance's index in rcx.

/// The callee pops its parameters: for who looks at the caller from there, the stack pointer already is as
/// after the call.
void Compiler::lower_guest_call(uint32_t first_slot, uint32_t param_slots) {
  int32_t first_argument = masm_.words_from_fp(first_slot);
  int32_t before = masm_.frame_slots() + first_argument + 1 - static_cast<int32_t>(param_slots);
  adjust_sp(k_word * before);
  note_stack_pointer(before - masm_.frame_slots());
  masm_.keep_return_unaligned(3);
  masm_.call_mem(mem(rax, offsetof(FunctionCode, machine_entry)));
  add_site(masm_.offset() - 1, first_argument);
  note_frame({.code_offset = masm_.offset() - 1, .stack_pointer = first_argument + 1});
  adjust_sp(-k_word * (masm_.frame_slots() + first_argument + 1));
  note_body();
}

void Compiler::lower_load_code(uint32_t defined) {
  masm_.mov(W64, rax, context(offsetof(InstanceContext, codes)));
  masm_.alu(ADD, W64, rax, static_cast<int32_t>(defined * sizeof(FunctionCode)));
}

/// Before a call into an instance: its context and memory.
void Compiler::lower_enter_instance(bool may_be_host) {
  Label back = masm_.new_label();
  masm_.alu(CMP, W32, rcx, context(offsetof(InstanceContext, instance_index)));
  masm_.jcc(NE, add_cold(&Compiler::cold_enter_instance, back, may_be_host));
  masm_.bind(back);
}

void Compiler::cold_enter_instance(const Cold& cold) {
  if (cold.a != 0) {  // host functions run in their caller's context
    masm_.alu(CMP, W64, mem(rax, offsetof(FunctionCode, host)), 0);
    masm_.jcc(NE, cold.back);
  }
  masm_.mov(W64, rdx, context(offsetof(InstanceContext, link)));
  masm_.mov(W64, rdx, mem(rdx, offsetof(MachineLink, blocks)));
  masm_.mov(W64, k_context, mem(rdx, rcx, 3, 0));
  masm_.mov(W64, k_memory, context(offsetof(InstanceContext, memory_base)));
  masm_.jmp(cold.back);
}

/// After a call that may have come back from another instance.
void Compiler::lower_restore_instance() {
  Label back = masm_.new_label();
  masm_.mov(W32, rcx, masm_.word_at(0));
  masm_.alu(CMP, W32, rcx, context(offsetof(InstanceContext, instance_index)));
  masm_.jcc(NE, add_cold(&Compiler::cold_restore_instance, back));
  masm_.bind(back);
}

void Compiler::cold_restore_instance(const Cold& cold) {
  masm_.mov(W64, rdx, context(offsetof(InstanceContext, link)));
  masm_.mov(W64, rdx, mem(rdx, offsetof(MachineLink, blocks)));
  masm_.mov(W64, k_context, mem(rdx, rcx, 3, 0));
  masm_.mov(W64, k_memory, context(offsetof(InstanceContext, memory_base)));
  masm_.jmp(cold.back);
}

void Compiler::lower_load_import(uint32_t import) {
  auto at = static_cast<int32_t>(import * sizeof(Callee));
  masm_.mov(W64, rdx, context(offsetof(InstanceContext, imports)));
  masm_.mov(W64, rax, mem(rdx, at + static_cast<int32_t>(offsetof(Callee, code))));
  masm_.mov(W32, rcx, mem(rdx, at + static_cast<int32_t>(offsetof(Callee, instance_index))));
}

void Compiler::lower_load_table_entry(TypeId type, uint32_t table, Reg index) {
  bool is64 = module_->tables()[table].type.is64;
  Gpr entry = rdx;
  if (gpr(index) != rcx) masm_.mov(is64 ? W64 : W32, rcx, gpr(index));
  masm_.mov(W64, rax, context(offsetof(InstanceContext, tables)));
  masm_.mov(W64, rax, mem(rax, static_cast<int32_t>(table * sizeof(Table*))));
  masm_.alu(CMP, W64, rcx, mem(rax, Table::k_size_offset));
  masm_.jcc(AE, trap_label(Trap::UndefinedElement));
  static_assert(sizeof(TableEntry) == 24);
  masm_.lea(W64, rcx, mem(rcx, rcx, 1, 0));
  masm_.mov(W64, entry, mem(rax, Table::k_entries_offset));
  masm_.lea(W64, entry, mem(entry, rcx, 3, 0));
  masm_.mov(W64, rax, mem(entry, offsetof(TableEntry, code)));
  masm_.test(W64, rax, rax);
  masm_.jcc(E, trap_label(Trap::UninitializedElement));
  masm_.mov(W32, rcx, mem(entry, offsetof(TableEntry, instance_index)));
  Label found = masm_.new_label();
  masm_.compare_type(mem(entry, offsetof(TableEntry, type)), type);
  masm_.jcc(NE, add_cold(&Compiler::cold_other_type, found, static_cast<uint32_t>(type)));
  masm_.bind(found);
}

void Compiler::cold_other_type(const Cold& cold) {
  masm_.load_type(rax, TypeId{static_cast<uint32_t>(cold.a)});
  call_stub(stubs_.resolve_callee);
  masm_.jmp(cold.back);
}

void Compiler::lower_load_function(Reg ref) {
  if (gpr(ref) != rcx) masm_.mov(W64, rcx, gpr(ref));
  masm_.test(W64, rcx, rcx);
  masm_.jcc(E, trap_label(Trap::NullFunctionReference));
  masm_.call_external(stubs_.find_function);
}

// --- tail calls ------------------------------------------------------------------------------------------

/// The frame becomes the callee's: arguments go up to where this function's parameters are.
void Compiler::lower_tail_jump(uint32_t first_slot, uint32_t param_slots) {
  auto params = static_cast<int32_t>(param_slots);
  int32_t top = 1 + masm_.param_slots();
  masm_.mov(W64, k_scratch, masm_.word_at(1));
  note_frame({masm_.offset(), -masm_.frame_slots(), 0, k_scratch});
  for (int32_t i = 0; i < params; ++i) {
    masm_.mov(W64, rdx, masm_.slot(first_slot + static_cast<uint32_t>(i)));
    masm_.mov(W64, masm_.word_at(top - i), rdx);
  }
  masm_.mov(W64, masm_.word_at(top - params), k_scratch);
  adjust_sp(k_word * (masm_.frame_slots() + top - params));
  note_frame({masm_.offset(), top - params, top - params});
  masm_.jmp_mem(mem(rax, offsetof(FunctionCode, machine_entry)));
  note_body();
}

// --- jump tables, globals, references --------------------------------------------------------------------

void Compiler::lower_jump_table(Reg index, std::span<const Label> labels) {
  auto last = static_cast<uint32_t>(labels.size()) - 1;
  if (last == 0) return masm_.jmp(labels[0]);
  masm_.alu(CMP, W32, gpr(index), static_cast<int32_t>(last));
  masm_.jcc(AE, labels[last]);
  Label table = masm_.new_label();
  masm_.lea_label(k_scratch, table);
  masm_.movsx32(gpr(index), mem(k_scratch, gpr(index), 2, 0));
  masm_.alu(ADD, W64, k_scratch, gpr(index));
  masm_.jmp_reg(k_scratch);
  masm_.align(4);
  masm_.bind(table);
  for (uint32_t i = 0; i < last; ++i) masm_.distance(labels[i], table);
}

void Compiler::lower_global_get(uint32_t index) {
  const ModuleGlobal& global = module_->globals()[index];
  ValKind kind = global.type.type.kind();
  uint32_t imported = module_->imported_globals();
  Reg d = result_reg(is_vector_kind(kind));
  if (index >= imported) {
    masm_.load(kind, d, context(sizeof(InstanceContext) + (index - imported) * sizeof(GlobalCell)));
  } else {
    masm_.mov(W64, k_scratch, context(offsetof(InstanceContext, global_cells)));
    masm_.mov(W64, k_scratch, mem(k_scratch, static_cast<int32_t>(index * sizeof(GlobalCell*))));
    masm_.load(kind, d, mem(k_scratch));
  }
  push_reg(kind, d);
}

void Compiler::lower_global_set(uint32_t index) {
  Entry value = pop();
  uint32_t imported = module_->imported_globals();
  Reg reg = use(value);
  if (index >= imported) {
    Mem cell = context(sizeof(InstanceContext) + (index - imported) * sizeof(GlobalCell));
    return masm_.store(value.kind, cell, reg);
  }
  Gpr cell = gpr(alloc(false));
  masm_.mov(W64, cell, context(offsetof(InstanceContext, global_cells)));
  masm_.mov(W64, cell, mem(cell, static_cast<int32_t>(index * sizeof(GlobalCell*))));
  masm_.store(value.kind, mem(cell), reg);
}

Cond Compiler::lower_null_test(Reg ref) {
  masm_.test(W64, gpr(ref), gpr(ref));
  return E;
}

Cond Compiler::lower_compare_refs(Reg a, Reg b) {
  masm_.alu(CMP, W64, gpr(a), gpr(b));
  return E;
}

/// i31 references carry their value: bit 63 set, the 31 bits below.
void Compiler::lower_i31(Op op) {
  Entry operand = pop();
  Reg d = own(operand);
  if (op == Op::RefI31) {
    masm_.alu(AND, W32, gpr(d), 0x7fffffff);
    masm_.mov_imm(k_scratch, uint64_t{1} << 63);
    masm_.alu(OR, W64, gpr(d), k_scratch);
    return push_reg(ValKind::ref, d);
  }
  masm_.test(W64, gpr(d), gpr(d));
  masm_.jcc(E, trap_label(Trap::NullI31Reference));
  masm_.shift(SHL, W32, gpr(d), 1);
  masm_.shift(op == Op::I31GetS ? SAR : SHR, W32, gpr(d), 1);
  push_reg(ValKind::i32, d);
}

void Compiler::lower_fence() { masm_.mfence(); }

}  // namespace lindvm::jit
