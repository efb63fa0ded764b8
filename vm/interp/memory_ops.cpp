// Translation of memory, table, global and reference instructions.

#include "vm/interp/operands.h"
#include "vm/runtime/context.h"

namespace lindvm::interp {

namespace {

SlotType address_type(bool is64) { return is64 ? SlotType::i64 : SlotType::i32; }

}  // namespace

void Translator::load(const OpHandlers& row, Form form, const MemoryOperand& at) {
  if (!at.guarded) return memory_op(row, at);
  Entry address = pop();
  if (row.fusion_count > 0 && fuse(row, nullptr, address, address.slot(), at.offset)) return;
  place(address);
  Raw& raw = emit(row.base, form);
  raw.set_imm(static_cast<uint32_t>(at.offset));
  read(raw, 1, address, Bank::integer);
  set_result(raw, address.slot(), row.result);
}

void Translator::store(const OpHandlers& row, Form form, const MemoryOperand& at) {
  if (!at.guarded) return memory_op(row, at);
  Entry value = pop(), address = pop();
  place(address);
  bool is_int = form == Form::int_store;
  int64_t constant =
      row.operand == SlotType::i32 ? static_cast<int32_t>(value.bits()) : static_cast<int64_t>(value.bits());
  bool immediate = value.is_constant() && is_int && constant == static_cast<int16_t>(constant);
  if (!immediate) place(value);
  Raw& raw = emit(row.base, immediate ? Form::int_store_imm : form);
  raw.set_imm(static_cast<uint32_t>(at.offset));
  if (immediate) {
    raw.operand[1] = static_cast<int16_t>(constant);
  } else {
    read(raw, 1, value, is_int ? Bank::integer : bank_of(row.operand));
  }
  read(raw, 0, address, Bank::integer);
}

/// Any other access: operands in slots, an operand unit with offset and memory.
void Translator::memory_op(const OpHandlers& row, const MemoryOperand& at) {
  bool has_lane = row.treatment == Treatment::memory_lane;
  uint8_t lane = has_lane ? reader_.u8() : 0;
  Entry operands[3];
  int count = row.operand_count;
  for (int i = count; i-- > 0;) operands[i] = pop();
  for (int i = 0; i < count; ++i) place(operands[i]);
  Raw& raw = emit(at.guarded ? row.base : row.memory, Form::fixed);
  raw.link = add_side(at.offset, uint64_t{at.memory} << 32);
  raw.extra_units = 1;
  int field = row.has_result ? 1 : 0;
  for (int i = 0; i < count; ++i) read<false>(raw, field + i, operands[i], bank_of(operands[i].type()));
  if (has_lane) raw.operand[3] = lane;
  if (row.has_result) set_result(raw, operands[0].slot(), row.result);
}

void Translator::global_get(uint32_t index) {
  SlotType type = slot_type(module_->globals()[index].type.type);
  uint32_t own_index = index - module_->imported_globals();
  if (index >= module_->imported_globals() && bank_of(type) == Bank::integer) {
    Raw& raw = emit(H_GlobalGetOwn_S, Form::int_const);
    raw.set_imm(static_cast<uint32_t>(sizeof(InstanceContext) + own_index * sizeof(GlobalCell)));
    return set_result(raw, height_, type);
  }
  static constexpr uint16_t k_gets[] = {H_GlobalGetV128, H_GlobalGetI, H_GlobalGetF64, H_GlobalGetF32};
  indexed_get(k_gets[static_cast<int>(bank_of(type))], type, index);
}

void Translator::global_set(uint32_t index) {
  Bank bank = bank_of(slot_type(module_->globals()[index].type.type));
  Entry value = pop();
  place(value);
  if (index >= module_->imported_globals() && bank == Bank::integer) {
    uint32_t own_index = index - module_->imported_globals();
    Raw& raw = emit(H_GlobalSetOwn_S, Form::int_use);
    raw.set_imm(static_cast<uint32_t>(sizeof(InstanceContext) + own_index * sizeof(GlobalCell)));
    return read(raw, 0, value, bank);
  }
  Raw& raw = emit(bank == Bank::none ? H_GlobalSetV128 : H_GlobalSetI, Form::fixed);
  raw.set_imm(index);
  read<false>(raw, 0, value, bank);
}

/// Pops `count` operands into consecutive slots and emits an instruction on them; `words` are its indices.
Raw& Translator::emit_on_slots(uint16_t handler, uint32_t count, uint64_t first_word) {
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  Raw& raw = emit(handler, Form::fixed);
  raw.operand[0] = own_offset(height_);
  raw.link = add_side(first_word, 0);
  raw.extra_units = 1;
  return raw;
}

/// No operands, one result, an index.
void Translator::indexed_get(uint16_t handler, SlotType type, uint32_t index) {
  Raw& raw = emit(handler, Form::fixed);
  raw.set_imm(index);
  set_result(raw, height_, type);
}

void Translator::table_get(uint32_t table) {
  Entry index = pop();
  place(index);
  Raw& raw = emit(H_TableGet, Form::fixed);
  raw.set_imm(table);
  read<false>(raw, 1, index, Bank::integer);
  set_result(raw, index.slot(), SlotType::i64);
}

void Translator::table_set(uint32_t table) {
  Entry value = pop(), index = pop();
  place(index);
  place(value);
  Raw& raw = emit(H_TableSet, Form::fixed);
  raw.set_imm(table);
  read<false>(raw, 0, index, Bank::integer);
  read<false>(raw, 1, value, Bank::integer);
}

void Translator::grow(uint16_t handler, uint32_t operands, uint32_t index, bool is64) {
  Raw& raw = emit_on_slots(handler, operands, index | uint64_t{is64} << 32);
  raw.operand[1] = raw.operand[0];
  set_result(raw, height_, address_type(is64));
}

void Translator::table_size(uint32_t index) {
  indexed_get(H_TableSize, address_type(module_->tables()[index].type.is64), index);
}
void Translator::table_grow(uint32_t index) {
  grow(H_TableGrow, 2, index, module_->tables()[index].type.is64);
}
void Translator::memory_size(uint32_t index) {
  indexed_get(H_MemorySize, address_type(module_->memories()[index].is64), index);
}
void Translator::memory_grow(uint32_t index) {
  grow(H_MemoryGrow, 1, index, module_->memories()[index].is64);
}

/// Filling, copying, initialising: three operands, one index or two.
void Translator::bulk(const OpHandlers& row, bool two_indices) {
  uint64_t indices = reader_.u32();
  if (two_indices) indices |= uint64_t{reader_.u32()} << 32;
  emit_on_slots(row.base, 3, indices);
}

void Translator::v128_const() {
  auto low = reader_.fixed<uint64_t>(), high = reader_.fixed<uint64_t>();
  Raw& raw = emit(H_ConstV128, Form::fixed);
  raw.link = add_side(low, high);
  raw.extra_units = 1;
  set_result(raw, height_, SlotType::v128);
}

/// One operand in a slot, one result.
void Translator::unary_fixed(const OpHandlers& row, SlotType type) {
  Entry operand = pop();
  place(operand);
  Raw& raw = emit(row.base, Form::fixed);
  read<false>(raw, 1, operand, Bank::integer);
  set_result(raw, operand.slot(), type);
}

void Translator::ref_eq(const OpHandlers& row) {
  Entry right = pop(), left = pop();
  place(left);
  place(right);
  Raw& raw = emit(row.base, Form::fixed);
  read<false>(raw, 1, left, Bank::integer);
  read<false>(raw, 2, right, Bank::integer);
  set_result(raw, left.slot(), SlotType::i32);
}

void Translator::ref_as_non_null(const OpHandlers& row) {
  materialize_top(1);
  Entry ref = pop();
  read<false>(emit(row.base, Form::fixed), 0, ref, Bank::integer);
  push_slot(SlotType::i64);
}

}  // namespace lindvm::interp
