// Translation of numeric instructions and select.

#include "vm/interp/operands.h"

namespace lindvm::interp {

namespace {

/// A constant as a 32-bit immediate, which handlers sign-extend.
bool fits_immediate(const Entry& entry) {
  if (entry.type() == SlotType::i32) return true;
  auto value = static_cast<int64_t>(entry.bits());
  return value == static_cast<int32_t>(value);
}

/// The form after `form` is the same with an immediate.
Form with_immediate(Form form) { return static_cast<Form>(static_cast<int>(form) + 1); }
static_assert(static_cast<int>(Form::int_binary_imm) == static_cast<int>(Form::int_binary) + 1);
static_assert(static_cast<int>(Form::int_compare_imm) == static_cast<int>(Form::int_compare) + 1);

}  // namespace

/// Emits an operation on two integers, the right one an immediate if it can be.
LINDVM_HOT void Translator::int_operation(const OpHandlers& row, Form form, Entry left, Entry right) {
  place(left);
  if (right.is_constant() && fits_immediate(right)) {
    Raw& raw = emit(row.base, with_immediate(form));
    raw.set_imm(static_cast<uint32_t>(right.bits()));
    read(raw, 1, left, Bank::integer);
    return;
  }
  place(right);
  Raw& raw = emit(row.base, form);
  read(raw, 2, right, Bank::integer);
  read(raw, 1, left, Bank::integer);
}

void Translator::int_binary(const OpHandlers& row) {
  Entry right = pop(), left = pop();
  uint32_t slot = left.slot();
  if (row.commutes && left.is_constant() && !right.is_constant()) std::swap(left, right);
  if (row.fusion_count > 0) {
    bool swap = row.commutes && is_last_producer(left);
    if (fuse(row, swap ? &right : &left, swap ? left : right, slot)) return;
  }
  int_operation(row, Form::int_binary, left, right);
  set_result(raws_.back(), slot, row.result);
}

void Translator::int_compare(const OpHandlers& row) {
  Entry right = pop(), left = pop();
  uint32_t slot = left.slot();
  int_operation(row, Form::int_compare, left, right);
  set_result(raws_.back(), slot, SlotType::i32);
}

void Translator::unary(const OpHandlers& row, Form form, Bank operand_bank) {
  Entry operand = pop();
  place(operand);
  Raw& raw = emit(row.base, form);
  read(raw, 1, operand, operand_bank);
  set_result(raw, operand.slot(), row.result);
}

void Translator::flt_binary(const OpHandlers& row) {
  Entry right = pop(), left = pop();
  uint32_t slot = left.slot();
  if (row.fusion_count > 0) {
    bool swap = row.commutes && is_last_producer(left);
    if (fuse(row, swap ? &right : &left, swap ? left : right, slot)) return;
  }
  place(left);
  place(right);
  Raw& raw = emit(row.base, Form::flt_binary);
  Bank bank = bank_of(row.result);
  read(raw, 1, left, bank);
  read(raw, 2, right, bank);
  set_result(raw, slot, row.result);
}

/// An opcode with one handler: operands in slots (fields y, z, w), result in x.
Raw& Translator::cold(const OpHandlers& row) {
  Entry operands[4];
  int count = row.operand_count;
  for (int i = count; i-- > 0;) operands[i] = pop();
  uint32_t slot = count > 0 ? operands[0].slot() : height_;
  for (int i = 0; i < count; ++i) place(operands[i]);
  Raw& raw = emit(row.base, Form::fixed);
  for (int i = 0; i < count; ++i) read<false>(raw, i + 1, operands[i], bank_of(operands[i].type()));
  set_result(raw, slot, row.result);
  return raw;
}

void Translator::cold_lane(const OpHandlers& row) {
  uint8_t lane = reader_.u8();
  cold(row).operand[3] = lane;
}

void Translator::shuffle(const OpHandlers& row) {
  auto low = reader_.fixed<uint64_t>(), high = reader_.fixed<uint64_t>();
  uint32_t side = add_side(low, high);
  Raw& raw = cold(row);
  raw.link = side;
  raw.extra_units = 1;
}

/// Wide arithmetic: operands and both results are consecutive slots.
void Translator::wide(const OpHandlers& row) {
  materialize_top(row.operand_count);
  for (int i = row.operand_count; i-- > 0;) pop();
  Raw& raw = emit(row.base, Form::fixed);
  raw.operand[0] = raw.operand[1] = own_offset(height_);
  push_slot(SlotType::i64);
  push_slot(SlotType::i64);
}

void Translator::select(SlotType type) {
  Entry condition = pop(), no = pop(), yes = pop();
  place(yes);
  place(no);
  place(condition);
  static constexpr uint16_t k_selects[] = {H_SelectV128, H_Select_S_S, H_SelectF64, H_SelectF32};
  Bank bank = bank_of(type);
  Raw& raw = emit(k_selects[static_cast<int>(bank)], bank == Bank::integer ? Form::int_select : Form::fixed);
  read<false>(raw, 1, yes, bank);
  read<false>(raw, 2, no, bank);
  if (bank == Bank::integer) {
    read(raw, 3, condition, Bank::integer);
  } else {
    read<false>(raw, 3, condition, Bank::integer);
  }
  set_result(raw, yes.slot(), type);
}

}  // namespace lindvm::interp
