// Structured control: blocks, loops, branches. A block's single result arrives in the result register of its
// bank, several in the block's slots; the pins that a target's branches agree on are those of the first.

#include <algorithm>

#include "jit/baseline/compiler.h"
#include "jit/tuning.h"

namespace lindvm::jit {

/// Opens a block whose parameters are on the stack, in their own slots.
Control& Compiler::open(Op op, const Control& shape) {
  Control& control = controls_.emplace_back(shape);
  control.op = op;
  control.region = region_;
  control.target = {masm_.new_label(), region_, {}, false};
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  control.slot_height = height_;
  for (ValType type : control.params) control.slot_height -= slots_of(type.kind());
  return control;
}

void Compiler::open_block(Op op) {
  Control shape{read_block_type(reader_, *module_)};
  flush_stack(0);
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  open(op, shape);
}

void Compiler::open_loop() {
  uint32_t wasm_offset = wasm_offset_;
  Control shape{read_block_type(reader_, *module_)};
  flush_stack(0);
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  bool can_enter = stack_.empty();
  Control& control = open(Op::Loop, shape);
  while (scan_.loops[next_loop_].wasm_offset != wasm_offset) ++next_loop_;
  const ScannedLoop& loop = scan_.loops[next_loop_++];
  Target& head = control.target;
  if (loop.depth < k_max_planned_depth) {
    regions_.push_back(planner_.plan(scan_, loop.first_use, loop.last_use, loop.depth + 1, &region(), locals_,
                                     loop.calls != 0));
    head.region = static_cast<uint32_t>(regions_.size()) - 1;
  }
  const Region& inner = regions_[head.region];
  head.is_reached = true;
  head.pins.valid = inner.eager;
  head.pins.dirty = inner.eager & inner.assigned;
  conform(head, true);
  pins_ = {};  // what was dirty is stored or dirty at the head as well
  enter_region(head.region);
  pins_ = head.pins;
  if (can_enter) add_cold(&Compiler::cold_loop_entry, head.label);
  masm_.align(k_loop_alignment);
  masm_.bind(head.label);
  poll();
}

/// The loop with everything in slots, as the interpreter leaves it.
void Compiler::cold_loop_entry(const Cold& cold) {
  loop_entries_.push_back({cold.wasm_offset, masm_.offset()});
  pins_ = {};
  conform({cold.back, cold.region, cold.pins, true}, true);
  masm_.jump(cold.back);
}

void Compiler::poll() {
  Label back = masm_.new_label();
  Label slow = add_cold(&Compiler::cold_poll, back);
  lower_poll(slow);
  masm_.bind(back);
}

void Compiler::cold_poll(const Cold& cold) {
  store_dirty(pins_, pins_.dirty);
  call_stub(stubs_.interrupt);
  pins_ = {};
  conform({cold.back, cold.region, cold.pins, true}, true);
  masm_.jump(cold.back);
}

void Compiler::open_if() {
  Control shape{read_block_type(reader_, *module_)};
  Entry condition = pop();
  if (condition.where != Entry::Where::flags) use(condition);
  flush_stack(0);
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  Control& control = open(Op::If, shape);
  control.otherwise = {masm_.new_label(), region_, {}, false};
  reach(control.otherwise);
  jump_unless(condition, control.otherwise.label);
}

/// Drops everything above the block's height.
void Compiler::reset_stack(const Control& control) {
  while (stack_.size() > control.height) pop();
  height_ = control.slot_height;
  locked_ = 0;
}

void Compiler::push_results(std::span<const ValType> types) {
  for (ValType type : types) push_slot(type.kind());
}

void Compiler::push_block_results(const Control& control) {
  if (control.results.size() != 1) return push_results(control.results);
  ValKind kind = control.results[0].kind();
  push_reg(kind, is_vector_kind(kind) ? Masm::k_vec_result : Masm::k_int_result);
}

/// From the end of a body that is followed by another part of the block.
void Compiler::go_to_end(Control& control) {
  if (!reachable_) return;
  settle(control, false);
  reach(control.target);
  conform(control.target, true);
  masm_.jump(control.target.label);
}

void Compiler::begin_else() {
  Control& control = controls_.back();
  go_to_end(control);
  reset_stack(control);
  push_results(control.params);
  masm_.bind(control.otherwise.label);
  pins_ = control.otherwise.pins;
  control.otherwise.label = {};
  reachable_ = true;
}

void Compiler::bind_target(Target& target) {
  masm_.bind(target.label);
  pins_ = target.pins;
}

void Compiler::end_block() {
  if (controls_.size() == 1) return end_function();
  if (controls_.back().op == Op::TryTable) land_clauses(static_cast<uint32_t>(controls_.size()) - 1);
  Control control = controls_.back();
  if (control.op == Op::Loop) {
    if (reachable_) settle(control, false);
    if (!reachable_) pins_ = {};
    enter_region(control.region);
    controls_.pop_back();
    reset_stack(control);
    return push_block_results(control);
  }
  bool has_otherwise = control.otherwise.label.is_valid();
  if (has_otherwise && !control.target.is_reached) {
    control.target.is_reached = true;
    control.target.pins = control.otherwise.pins;
  }
  if (reachable_) {
    settle(control, false);
    reach(control.target);
    conform(control.target, true);
  }
  if (has_otherwise) {  // an if without else: its parameters are its results
    pins_ = control.otherwise.pins;
    bool takes_code = control.results.size() == 1 || conform(control.target, false);
    if (takes_code && reachable_) masm_.jump(control.target.label);
    masm_.bind(control.otherwise.label);
    if (control.results.size() == 1) {
      ValKind kind = control.results[0].kind();
      masm_.load_slot(kind, is_vector_kind(kind) ? Masm::k_vec_result : Masm::k_int_result,
                      control.slot_height);
    }
    conform(control.target, true);
  }
  controls_.pop_back();
  reset_stack(control);
  reachable_ = control.target.is_reached;
  if (!reachable_) return push_block_results(control);
  bind_target(control.target);
  push_block_results(control);
}

void Compiler::end_function() {
  if (reachable_) emit_return();
  controls_.pop_back();
}

void Compiler::unreachable() { reachable_ = false; }

// --- values that go along --------------------------------------------------------------------------------

/// Are the values for a branch where its target wants them?
bool Compiler::settled(const Control& control) const {
  std::span<const ValType> types = branch_types(control);
  if (types.empty()) return true;
  const Entry* values = &stack_[stack_.size() - types.size()];
  if (result_in_register(control)) {
    Reg wanted = is_vector_kind(values->kind) ? Masm::k_vec_result : Masm::k_int_result;
    return values->where == Entry::Where::reg && values->reg == wanted;
  }
  uint32_t slot = control.slot_height;
  for (size_t i = 0; i < types.size(); ++i) {
    if (values[i].where != Entry::Where::slot || values[i].slot != slot) return false;
    slot += slots_of(types[i].kind());
  }
  return true;
}

/// Puts the topmost values where the target wants them. `keep`: this is a path that the code after a
/// conditional branch does not take, so that nothing may change for it.
void Compiler::settle(const Control& control, bool keep) {
  bool at_end =
      !keep && control.op == Op::Loop && controls_.back().target.label.id == control.target.label.id;
  std::span<const ValType> types = at_end ? control.results : branch_types(control);
  if (types.empty()) return;
  size_t base = stack_.size() - types.size();
  if (types.size() == 1 && (at_end || result_in_register(control))) {
    Entry& value = stack_[base];
    Reg wanted = is_vector_kind(value.kind) ? Masm::k_vec_result : Masm::k_int_result;
    if (value.where == Entry::Where::reg && value.reg == wanted) return;
    take(wanted);
    load_into(wanted, value);
    if (value.where == Entry::Where::local) --locals_[value.local].references;
    if (value.where == Entry::Where::reg) stack_regs_ &= ~bit(value.reg);
    value.where = Entry::Where::reg;
    value.reg = wanted;
    stack_regs_ |= bit(wanted);
    return;
  }
  // Sources lie at or above their destinations.
  uint32_t slot = control.slot_height;
  for (size_t i = 0; i < types.size(); ++i) {
    const Entry& value = stack_[base + i];
    switch (value.where) {
      case Entry::Where::slot:
        masm_.copy_slot(value.kind, slot, value.slot);
        break;
      case Entry::Where::reg:
        masm_.store_slot(value.kind, slot, value.reg);
        break;
      case Entry::Where::constant:
        masm_.store_const(slot, value.bits);
        break;
      case Entry::Where::flags: {
        Entry condition = value;
        lower_condition(condition, Masm::k_int_scratch);
        masm_.store_slot(value.kind, slot, Masm::k_int_scratch);
        break;
      }
      case Entry::Where::local: {
        int pin = pin_of(value.local);
        if (pin >= 0 && pins_.valid >> pin & 1) {
          masm_.store_slot(value.kind, slot, Masm::k_pins[pin]);
        } else {
          masm_.copy_slot(value.kind, slot, locals_[value.local].slot);
        }
        break;
      }
    }
    slot += slots_of(types[i].kind());
  }
}

// --- branches --------------------------------------------------------------------------------------------

void Compiler::branch_to(uint32_t depth) {
  if (depth + 1 == controls_.size()) return emit_return();
  Control& control = control_at(depth);
  settle(control, true);
  reach(control.target);
  conform(control.target, true);
  masm_.jump(control.target.label);
  unreachable();
}

void Compiler::jump_when(Entry& condition, Label label, bool sense) {
  if (condition.where == Entry::Where::flags) {
    masm_.jump_if(sense ? condition.cond : negate(condition.cond), label);
  } else {
    masm_.jump_if_zero(use(condition), label, !sense);
  }
}
void Compiler::jump_unless(Entry& condition, Label label) { jump_when(condition, label, false); }

/// The condition is popped, in a register or in the flags. Nothing but the branch may be in the part that is
/// executed conditionally.
void Compiler::conditional_branch(Control& control, uint32_t depth, Entry& condition, bool sense) {
  bool returns = depth + 1 == controls_.size();
  auto values = static_cast<uint32_t>(branch_types(control).size());
  if (returns && values > 0 && !has_register_result()) materialize_top(values);
  if (result_in_register(control) && (!returns || has_register_result())) settle(control, true);
  if (returns) {
    Label over = masm_.new_label();
    jump_when(condition, over, !sense);
    PinState pins = pins_;
    lower_return(values == 0 ? height_ : top(values - 1).slot);
    pins_ = pins;
    masm_.bind(over);
    return;
  }
  reach(control.target);
  if (settled(control)) {
    if (!conform(control.target, false)) return jump_when(condition, control.target.label, sense);
    if (control.op != Op::Loop) {
      branch_copies_.push_back(control.target);
      return jump_when(condition, add_cold(&Compiler::cold_branch, {}, branch_copies_.size() - 1), sense);
    }
  }
  Label over = masm_.new_label();
  jump_when(condition, over, !sense);
  settle(control, true);
  conform(control.target, true);
  masm_.jump(control.target.label);
  masm_.bind(over);
}

void Compiler::cold_branch(const Cold& cold) {
  const Target& target = branch_copies_[cold.a];
  conform(target, true);
  masm_.jump(target.label);
}

void Compiler::branch_if(uint32_t depth) {
  Entry condition = pop();
  if (condition.where == Entry::Where::constant) {
    if (static_cast<uint32_t>(condition.bits) != 0) branch_to(depth);
    return;
  }
  if (condition.where != Entry::Where::flags) use(condition);
  // The value that goes along may have to be in the register that holds the condition.
  if (condition.where == Entry::Where::reg && condition.reg == Masm::k_int_result) {
    Control& control = control_at(depth);
    if (!branch_types(control).empty()) {
      Reg other = alloc(false);
      masm_.move(ValKind::i32, other, condition.reg);
      condition.reg = other;
      locked_ &= ~bit(Masm::k_int_result);
    }
  }
  conditional_branch(control_at(depth), depth, condition, true);
}

/// Values that go along are in their own slots; each target gets a stub that takes them to where it wants
/// them, unless they are there and the pins agree.
void Compiler::branch_table() {
  uint32_t count = reader_.u32();
  std::vector<uint32_t> depths(count + 1);
  for (uint32_t& depth : depths) depth = reader_.u32();
  Entry index = pop();
  Reg index_reg = own(index);
  materialize_top(static_cast<uint32_t>(branch_types(control_at(depths[0])).size()));
  std::vector<Label> labels;
  std::vector<std::pair<uint32_t, Label>> stubs;
  for (uint32_t depth : depths) {
    bool returns = depth + 1 == controls_.size();
    if (!returns) {
      Control& control = control_at(depth);
      reach(control.target);
      if (settled(control) && !conform(control.target, false)) {
        labels.push_back(control.target.label);
        continue;
      }
    }
    auto known = std::find_if(stubs.begin(), stubs.end(), [&](auto& stub) { return stub.first == depth; });
    if (known == stubs.end()) known = stubs.insert(stubs.end(), {depth, masm_.new_label()});
    labels.push_back(known->second);
  }
  lower_jump_table(index_reg, labels);
  for (auto [depth, label] : stubs) {
    masm_.bind(label);
    branch_stub(depth);
  }
  unreachable();
}

void Compiler::branch_stub(uint32_t depth) {
  Control& control = control_at(depth);
  std::span<const ValType> types = branch_types(control);
  uint32_t first_slot = types.empty() ? height_ : stack_[stack_.size() - types.size()].slot;
  bool returns = depth + 1 == controls_.size();
  if (returns ? has_register_result() : result_in_register(control)) {
    ValKind kind = types[0].kind();
    masm_.load_slot(kind, is_vector_kind(kind) ? Masm::k_vec_result : Masm::k_int_result, first_slot);
  } else if (!returns) {
    settle(control, true);
  }
  if (returns) return lower_return(first_slot);
  conform(control.target, true);
  masm_.jump(control.target.label);
}

/// br_on_null and br_on_non_null: the reference stays on the stack on the non-null side only.
void Compiler::branch_null(bool on_null) {
  uint32_t depth = reader_.u32();
  if (on_null) {
    Entry ref = pop();
    Reg reg = own(ref);
    if (reg == Masm::k_int_result) {  // where a value that goes along would be
      reg = alloc(false);
      masm_.move(ref.kind, reg, ref.reg);
      locked_ &= ~bit(Masm::k_int_result);
    }
    Entry condition = null_condition(reg);
    conditional_branch(control_at(depth), depth, condition, true);
    return push_reg(ref.kind, reg);
  }
  Entry condition = null_condition(use_top());
  conditional_branch(control_at(depth), depth, condition, false);
  pop();
}

/// The top entry's value in a register, with the entry left on the stack.
Reg Compiler::use_top() {
  Entry entry = pop();
  Reg reg = own(entry);
  push_reg(entry.kind, reg);
  return reg;
}

void Compiler::emit_return() {
  const std::vector<ValType>& results = type_->results;
  auto count = static_cast<uint32_t>(results.size());
  if (has_register_result()) {
    Entry value = pop();
    Reg wanted = is_vector_kind(value.kind) ? Masm::k_vec_result : Masm::k_int_result;
    load_into(wanted, value);
    lower_return(value.slot);
  } else {
    materialize_top(count);
    lower_return(count == 0 ? height_ : top(count - 1).slot);
  }
  unreachable();
}

}  // namespace lindvm::jit
