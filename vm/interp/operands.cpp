// The translator's abstract operand stack and the emission of Raws.

#include <cassert>

#include "vm/interp/translator.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

Bank Translator::bank_of(ValType type) {
  switch (type.kind()) {
    case ValKind::f32:
      return Bank::f32;
    case ValKind::f64:
      return Bank::f64;
    case ValKind::v128:
      return Bank::none;
    case ValKind::i32:
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return Bank::integer;
  }
  return Bank::none;
}

int16_t Translator::offset(uint32_t slot) const {
  int32_t words = slot < param_slots_ ? static_cast<int32_t>(1 + param_slots_ - slot)
                                      : -1 - static_cast<int32_t>(slot - param_slots_);
  return static_cast<int16_t>(words);
}

void Translator::push_local(uint32_t index) {
  ValType type = local_types_[index];
  Entry& entry = push_slot(type);
  entry.where = Entry::Where::local;
  entry.local = local_slots_[index];
  ++local_refs_[entry.local];
}

void Translator::push_const(ValType type, uint64_t bits) {
  Entry& entry = push_slot(type);
  entry.where = Entry::Where::constant;
  entry.bits = bits;
}

Entry& Translator::push_slot(ValType type) {
  Entry entry;
  entry.type = type;
  entry.slot = height_;
  height_ += slot_count(type);
  return stack_.emplace_back(entry);
}

void Translator::drop_refs(const Entry& entry) {
  if (entry.where == Entry::Where::local) --local_refs_[entry.local];
}

Entry Translator::pop() {
  assert(!stack_.empty());
  Entry entry = stack_.back();
  stack_.pop_back();
  height_ = entry.slot;
  drop_refs(entry);
  return entry;
}

bool Translator::is_last_producer(const Entry& entry) const {
  return entry.where == Entry::Where::slot && entry.producer >= static_cast<int32_t>(barrier_) &&
         entry.producer + 1 == static_cast<int32_t>(raws_.size());
}

/// Puts the value of an entry still on the stack into the entry's own slot.
void Translator::materialize(Entry& entry) {
  if (entry.where == Entry::Where::slot) return;
  drop_refs(entry);
  if (entry.where == Entry::Where::constant) {
    emit_const(entry.type, entry.slot, entry.bits);
  } else {
    emit_move(entry.type, entry.slot, entry);
  }
  entry.where = Entry::Where::slot;
  entry.producer = static_cast<int32_t>(raws_.size()) - 1;
}

void Translator::materialize_top(uint32_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) materialize(stack_[i]);
}

/// At block boundaries no entry (but for the topmost `except_top`) may name a local: the block could change
/// it on one path only.
void Translator::flush_locals(uint32_t except_top) {
  for (size_t i = stack_.size() - except_top; i-- > 0;) {
    if (stack_[i].where == Entry::Where::local) materialize(stack_[i]);
  }
}

/// Before the local at `slot` changes: entries that name it get its present value.
void Translator::save_local(uint32_t slot) {
  if (local_refs_[slot] == 0) return;
  for (Entry& entry : stack_) {
    if (entry.where == Entry::Where::local && entry.local == slot) materialize(entry);
  }
}

void Translator::set_local(uint32_t index, bool tee) {
  uint32_t slot = local_slots_[index];
  Entry value = pop();
  bool renamed = false;
  if (local_refs_[slot] == 0 && is_last_producer(value) && raws_.back().bank == bank_of(value.type) &&
      !raws_.back().is_call && raws_.back().operand[0] == offset(value.slot)) {
    raws_.back().operand[0] = offset(slot);
    renamed = true;
    if (!tee) fuse_increments();
  }
  bool same = value.where == Entry::Where::local && value.local == slot;
  if (!renamed && !same) {
    save_local(slot);
    emit_move(local_types_[index], slot, value);
  }
  if (tee) push_local(index);
}

Raw& Translator::emit(uint16_t handler, Form form) {
  Raw raw;
  raw.handler = handler;
  raw.form = form;
  raw.loop_depth = loop_depth_;
  raw.wasm_offset = op_offset_;
  raw.op = op_;
  return raws_.emplace_back(raw);
}

/// Emits an instruction whose result is a new entry on the stack. The operands' entries are popped already.
Raw& Translator::emit_result(uint16_t handler, Form form, ValType type) {
  Raw& raw = emit(handler, form);
  Entry& entry = push_slot(type);
  entry.producer = static_cast<int32_t>(raws_.size()) - 1;
  raw.operand[0] = offset(entry.slot);
  raw.bank = bank_of(type);
  return raw;
}

