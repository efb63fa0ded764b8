#pragma once
// The part of Compiler that runs for nearly every instruction, in line: pushing and popping operands, and
// finding registers for them. Included by compiler.h.

namespace lindvm::jit {

// --- pushing and popping ---------------------------------------------------------------------------------

inline void Compiler::push(const Entry& entry) {
  stack_.push(entry);
  height_ += slots_of(entry.kind);
}

inline void Compiler::push_slot(ValKind kind) { push(Entry::in_slot(kind, height_)); }
inline void Compiler::push_const(ValKind kind, uint64_t bits) { push(Entry::constant(kind, height_, bits)); }
inline void Compiler::push_flags(Cond cond) { push(Entry::in_flags(height_, cond)); }

inline void Compiler::push_reg(ValKind kind, Reg reg) {
  stack_regs_ |= bit(reg);
  push(Entry::in_reg(kind, height_, reg));
}

inline void Compiler::push_local(uint32_t index) {
  ++locals_[index].references;
  push(Entry::of_local(locals_[index].kind, height_, index));
}

inline Entry Compiler::pop() {
  Entry entry = stack_.pop();
  height_ = entry.slot;
  if (entry.where == Entry::Where::local) --locals_[entry.local].references;
  if (entry.where == Entry::Where::reg) {
    stack_regs_ &= ~bit(entry.reg);
    locked_ |= bit(entry.reg);
  }
  return entry;
}

// --- registers -------------------------------------------------------------------------------------------

inline constexpr RegSet k_int_bank = (RegSet{1} << k_first_vector) - 1;
constexpr RegSet bank_of(bool vector) { return vector ? ~k_int_bank : k_int_bank; }

inline Reg Compiler::alloc(bool vector) {
  RegSet bank = temps_ & bank_of(vector);
  RegSet free = bank & ~(stack_regs_ | locked_);
  Reg reg = free != 0 ? first_of(free) : alloc_by_spilling(bank);
  lock(reg);
  return reg;
}

inline Reg Compiler::local_reg(uint32_t index) {
  int pin = pin_of(index);
  if (pin < 0) return k_no_reg;
  if (!(pins_.valid >> pin & 1)) load_local(index, static_cast<unsigned>(pin));
  return Masm::k_pins[pin];
}

inline Reg Compiler::use(Entry& entry) {
  if (entry.where == Entry::Where::reg) return entry.reg;
  Reg reg = entry.where == Entry::Where::local ? local_reg(static_cast<uint32_t>(entry.local)) : k_no_reg;
  if (reg == k_no_reg) {
    reg = alloc_for(entry.kind);
    load_into(reg, entry);
  }
  entry.where = Entry::Where::reg;
  entry.reg = reg;
  return reg;
}

/// Of a local that the next instruction assigns, if the value may be written there: k_no_reg if not.
inline Reg Compiler::forwarding_target(bool vector) const {
  uint8_t opcode = next_byte();
  if (opcode != 0x21 && opcode != 0x22) return k_no_reg;
  CodeReader ahead(reader_.position() + 1);
  const Local& local = locals_[ahead.u32()];
  if (local.pin < 0 || local.references != 0 || is_vector_kind(local.kind) != vector) return k_no_reg;
  return Masm::k_pins[local.pin];
}

inline Reg Compiler::result_reg(bool vector, RegSet sources) {
  Reg target = forwarding_target(vector);
  return target != k_no_reg && !contains(sources, target) ? target : alloc(vector);
}

inline Reg Compiler::result_over(Entry& operand, RegSet sources) {
  bool vector = is_vector_kind(operand.kind);
  Reg target = forwarding_target(vector);
  if (target != k_no_reg && !contains(sources, target)) return target;
  if (operand.where == Entry::Where::reg && is_temp(operand.reg) && !contains(sources, operand.reg)) {
    return operand.reg;
  }
  return alloc(vector);
}

}  // namespace lindvm::jit
