// The abstract operand stack, the registers behind it, and the locals in pins.

#include <cassert>

#include "jit/baseline/compiler.h"

namespace lindvm::jit {
namespace {

constexpr RegSet k_int_bank = (RegSet{1} << k_first_vector) - 1;
constexpr RegSet bank_of(bool vector) { return vector ? ~k_int_bank : k_int_bank; }

template <class Body>
void for_each_pin(PinSet set, Body&& body) {
  for (; set != 0; set &= set - 1) body(static_cast<unsigned>(std::countr_zero(set)));
}

}  // namespace

// --- pushing and popping ---------------------------------------------------------------------------------

void Compiler::push(const Entry& entry) {
  stack_.push_back(entry);
  stack_.back().slot = height_;
  height_ += slots_of(entry.kind);
}

void Compiler::push_slot(ValKind kind) {
  Entry entry;
  entry.kind = kind;
  push(entry);
}

void Compiler::push_const(ValKind kind, uint64_t bits) {
  Entry entry;
  entry.where = Entry::Where::constant;
  entry.kind = kind;
  entry.bits = bits;
  push(entry);
}

void Compiler::push_reg(ValKind kind, Reg reg) {
  Entry entry;
  entry.where = Entry::Where::reg;
  entry.kind = kind;
  entry.reg = reg;
  stack_regs_ |= bit(reg);
  push(entry);
}

void Compiler::push_flags(Cond cond) {
  Entry entry;
  entry.where = Entry::Where::flags;
  entry.cond = cond;
  push(entry);
}

void Compiler::push_local(uint32_t index) {
  Entry entry;
  entry.where = Entry::Where::local;
  entry.kind = local_types_[index].kind();
  entry.local = index;
  ++local_refs_[index];
  push(entry);
}

Entry Compiler::pop() {
  assert(!stack_.empty());
  Entry entry = stack_.back();
  stack_.pop_back();
  height_ = entry.slot;
  if (entry.where == Entry::Where::local) --local_refs_[entry.local];
  if (entry.where == Entry::Where::reg) {
    stack_regs_ &= ~bit(entry.reg);
    locked_ |= bit(entry.reg);
  }
  return entry;
}

// --- registers -------------------------------------------------------------------------------------------

Reg Compiler::alloc(bool vector) {
  RegSet bank = temps_ & bank_of(vector);
  RegSet free = bank & ~(stack_regs_ | locked_);
  if (free == 0) {
    for (Entry& entry : stack_) {
      if (entry.where != Entry::Where::reg || !contains(bank & ~locked_, entry.reg)) continue;
      free = bit(entry.reg);
      spill(entry);
      break;
    }
  }
  if (free == 0) {
    failed_ = true;
    free = bank;
  }
  Reg reg = first_of(free);
  lock(reg);
  return reg;
}

void Compiler::take(Reg reg) {
  if (contains(stack_regs_, reg)) {
    for (Entry& entry : stack_) {
      if (entry.where != Entry::Where::reg || entry.reg != reg) continue;
      RegSet free = temps_ & bank_of(is_vector(reg)) & ~(stack_regs_ | locked_);
      if (free == 0) {
        spill(entry);
      } else {
        Reg other = first_of(free);
        masm_.move(entry.kind, other, reg);
        entry.reg = other;
        stack_regs_ = (stack_regs_ & ~bit(reg)) | bit(other);
      }
      break;
    }
  }
  lock(reg);
}

Reg Compiler::local_reg(uint32_t index) {
  int pin = pin_of(index);
  if (pin < 0) return k_no_reg;
  Reg reg = Masm::k_pins[pin];
  if (!(pins_.valid >> pin & 1)) {
    masm_.load_slot(local_types_[index].kind(), reg, local_slots_of_[index]);
    pins_.valid |= 1u << pin;
  }
  return reg;
}

void Compiler::load_into(Reg reg, const Entry& entry) {
  switch (entry.where) {
    case Entry::Where::slot:
      return masm_.load_slot(entry.kind, reg, entry.slot);
    case Entry::Where::reg:
      return masm_.move(entry.kind, reg, entry.reg);
    case Entry::Where::constant:
      return masm_.load_const(entry.kind, reg, entry.bits);
    case Entry::Where::flags: {
      Entry condition = entry;
      return lower_condition(condition, reg);
    }
    case Entry::Where::local: {
      int pin = pin_of(entry.local);
      if (pin >= 0 && pins_.valid >> pin & 1) return masm_.move(entry.kind, reg, Masm::k_pins[pin]);
      return masm_.load_slot(entry.kind, reg, local_slots_of_[entry.local]);
    }
  }
}

Reg Compiler::use(Entry& entry) {
  if (entry.where == Entry::Where::reg) return entry.reg;
  Reg reg = entry.where == Entry::Where::local ? local_reg(entry.local) : k_no_reg;
  if (reg == k_no_reg) {
    reg = alloc_for(entry.kind);
    load_into(reg, entry);
  }
  entry.where = Entry::Where::reg;
  entry.reg = reg;
  return reg;
}

Reg Compiler::own(Entry& entry) {
  if (entry.where == Entry::Where::reg && is_temp(entry.reg)) return entry.reg;
  if (entry.where == Entry::Where::local) local_reg(entry.local);
  Reg reg = alloc_for(entry.kind);
  load_into(reg, entry);
  entry.where = Entry::Where::reg;
  entry.reg = reg;
  return reg;
}

std::optional<Reg> Compiler::forwarding_target(bool vector) const {
  uint8_t opcode = next_byte();
  if (opcode != 0x21 && opcode != 0x22) return std::nullopt;
  CodeReader ahead(reader_.position() + 1);
  uint32_t local = ahead.u32();
  int pin = pin_of(local);
  if (pin < 0 || local_refs_[local] != 0 || is_vector_kind(local_types_[local].kind()) != vector) {
    return std::nullopt;
  }
  return Masm::k_pins[pin];
}

Reg Compiler::result_reg(bool vector, RegSet sources) {
  std::optional<Reg> target = forwarding_target(vector);
  return target && !contains(sources, *target) ? *target : alloc(vector);
}

Reg Compiler::result_over(Entry& operand, RegSet sources) {
  bool vector = is_vector_kind(operand.kind);
  std::optional<Reg> target = forwarding_target(vector);
  if (target && !contains(sources, *target)) return *target;
  if (operand.where == Entry::Where::reg && is_temp(operand.reg) && !contains(sources, operand.reg)) {
    return operand.reg;
  }
  return alloc(vector);
}

// --- into slots ------------------------------------------------------------------------------------------

void Compiler::spill(Entry& entry) {
  masm_.store_slot(entry.kind, entry.slot, entry.reg);
  stack_regs_ &= ~bit(entry.reg);
  entry.where = Entry::Where::slot;
}

/// Puts the value of an entry on the stack into the entry's own slot.
void Compiler::materialize(Entry& entry) {
  switch (entry.where) {
    case Entry::Where::slot:
      return;
    case Entry::Where::reg:
      return spill(entry);
    case Entry::Where::constant:
      masm_.store_const(entry.slot, entry.bits);
      break;
    case Entry::Where::flags:
      lower_condition(entry, Masm::k_int_scratch);
      masm_.store_slot(entry.kind, entry.slot, Masm::k_int_scratch);
      break;
    case Entry::Where::local: {
      --local_refs_[entry.local];
      int pin = pin_of(entry.local);
      if (pin >= 0 && pins_.valid >> pin & 1) {
        masm_.store_slot(entry.kind, entry.slot, Masm::k_pins[pin]);
      } else {
        masm_.copy_slot(entry.kind, entry.slot, local_slots_of_[entry.local]);
      }
      break;
    }
  }
  entry.where = Entry::Where::slot;
}

void Compiler::materialize_top(uint32_t count) {
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) materialize(stack_[i]);
}

