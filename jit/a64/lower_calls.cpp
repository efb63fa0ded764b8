// AArch64: frames, calls, returns, and leaving machine code. Conventions: jit/README.md.

#include <cstddef>

#include "jit/baseline/compiler.h"
#include "jit/baseline/helpers.h"
#include "jit/tuning.h"
#include "vm/interp/tuning.h"
#include "vm/runtime/store.h"

namespace lindvm::jit {

using namespace target;

namespace {

constexpr int64_t k_word = 8;

// A callee's FunctionCode and its instance's index.
constexpr Gpr k_code = x9, k_index = x10;
constexpr Gpr k_temp = x11;

Mem context(size_t offset) { return mem(k_context, static_cast<int64_t>(offset)); }

}  // namespace

void Compiler::adjust_sp(int64_t bytes) {
  if (bytes != 0) masm_.add(W64, k_guest_sp, k_guest_sp, bytes);
}

// --- entry and exit --------------------------------------------------------------------------------------

/// The header holds the return address and the instance's index, which leaf functions do without.
void Compiler::lower_prologue() {
  adjust_sp(-k_word * (masm_.frame_slots() + 2));
  masm_.store_word(masm_.word_at(1), x30);
  if (has_frame_header_) {
    masm_.load_word(k_temp, context(offsetof(InstanceContext, instance_index)));
    masm_.store_word(masm_.word_at(0), k_temp);
  }
  if (!has_frame_header_ && static_cast<uint32_t>(masm_.frame_slots()) <= k_unprobed_frame_words) return;
  masm_.add(W64, k_temp, k_guest_sp, -k_word * static_cast<int64_t>(interp::k_frame_probe_slack));
  add_fault_site();
  masm_.load_half(k_temp, mem(k_temp));
}

/// A single number is in its result register, and goes to the first slot as well, where x0 then mirrors it;
/// other results are in slots from `first_slot` on. The return address is read first: results may cover it.
/// Without results x0 is cleared: a return to the interpreter puts it into a slot, and it may be a host
/// address.
void Compiler::lower_return(uint32_t first_slot) {
  auto results = static_cast<int32_t>(slot_count(type_->results));
  int32_t top = 1 + masm_.param_slots();
  masm_.load_word(x30, masm_.word_at(1));
  if (has_register_result()) {
    ValKind kind = type_->results[0].kind();
    if (kind == ValKind::f64) masm_.v(op::fmov_xd, x0, number(Masm::k_vec_result));
    if (kind == ValKind::f32) masm_.v(op::fmov_ws, x0, number(Masm::k_vec_result));
    masm_.store_word(masm_.word_at(top), x0);
  } else {
    for (int32_t i = 0; i < results; ++i) {
      masm_.load_word(x0, masm_.slot(first_slot + static_cast<uint32_t>(i)));
      masm_.store_word(masm_.word_at(top - i), x0);
    }
    if (results > 1) masm_.load_word(x0, masm_.word_at(top));
  }
  if (results == 0) masm_.mov(W64, x0, xzr);
  adjust_sp(k_word * (masm_.frame_slots() + top + 1));
  masm_.ret();
}

void Compiler::lower_poll(Label slow) {
  masm_.load_half(k_scratch, context(offsetof(InstanceContext, interrupt)));
  masm_.jump_if_zero(W32, k_scratch, slow, false);
}

void Compiler::lower_throw_tag(uint32_t tag, uint32_t first_slot) {
  masm_.mov_imm(x0, tag);
  masm_.mov_imm(x1, static_cast<uint64_t>(masm_.frame_slots() + masm_.words_from_fp(first_slot)));
  call_stub(stubs_.throw_tag);
}

void Compiler::lower_throw_ref(Reg ref) {
  if (gpr(ref) != x0) masm_.mov(W64, x0, gpr(ref));
  masm_.jump_if_zero(W64, x0, trap_label(Trap::NullExceptionReference));
  call_stub(stubs_.throw_ref);
}

/// The stub puts the context in front of the arguments.
void Compiler::lower_helper_call(const void* helper, uint32_t first_slot, uint64_t a, uint64_t b) {
  masm_.add(W64, x1, k_guest_sp, masm_.slot(first_slot).disp);
  masm_.mov_imm(x2, a);
  masm_.mov_imm(x3, b);
  masm_.load_address(x9, helper);
  call_stub(stubs_.helper);
}

// --- calls -----------------------------------------------------------------------------------------------

/// The stack pointer is at the last argument when the callee is entered, and above the first when it returns.
void Compiler::lower_guest_call(uint32_t first_slot, uint32_t param_slots) {
  int64_t first_argument = masm_.words_from_fp(first_slot);
  int64_t above_frame = masm_.frame_slots() + first_argument + 1;
  adjust_sp(k_word * (above_frame - static_cast<int64_t>(param_slots)));
  masm_.load_word(k_scratch, mem(k_code, offsetof(FunctionCode, machine_entry)));
  masm_.keep_return_unaligned();
  masm_.blr(k_scratch);
  add_site(masm_.offset() - 1, static_cast<int32_t>(first_argument));
  adjust_sp(-k_word * above_frame);
}

void Compiler::lower_load_code(uint32_t defined) {
  masm_.load_word(k_code, context(offsetof(InstanceContext, codes)));
  masm_.add(W64, k_code, k_code, static_cast<int64_t>(defined * sizeof(FunctionCode)));
}

void Compiler::lower_load_import(uint32_t import) {
  auto at = static_cast<int64_t>(import * sizeof(Callee));
  masm_.load_word(k_temp, context(offsetof(InstanceContext, imports)));
  masm_.load_word(k_code, mem(k_temp, at + static_cast<int64_t>(offsetof(Callee, code))));
  masm_.load_half(k_index, mem(k_temp, at + static_cast<int64_t>(offsetof(Callee, instance_index))));
}

/// Before a call into an instance: its context and memory.
void Compiler::lower_enter_instance(bool may_be_host) {
  Label back = masm_.new_label();
  masm_.load_half(k_temp, context(offsetof(InstanceContext, instance_index)));
  masm_.cmp(W32, k_index, k_temp);
  masm_.jump_if(
      NE, add_cold(may_be_host ? &Compiler::cold_enter_instance : &Compiler::cold_switch_instance, back));
  masm_.bind(back);
}

/// Host functions run in their caller's context.
void Compiler::cold_enter_instance(const Cold& cold) {
  masm_.load_word(k_temp, mem(k_code, offsetof(FunctionCode, host)));
  masm_.jump_if_zero(W64, k_temp, cold.back, false);
  cold_switch_instance(cold);
}

void Compiler::cold_switch_instance(const Cold& cold) {
  masm_.load_word(k_temp, context(offsetof(InstanceContext, link)));
  masm_.load_word(k_temp, mem(k_temp, offsetof(MachineLink, blocks)));
  masm_.add_shifted(W64, k_temp, k_temp, k_index, 3);
  masm_.load_word(k_context, mem(k_temp));
  masm_.load_word(k_memory, context(offsetof(InstanceContext, memory_base)));
  masm_.jump(cold.back);
}

/// After a call that may have come back from another instance. x0 and v0 hold its result.
void Compiler::lower_restore_instance() {
  Label back = masm_.new_label();
  masm_.load_half(k_index, masm_.word_at(0));
  masm_.load_half(k_temp, context(offsetof(InstanceContext, instance_index)));
  masm_.cmp(W32, k_index, k_temp);
  masm_.jump_if(NE, add_cold(&Compiler::cold_switch_instance, back));
  masm_.bind(back);
}

void Compiler::lower_load_table_entry(TypeId type, uint32_t table, Reg index) {
  constexpr Gpr k_entry = x1, k_place = x12;  // the former is where the stub for other types wants it
  bool is64 = module_->tables()[table].type.is64;
  masm_.mov(is64 ? W64 : W32, k_place, gpr(index));
  masm_.load_word(k_temp, context(offsetof(InstanceContext, tables)));
  masm_.load_word(k_temp, mem(k_temp, static_cast<int64_t>(table * sizeof(Table*))));
  masm_.load_word(k_scratch, mem(k_temp, Table::k_size_offset));
  masm_.cmp(W64, k_place, k_scratch);
  masm_.jump_if(HS, trap_label(Trap::UndefinedElement));
  static_assert(sizeof(TableEntry) == 24);
  masm_.add_shifted(W64, k_place, k_place, k_place, 1);
  masm_.load_word(k_entry, mem(k_temp, Table::k_entries_offset));
  masm_.add_shifted(W64, k_entry, k_entry, k_place, 3);
  masm_.load_word(k_code, mem(k_entry, offsetof(TableEntry, code)));
  masm_.jump_if_zero(W64, k_code, trap_label(Trap::UninitializedElement));
  masm_.load_half(k_index, mem(k_entry, offsetof(TableEntry, instance_index)));
  Label found = masm_.new_label();
  masm_.load_half(k_temp, mem(k_entry, offsetof(TableEntry, type)));
  masm_.load_type(k_place, type);
  masm_.cmp(W32, k_temp, k_place);
  masm_.jump_if(NE, add_cold(&Compiler::cold_other_type, found, static_cast<uint32_t>(type)));
  masm_.bind(found);
}

void Compiler::cold_other_type(const Cold& cold) {
  masm_.load_type(x2, TypeId{static_cast<uint32_t>(cold.a)});
  call_stub(stubs_.resolve_callee);
  masm_.jump(cold.back);
}

void Compiler::lower_load_function(Reg ref) {
  masm_.mov(W64, x1, gpr(ref));
  masm_.jump_if_zero(W64, x1, trap_label(Trap::NullFunctionReference));
  masm_.call_external(stubs_.find_function);
}

/// The frame becomes the callee's: arguments go up to where this function's parameters are.
void Compiler::lower_tail_jump(uint32_t first_slot, uint32_t param_slots) {
  auto params = static_cast<int32_t>(param_slots);
  int32_t top = 1 + masm_.param_slots();
  masm_.load_word(x30, masm_.word_at(1));
  for (int32_t i = 0; i < params; ++i) {
    masm_.load_word(k_temp, masm_.slot(first_slot + static_cast<uint32_t>(i)));
    masm_.store_word(masm_.word_at(top - i), k_temp);
  }
  adjust_sp(k_word * (masm_.frame_slots() + top - params + 1));
  masm_.load_word(k_scratch, mem(k_code, offsetof(FunctionCode, machine_entry)));
  masm_.br(k_scratch);
}

// --- jump tables, globals, references --------------------------------------------------------------------

void Compiler::lower_jump_table(Reg index, std::span<const Label> labels) {
  auto last = static_cast<uint32_t>(labels.size()) - 1;
  if (last == 0) return masm_.jump(labels[0]);
  masm_.compare(W32, gpr(index), last);
  masm_.jump_if(HS, labels[last]);
  Label table = masm_.new_label();
  masm_.adr(k_scratch, table);
  masm_.add_shifted(W64, k_masm_scratch, k_scratch, gpr(index), 2);
  masm_.access(ldrsw, k_masm_scratch, mem(k_masm_scratch));
  masm_.add_sub(AddSub::add, W64, k_scratch, k_scratch, k_masm_scratch);
  masm_.br(k_scratch);
  masm_.bind(table);
  for (uint32_t i = 0; i < last; ++i) masm_.distance(labels[i], table);
}

/// The cells of own globals follow the context. May use the scratch register.
Compiler::Mem Compiler::global_cell(uint32_t index) {
  uint32_t imported = module_->imported_globals();
  if (index >= imported) {
    return context(sizeof(InstanceContext) + (index - imported) * sizeof(GlobalCell));
  }
  masm_.load_word(k_scratch, context(offsetof(InstanceContext, global_cells)));
  masm_.load_word(k_scratch, mem(k_scratch, static_cast<int64_t>(index * sizeof(GlobalCell*))));
  return mem(k_scratch);
}

void Compiler::lower_global_get(uint32_t index) {
  ValKind kind = module_->globals()[index].type.type.kind();
  Reg d = result_reg(is_vector_kind(kind));
  masm_.load(kind, d, global_cell(index));
  push_reg(kind, d);
}

void Compiler::lower_global_set(uint32_t index) {
  Entry value = pop();
  Reg reg = use(value);
  masm_.store(value.kind, global_cell(index), reg);
}

Cond Compiler::lower_null_test(Reg ref) {
  masm_.compare(W64, gpr(ref), 0);
  return EQ;
}

Cond Compiler::lower_compare_refs(Reg a, Reg b) {
  masm_.cmp(W64, gpr(a), gpr(b));
  return EQ;
}

/// i31 references carry their value: bit 63 set, the 31 bits below.
void Compiler::lower_i31(Op op) {
  Entry operand = pop();
  Reg d = own(operand);
  if (op == Op::RefI31) {
    masm_.bitfield(false, W32, gpr(d), gpr(d), 0, 30);
    masm_.logic_imm(Logic::orr, W64, gpr(d), gpr(d), *logical_immediate(W64, uint64_t{1} << 63));
    return push_reg(ValKind::ref, d);
  }
  masm_.jump_if_zero(W64, gpr(d), trap_label(Trap::NullI31Reference));
  masm_.bitfield(op == Op::I31GetS, W32, gpr(d), gpr(d), 0, 30);
  push_reg(ValKind::i32, d);
}

void Compiler::lower_fence() { masm_.dmb(); }

}  // namespace lindvm::jit
