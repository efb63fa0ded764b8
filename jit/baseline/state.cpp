// The abstract operand stack, the registers behind it, and the locals in pins.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {
namespace {

template <class Body>
void for_each_pin(PinSet set, Body&& body) {
  for (; set != 0; set &= set - 1) body(static_cast<unsigned>(std::countr_zero(set)));
}

}  // namespace

// --- registers -------------------------------------------------------------------------------------------

/// None is free: an operand gives way.
Reg Compiler::alloc_by_spilling(RegSet bank) {
  RegSet free = 0;
  for (size_t i = first_in_block(); i < stack_.size(); ++i) {
    Entry& entry = stack_[i];
    if (entry.where != Entry::Where::reg || !contains(bank & ~locked_, entry.reg)) continue;
    free = bit(entry.reg);
    spill(entry);
    break;
  }
  if (free == 0) {
    failed_ = true;
    free = bank;
  }
  return first_of(free);
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

void Compiler::load_local(uint32_t index, unsigned pin) {
  masm_.load_slot(locals_[index].kind, Masm::k_pins[pin], locals_[index].slot);
  pins_.valid |= 1u << pin;
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
      const Local& local = locals_[entry.local];
      if (local.pin >= 0 && pins_.valid >> local.pin & 1) {
        return masm_.move(entry.kind, reg, Masm::k_pins[local.pin]);
      }
      return masm_.load_slot(entry.kind, reg, local.slot);
    }
  }
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
      --locals_[entry.local].references;
      int pin = pin_of(entry.local);
      if (pin >= 0 && pins_.valid >> pin & 1) {
        masm_.store_slot(entry.kind, entry.slot, Masm::k_pins[pin]);
      } else {
        masm_.copy_slot(entry.kind, entry.slot, locals_[entry.local].slot);
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
  for (size_t i = first_in_block(); i + except_top < stack_.size(); ++i) {
    if (!stack_[i].is_const()) materialize(stack_[i]);
  }
}

void Compiler::spill_registers() {
  for (size_t i = first_in_block(); stack_regs_ != 0 && i < stack_.size(); ++i) {
    if (stack_[i].where == Entry::Where::reg) spill(stack_[i]);
  }
}

// --- locals ----------------------------------------------------------------------------------------------

/// Before a local changes: entries that name it get its present value.
void Compiler::save_local(uint32_t index) {
  for (size_t i = first_in_block(); locals_[index].references != 0 && i < stack_.size(); ++i) {
    if (stack_[i].where != Entry::Where::local || stack_[i].local != index) continue;
    Reg reg = alloc_for(stack_[i].kind);
    load_into(reg, stack_[i]);
    stack_[i].where = Entry::Where::reg;
    stack_[i].reg = reg;
    stack_regs_ |= bit(reg);
    --locals_[index].references;
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
  const Local& local = locals_[index];
  if (local.pin >= 0) {
    load_into(Masm::k_pins[local.pin], value);
    pins_.valid |= 1u << local.pin;
    pins_.dirty |= 1u << local.pin;
  } else if (value.is_const()) {
    masm_.store_const(local.slot, value.bits);
  } else {
    masm_.store_slot(local.kind, local.slot, use(value));
  }
}

// --- pins ------------------------------------------------------------------------------------------------

void Compiler::store_pin(const Region& in, unsigned pin) {
  const Local& local = locals_[in.local[pin]];
  masm_.store_slot(local.kind, local.slot, Masm::k_pins[pin]);
}

void Compiler::store_dirty(PinState& pins, PinSet which) {
  for_each_pin(pins.dirty & which, [&](unsigned pin) { store_pin(region(), pin); });
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
  PinSet leaving = region().used & ~common_pins(region(), to);
  store_dirty(pins_, leaving);
  pins_.valid &= ~leaving;
  for_each_pin(region().used, [&](unsigned pin) { locals_[region().local[pin]].pin = -1; });
  region_ = index;
  temps_ = Masm::k_int_temps | Masm::k_vec_temps;
  for (unsigned pin = 0; pin < Masm::k_int_pins + Masm::k_vec_pins; ++pin) {
    if (to.used >> pin & 1) {
      locals_[to.local[pin]].pin = static_cast<int8_t>(pin);
    } else {
      temps_ |= bit(Masm::k_pins[pin]);
    }
  }
}

// --- agreement at branch targets -------------------------------------------------------------------------

PinSet Compiler::pins_common_with(const Target& target) const {
  return target.region == region_ ? region().used : common_pins(region(), regions_[target.region]);
}

void Compiler::reach(Target& target) {
  if (target.is_reached) return;
  target.is_reached = true;
  PinSet common = pins_common_with(target);
  target.pins = {pins_.valid & common, pins_.dirty & common};
}

/// Stores come first, so that the loads need the slots only.
bool Compiler::conform(const Target& target, bool emit) {
  if ((pins_.dirty | target.pins.valid) == 0) return false;
  PinSet common = pins_common_with(target);
  PinSet stored = pins_.dirty & ~(common & target.pins.dirty);
  PinSet loaded = target.pins.valid & ~(common & pins_.valid);
  if (emit) {
    for_each_pin(stored, [&](unsigned pin) { store_pin(region(), pin); });
    for_each_pin(loaded, [&](unsigned pin) {
      const Local& local = locals_[regions_[target.region].local[pin]];
      masm_.load_slot(local.kind, Masm::k_pins[pin], local.slot);
    });
  }
  return (stored | loaded) != 0;
}

}  // namespace lindvm::jit