/// Constants may stay: no path changes them.
void Compiler::flush_stack(uint32_t except_top) {
  for (size_t i = 0; i + except_top < stack_.size(); ++i) {
    if (!stack_[i].is_const()) materialize(stack_[i]);
  }
}

void Compiler::spill_registers() {
  if (stack_regs_ == 0) return;
  for (Entry& entry : stack_) {
    if (entry.where == Entry::Where::reg) spill(entry);
  }
}

// --- locals ----------------------------------------------------------------------------------------------

/// Before a local changes: entries that name it get its present value.
void Compiler::save_local(uint32_t index) {
  if (local_refs_[index] == 0) return;
  for (size_t i = 0; i < stack_.size(); ++i) {
    if (stack_[i].where != Entry::Where::local || stack_[i].local != index) continue;
    Reg reg = alloc_for(stack_[i].kind);
    load_into(reg, stack_[i]);
    stack_[i].where = Entry::Where::reg;
    stack_[i].reg = reg;
    stack_regs_ |= bit(reg);
    --local_refs_[index];
  }
}

void Compiler::set_local(uint32_t index, bool tee) {
  Entry value = pop();
  if (value.where == Entry::Where::flags) use(value);
  bool same = value.where == Entry::Where::local && value.local == index;
  if (!same) {
    save_local(index);
    assign_local(index, value);
  }
  if (!tee) return;
  // A value still in a register is better used from there than from the slot.
  if (pin_of(index) < 0 && value.where == Entry::Where::reg && is_temp(value.reg)) {
    push_reg(value.kind, value.reg);
  } else if (pin_of(index) < 0 && value.is_const()) {
    push_const(value.kind, value.bits);
  } else {
    push_local(index);
  }
}

