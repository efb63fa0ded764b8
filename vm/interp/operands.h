#pragma once
// The translator's inner operations, inline: pushing and popping entries of the abstract operand stack,
// emitting a Raw, naming its operands. Included by the translator's .cpp files only.

#include <cassert>

#include "vm/interp/translator.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

#define LINDVM_HOT [[gnu::always_inline]] inline

LINDVM_HOT void Translator::push(const Entry& entry) {
  height_ = entry.slot() + slot_count(entry.type());
  stack_.push(entry);
}

/// Far up the stack a local's value is copied at once, so that looking for entries that name a local is
/// quick.
LINDVM_HOT void Translator::push_local(uint32_t index) {
  uint32_t number = index + 1;
  push(Entry::of_local(height_, locals_[number].type, number));
  if (stack_.size() > k_max_lazy_entries) [[unlikely]]
    materialize(stack_.back());
}

LINDVM_HOT void Translator::push_const(SlotType type, uint64_t bits) {
  push(Entry::constant(height_, type, bits));
}

LINDVM_HOT Entry Translator::pop() {
  assert(stack_.size() > 0);
  Entry entry = stack_.pop();
  height_ = entry.slot();
  return entry;
}

LINDVM_HOT bool Translator::is_last_producer(const Entry& entry) const {
  return entry.is_in_slot() && entry.producer() == last_raw() && raw_count() > barrier_;
}

LINDVM_HOT Raw& Translator::emit(uint16_t handler, Form form) {
  Raw& raw = raws_.append();
  raw.handler = handler;
  raw.op = op_;
  raw.form = form;
  raw.wasm_offset = op_offset();
  return raw;
}

/// Makes the result of `raw`, the Raw emitted last, a new entry on the stack, in its own slot. The operands'
/// entries are popped already.
LINDVM_HOT void Translator::set_result(Raw& raw, uint32_t slot, SlotType type) {
  push(Entry::in_slot(slot, type, last_raw()));
  raw.operand[0] = own_offset(slot);
  raw.bank = bank_of(type);
}

/// Makes `entry` (already popped, not a constant) operand `field` of `raw`, the Raw emitted last. HasKinds:
/// its handler has variants for where that operand is. Without branches: what operands are is hard to
/// predict.
template <bool HasKinds>
LINDVM_HOT void Translator::read(Raw& raw, int field, const Entry& entry, Bank bank) {
  assert(!entry.is_constant());
  unsigned is_temporary = entry.is_in_slot();
  Local& local = locals_[is_temporary ? 0 : entry.local()];
  int16_t offset = is_temporary ? own_offset(entry.slot()) : local.offset;
  if (HasKinds) local.benefit += 2 * weight_;
  raw.operand[field] = offset;
  raw.temporaries |= static_cast<uint8_t>(is_temporary << field);
  Raw& last = (&raw)[-1];
  unsigned same_bank = bank != Bank::none && last.bank == bank, same_place = last.operand[0] == offset;
  unsigned in_acc = same_bank & same_place & unsigned{raw_count() >= barrier_ + 2};
  raw.in_acc |= static_cast<uint8_t>(in_acc << field);
  unsigned skips_slot = unsigned{form_info(last.form).writes_x} & unsigned{!last.is_call} & is_temporary;
  if (HasKinds) last.in_acc |= static_cast<uint8_t>(in_acc & skips_slot);
}

}  // namespace lindvm::interp
