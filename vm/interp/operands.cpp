// The translator's abstract operand stack: where values are, and the moves that put them elsewhere.

#include "vm/interp/operands.h"

#include "vm/interp/tuning.h"

namespace lindvm::interp {

/// Puts the value of an entry still on the stack into the entry's own slot.
void Translator::materialize(Entry& entry) {
  if (entry.is_in_slot()) return;
  emit_move(entry.type(), own_offset(entry.slot()), entry);
  entry = Entry::in_slot(entry.slot(), entry.type(), last_raw());
}

void Translator::materialize_top(uint32_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) materialize(stack_[i]);
}

/// At block boundaries no entry (but for the topmost `except_top`) may name a local: the block could change
/// it on one path only.
void Translator::flush_locals(uint32_t except_top) {
  for (size_t i = stack_.size() - except_top; i-- > 0;) {
    if (stack_[i].is_local()) materialize(stack_[i]);
  }
}

/// Does an entry name the local?
bool Translator::is_pending(uint32_t number) const {
  for (const Entry& entry : stack_.lowest(k_max_lazy_entries)) {
    if (entry.is_local() && entry.local() == number) return true;
  }
  return false;
}

/// Before a local changes: entries that name it get its present value.
void Translator::save_local(uint32_t number) {
  for (Entry& entry : stack_.lowest(k_max_lazy_entries)) {
    if (entry.is_local() && entry.local() == number) materialize(entry);
  }
}

/// The value goes to the local's slot: the instruction that computed it last writes there at once.
void Translator::set_local(uint32_t index, bool tee) {
  uint32_t number = index + 1;
  Entry value = pop();
  Local& local = locals_[number];
  Raw* last = is_last_producer(value) ? &raws_.back() : nullptr;
  if (last != nullptr && last->bank == bank_of(value.type()) && !last->is_call &&
      last->operand[0] == own_offset(value.slot()) && !is_pending(number)) {
    last->operand[0] = local.offset;
    last->refills = !form_info(last->form).writes_x && last->bank != Bank::none;
    refills_ += last->refills;
    local.benefit += last->refills ? -k_reload_cost * weight_ : weight_ / 2;
    if (!tee) fuse_increments();
  } else if (!value.is_local() || value.local() != number) {
    save_local(number);
    local.benefit += weight_ / 2;
    emit_move(local.type, local.offset, value);
  }
  if (tee) push_local(index);
}

/// A conversion that leaves the bits as they are. A local keeps its registers: another bank's value is
/// copied.
void Translator::rename(SlotType type) {
  if (top().is_local() && bank_of(top().type()) != bank_of(type)) materialize(top());
  top() = top().with_type(type);
}

/// Gives a popped constant a slot to be read from.
void Translator::place_constant(Entry& entry) {
  if (loop_depth_ > 0) {
    if (std::optional<uint32_t> number = constant_slot(entry.type(), entry.bits())) {
      entry = Entry::of_local(entry.slot(), entry.type(), *number);
      return;
    }
  }
  emit_const(entry.type(), own_offset(entry.slot()), entry.bits());
  entry = Entry::in_slot(entry.slot(), entry.type(), last_raw());
}

void Translator::emit_move(SlotType type, int16_t to, const Entry& from) {
  if (from.is_constant()) return emit_const(type, to, from.bits());
  static constexpr struct {
    uint16_t handler;
    Form form;
  } k_moves[] = {{H_MoveV128, Form::fixed},
                 {H_Move_S_S, Form::int_unary},
                 {H_MoveF64_FS_FS, Form::flt_unary},
                 {H_MoveF32_FS_FS, Form::flt_unary}};
  Bank bank = bank_of(type);
  auto [handler, form] = k_moves[static_cast<int>(bank)];
  Raw& raw = emit(handler, form);
  raw.operand[0] = to;
  raw.bank = bank;
  read(raw, 1, from, bank);
}

void Translator::emit_const(SlotType type, int16_t to, uint64_t bits) {
  Bank bank = bank_of(type);
  int64_t small = type == SlotType::i32 ? static_cast<int32_t>(bits) : static_cast<int64_t>(bits);
  if (bank == Bank::integer && small == static_cast<int32_t>(small)) {
    Raw& raw = emit(type == SlotType::i32 ? H_ConstI32_S : H_ConstI64_S, Form::int_const);
    raw.operand[0] = to;
    raw.set_imm(static_cast<uint32_t>(small));
    raw.bank = bank;
    return;
  }
  uint16_t handler = bank == Bank::integer ? H_ConstWide_S
                     : bank == Bank::f32   ? H_ConstF32_FS
                                           : H_ConstF64_FS;
  Raw& raw = emit(handler, bank == Bank::integer ? Form::int_const : Form::flt_const);
  raw.operand[0] = to;
  raw.bank = bank;
  raw.extra_units = 1;
  raw.link = add_side(bits, 0);
}