void Compiler::assign_local(uint32_t index, Entry& value) {
  ValKind kind = local_types_[index].kind();
  int pin = pin_of(index);
  if (pin >= 0) {
    load_into(Masm::k_pins[pin], value);
    pins_.valid |= 1u << pin;
    pins_.dirty |= 1u << pin;
  } else if (value.is_const()) {
    masm_.store_const(local_slots_of_[index], value.bits);
  } else {
    masm_.store_slot(kind, local_slots_of_[index], use(value));
  }
}

// --- pins ------------------------------------------------------------------------------------------------

void Compiler::store_dirty(PinState& pins, PinSet which) {
  for_each_pin(pins.dirty & which, [&](unsigned pin) {
    uint32_t local = region().local[pin];
    masm_.store_slot(local_types_[local].kind(), local_slots_of_[local], Masm::k_pins[pin]);
  });
  pins.dirty &= ~which;
}

void Compiler::flush_pins() {
  store_dirty(pins_, pins_.dirty);
  pins_ = {};
}

/// Goes over to the pins of another region; what both pin alike stays. No operand may be in a register that
/// is a pin there.
void Compiler::enter_region(uint32_t index) {
  if (index == region_) return;
  const Region& to = regions_[index];
  PinSet leaving = 0;
  for_each_pin(region().used, [&](unsigned pin) {
    if (to.local[pin] != region().local[pin]) leaving |= 1u << pin;
  });
  store_dirty(pins_, leaving);
  pins_.valid &= ~leaving;
  for_each_pin(region().used, [&](unsigned pin) { pin_of_local_[region().local[pin]] = -1; });
  region_ = index;
  temps_ = Masm::k_int_temps | Masm::k_vec_temps;
  for (unsigned pin = 0; pin < Masm::k_int_pins + Masm::k_vec_pins; ++pin) {
    if (to.used >> pin & 1) {
      pin_of_local_[to.local[pin]] = static_cast<int8_t>(pin);
    } else {
      temps_ |= bit(Masm::k_pins[pin]);
    }
  }
}

// --- agreement at branch targets -------------------------------------------------------------------------

void Compiler::reach(Target& target) {
  if (target.is_reached) return;
  target.is_reached = true;
  target.pins = {};
  const Region& to = regions_[target.region];
  for_each_pin(pins_.valid, [&](unsigned pin) {
    if (to.local[pin] != region().local[pin]) return;
    target.pins.valid |= 1u << pin;
    target.pins.dirty |= pins_.dirty & 1u << pin;
  });
}

/// Stores come first, so that the loads need the slots only.
bool Compiler::conform(const Target& target, bool emit) {
  const Region &from = region(), &to = regions_[target.region];
  bool needs_code = false;
  for_each_pin(pins_.dirty, [&](unsigned pin) {
    uint32_t local = from.local[pin];
    if (to.local[pin] == local && target.pins.dirty >> pin & 1) return;
    needs_code = true;
    if (emit) masm_.store_slot(local_types_[local].kind(), local_slots_of_[local], Masm::k_pins[pin]);
  });
  for_each_pin(target.pins.valid, [&](unsigned pin) {
    uint32_t local = to.local[pin];
    if (from.local[pin] == local && pins_.valid >> pin & 1) return;
    needs_code = true;
    if (emit) masm_.load_slot(local_types_[local].kind(), Masm::k_pins[pin], local_slots_of_[local]);
  });
  return needs_code;
}

}  // namespace lindvm::jit