/// Gives a popped constant a slot to be read from.
void Translator::place(Entry& entry) {
  if (entry.where != Entry::Where::constant) return;
  if (loop_depth_ > 0) {
    if (std::optional<uint32_t> slot = constant_slot(entry.type, entry.bits)) {
      entry.where = Entry::Where::local;
      entry.local = *slot;
      return;
    }
  }
  emit_const(entry.type, entry.slot, entry.bits);
  entry.where = Entry::Where::slot;
  entry.producer = static_cast<int32_t>(raws_.size()) - 1;
}

/// Makes `entry` (already popped, not a constant) operand `field` of `raw`, the Raw emitted last.
void Translator::use(Raw& raw, int field, const Entry& entry, Bank bank) {
  assert(entry.where != Entry::Where::constant);
  uint32_t slot = entry.where == Entry::Where::local ? entry.local : entry.slot;
  raw.operand[field] = offset(slot);
  if (entry.where == Entry::Where::slot) raw.temporaries |= 1u << field;
  int32_t before = static_cast<int32_t>(raws_.size()) - 2;
  if (before < static_cast<int32_t>(barrier_)) return;
  Raw& last = raws_[before];
  if (bank == Bank::none || last.bank != bank || last.operand[0] != raw.operand[field]) return;
  raw.in_acc |= 1u << field;
  bool reads_acc = k_shapes[static_cast<int>(raw.form)].roles[field] != Role::none;
  bool can_skip_slot = k_shapes[static_cast<int>(last.form)].roles[0] != Role::none && !last.is_call;
  if (reads_acc && can_skip_slot && entry.where == Entry::Where::slot) last.acc_only = true;
}

/// Uses a constant as an immediate of `bits` bits if it fits.
bool Translator::use_immediate(Raw& raw, int field, const Entry& entry, int bits) {
  if (entry.where != Entry::Where::constant) return false;
  int64_t value = entry.type == k_i32 ? static_cast<int32_t>(entry.bits) : static_cast<int64_t>(entry.bits);
  if (bits == 16 ? value != static_cast<int16_t>(value) : value != static_cast<int32_t>(value)) return false;
  raw.immediate = true;
  if (bits == 16) {
    raw.operand[field] = static_cast<int16_t>(value);
  } else {
    raw.imm = static_cast<uint32_t>(value);
    raw.has_imm = true;
  }
  return true;
}

void Translator::emit_move(ValType type, uint32_t to_slot, const Entry& from) {
  if (from.where == Entry::Where::constant) return emit_const(type, to_slot, from.bits);
  Bank bank = bank_of(type);
  uint16_t handler = bank == Bank::integer ? H_Move_S_S
                     : bank == Bank::f32   ? H_MoveF32_FS_FS
                     : bank == Bank::f64   ? H_MoveF64_FS_FS
                                           : H_MoveV128;
  Form form = bank == Bank::integer ? Form::int_unary : bank == Bank::none ? Form::fixed : Form::flt_unary;
  Raw& raw = emit(handler, form);
  raw.operand[0] = offset(to_slot);
  raw.bank = bank;
  use(raw, 1, from, bank);
}

void Translator::emit_const(ValType type, uint32_t to_slot, uint64_t bits) {
  Bank bank = bank_of(type);
  int64_t small = type == k_i32 ? static_cast<int32_t>(bits) : static_cast<int64_t>(bits);
  if (bank == Bank::integer && small == static_cast<int32_t>(small)) {
    Raw& raw = emit(type == k_i32 ? H_ConstI32_S : H_ConstI64_S, Form::int_const);
    raw.operand[0] = offset(to_slot);
    raw.imm = static_cast<uint32_t>(small);
    raw.has_imm = true;
    raw.bank = bank;
    return;
  }
  uint32_t side = add_side(bits, 0);
  uint16_t handler = bank == Bank::integer ? H_ConstWide_S
                     : bank == Bank::f32   ? H_ConstF32_FS
                                           : H_ConstF64_FS;
  Raw& raw = emit(handler, bank == Bank::integer ? Form::int_const : Form::flt_const);
  raw.operand[0] = offset(to_slot);
  raw.bank = bank;
  raw.extra_units = 1;
  raw.side = side;
}

/// In loops, a constant that no immediate field holds lives in a slot of its own, set at function entry,
/// while there are such slots.
std::optional<uint32_t> Translator::constant_slot(ValType type, uint64_t bits) {
  for (const LoopConstant& constant : loop_constants_) {
    if (constant.bits == bits && constant.type == type) return constant.slot;
  }
  if (loop_constants_.size() == k_loop_constants) return std::nullopt;
  uint32_t slot = constants_base_ + static_cast<uint32_t>(loop_constants_.size());
  loop_constants_.push_back({type, bits, slot});
  return slot;
}

uint32_t Translator::add_side(uint64_t handler_word, uint64_t operand_word) {
  sides_.push_back(handler_word);
  sides_.push_back(operand_word);
  return static_cast<uint32_t>(sides_.size() / 2 - 1);
}

}  // namespace lindvm::interp