/// In loops, a constant that no immediate field holds lives in a slot of its own, set at function entry,
/// while there are such slots. Answers its number among the locals.
std::optional<uint32_t> Translator::constant_slot(SlotType type, uint64_t bits) {
  for (uint32_t i = 0; i < constant_bits_.size(); ++i) {
    if (constant_bits_[i] == bits && locals_[local_count_ + i].type == type) return local_count_ + i;
  }
  if (constant_bits_.size() == k_loop_constants) return std::nullopt;
  auto number = static_cast<uint32_t>(constant_bits_.size());
  constant_bits_.push_back(bits);
  Local local;
  local.offset = own_offset(constants_base_ + number);
  local.type = type;
  locals_.push_back(local);
  return local_count_ + number;
}

/// An operand unit: the word in the handler's place, and x, y, z, w.
uint32_t Translator::add_side(uint64_t word, uint64_t operands) {
  Instr unit{reinterpret_cast<const void*>(word),
             static_cast<int16_t>(operands),
             static_cast<int16_t>(operands >> 16),
             {}};
  unit.imm = static_cast<int32_t>(operands >> 32);
  sides_.push_back(unit);
  return static_cast<uint32_t>(sides_.size()) - 1;
}

/// Puts what the fused instruction keeps of immediates after its operands, from `field` on; false if that
/// does not fit.
bool Translator::carry(const Fusion& fusion, const Raw& producer, Raw& fused, int field,
                       uint64_t memory_offset) const {
  uint32_t constant = producer.imm();
  auto half = static_cast<int16_t>(constant);
  switch (fusion.carried) {
    case Carried::nothing:
      break;
    case Carried::step:
      if (half != static_cast<int32_t>(constant)) return false;
      fused.operand[field++] = half;
      break;
    case Carried::offset:
      if (constant > 0xffff) return false;
      fused.operand[field++] = half;
      break;
    case Carried::bit_count:
      fused.operand[field++] =
          static_cast<int16_t>(constant & (op_handlers(producer.op).result == SlotType::i32 ? 31 : 63));
      break;
    case Carried::word:
      fused.set_imm(constant);
      return memory_offset == 0;
  }
  if (memory_offset > 0xffff) return false;
  if (field < 4) fused.operand[field] = static_cast<int16_t>(memory_offset);
  return true;
}

/// If `right`, the last operand of the consumer op_, was computed by the instruction emitted last, and there
/// is a handler for both, emits that instead. `left`: the consumer's other operand, if it has one. All are
/// popped; the result's slot is `slot`.
bool Translator::fuse(const OpHandlers& consumer, const Entry* left, const Entry& right, uint32_t slot,
                      uint64_t memory_offset) {
  if (!is_last_producer(right) || (left != nullptr && left->is_constant())) return false;
  const Raw& producer = raws_.back();
  for (const Fusion& fusion : fusions_of(consumer)) {
    if (fusion.producer != producer.handler || fusion.producer_form != producer.form) continue;
    int field = left != nullptr ? 2 : 1;
    Raw fused = producer;
    fused.bank = bank_of(consumer.result);
    if (!carry(fusion, producer, fused, field + fusion.sources, memory_offset)) continue;
    fused.handler = fusion.handler;
    fused.form = fusion.form;
    fused.op = op_;
    if (fusion.carried != Carried::offset) fused.wasm_offset = op_offset();  // else the producer may trap
    for (int i = 0; i < fusion.sources; ++i) fused.operand[field + i] = producer.operand[1 + i];
    int mask = ((1 << fusion.sources) - 1) << 1;
    fused.in_acc = static_cast<uint8_t>((producer.in_acc & mask) << (field - 1));
    fused.temporaries = static_cast<uint8_t>((producer.temporaries & mask) << (field - 1));
    raws_.back() = fused;
    if (left != nullptr) read(raws_.back(), 1, *left, fused.bank);
    set_result(raws_.back(), slot, consumer.result);
    return true;
  }
  return false;
}

}  // namespace lindvm::interp
