// Translation of structured control: blocks become labels, values that cross block boundaries go to the
// canonical slots of the block's results (or a loop's parameters), compares fuse into conditional branches.

#include <algorithm>

#include "vm/interp/operands.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

/// local += constant of 16 bits, in the local's own slot.
bool is_increment(const Raw& raw) {
  return raw.handler == H_I32Add_S_S_S && raw.form == Form::int_binary_imm && !(raw.in_acc & 1) &&
         raw.operand[0] == raw.operand[1] &&
         static_cast<int16_t>(raw.imm()) == static_cast<int32_t>(raw.imm());
}

/// The latch of the compare whose branch form is `branch`, or 0.
uint16_t latch_for(uint16_t branch) {
  for (Op op : {Op::I32Ne, Op::I32LtS, Op::I32LtU, Op::I32GtS, Op::I32GtU}) {
    if (op_handlers(op).branch == branch) return op_handlers(op).latch;
  }
  return 0;
}

}  // namespace

uint32_t Translator::new_label() {
  label_positions_.push_back(k_no_label);
  return static_cast<uint32_t>(label_positions_.size()) - 1;
}

void Translator::bind(uint32_t label) {
  label_positions_[label] = raw_count();
  end_sequence();
}

/// Opens a block whose parameters are on the stack, in their own slots.
Control& Translator::open(Op op, const Control& shape) {
  Control& control = controls_.emplace_back(shape);
  control.op = op;
  control.label = new_label();
  control.height = static_cast<uint32_t>(stack_.size() - control.params.size());
  control.slot_height = height_ - slot_count(control.params);
  return control;
}

void Translator::open_block() {
  Control shape{read_block_type(reader_, *module_)};
  flush_locals();
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  Control& control = open(op_, shape);
  if (op_ == Op::Loop) {
    set_loop_depth(loop_depth_ + 1);
    bind(control.label);
    count_passes();
  }
}

/// A use in a loop counts for more than one outside.
void Translator::set_loop_depth(int depth) {
  loop_depth_ = depth;
  weight_ = int64_t{1} << std::min(3 * depth, k_max_loop_weight_log2);
}

/// The loop head's counter, for the compiling tier; what follows must not be merged with it.
void Translator::count_passes() {
  if (tier_options().choice != TierChoice::automatic) return;
  emit(H_CountPass, Form::fixed).set_imm(hot_loop_passes());
  end_sequence();
}

void Translator::open_if() {
  Control shape{read_block_type(reader_, *module_)};
  flush_locals(1);
  auto params = static_cast<uint32_t>(shape.params.size());
  for (size_t i = stack_.size() - 1 - params; i + 1 < stack_.size(); ++i) materialize(stack_[i]);
  uint32_t else_label = new_label();
  emit_condition(false);
  set_label(else_label);
  end_sequence();
  Control& control = open(Op::If, shape);
  control.else_label = else_label;
}

/// Drops everything above the block's height.
void Translator::reset_stack(const Control& control) {
  while (stack_.size() > control.height) pop();
  height_ = control.slot_height;
}

void Translator::push_results(std::span<const ValType> types) {
  for (ValType type : types) push_slot(slot_type(type));
}

void Translator::begin_else() {
  Control& control = controls_.back();
  if (reachable_) {
    move_to(control.results, control.slot_height);
    emit_branch(control.label);
    control.label_used = true;
  }
  reset_stack(control);
  push_results(control.params);
  bind(control.else_label);
  control.else_label = k_no_label;
  reachable_ = true;
}

void Translator::end_block() {
  if (controls_.size() == 1) return end_function();
  Control& control = controls_.back();
  if (reachable_) move_to(control.results, control.slot_height);
  bool reachable = reachable_ || (control.label_used && control.op != Op::Loop);
  if (control.else_label != k_no_label) {  // an if without else: parameters are the results
    bind(control.else_label);
    reachable = true;
  }
  if (control.op == Op::Loop) {
    set_loop_depth(loop_depth_ - 1);
    end_sequence();
  } else {
    if (control.op == Op::TryTable) land_clauses(control);
    bind(control.label);
  }
  reset_stack(control);
  push_results(control.results);
  reachable_ = reachable;
  controls_.pop_back();
}

void Translator::end_function() {
  Control& control = controls_.back();
  if (control.label_used) {
    if (reachable_) move_to(control.results, control.slot_height);
    bind(control.label);
    reset_stack(control);
    push_results(control.results);
    reachable_ = true;
  }
  if (reachable_) emit_return();
  controls_.pop_back();
}

/// Copies the topmost values to consecutive slots, lowest first; sources lie at or above their destinations.
void Translator::move_to(std::span<const ValType> types, uint32_t first_slot) {
  size_t base = stack_.size() - types.size();
  uint32_t slot = first_slot;
  for (size_t i = 0; i < types.size(); ++i) {
    const Entry& entry = stack_[base + i];
    if (!entry.is_in_slot() || entry.slot() != slot) emit_move(slot_type(types[i]), own_offset(slot), entry);
    slot += slot_count(types[i]);
  }
}

/// Are the values where move_to would put them? They lie below the topmost `below` entries.
bool Translator::in_place(std::span<const ValType> types, uint32_t first_slot, uint32_t below) const {
  size_t base = stack_.size() - below - types.size();
  uint32_t slot = first_slot;
  for (size_t i = 0; i < types.size(); ++i) {
    const Entry& entry = stack_[base + i];
    if (!entry.is_in_slot() || entry.slot() != slot) return false;
    slot += slot_count(types[i]);
  }
  return true;
}

std::span<const ValType> Translator::branch_types(const Control& target) const {
  return target.op == Op::Loop ? target.params : target.results;
}

Control& Translator::target_of(uint32_t depth) {
  Control& target = controls_[controls_.size() - 1 - depth];
  target.label_used = true;
  return target;
}

/// Makes the Raw emitted last a branch to the label.
void Translator::set_label(uint32_t label, bool is_short) {
  raws_.back().link = label;
  branches_.push_back({raw_count() - 1, is_short});
}

void Translator::emit_branch(uint32_t label) {
  emit(H_Branch, Form::fixed);
  set_label(label);
}

void Translator::branch_to(uint32_t depth) {
  if (depth + 1 == controls_.size()) return emit_return();
  Control& target = target_of(depth);
  move_to(branch_types(target), target.slot_height);
  emit_branch(target.label);
  reachable_ = false;
}

/// If the condition on top of the stack comes from a compare just emitted, turns that into a branch.
bool Translator::fuse_compare(bool sense) {
  Raw& last = raws_.back();
  const OpHandlers* handlers = &op_handlers(last.op);
  if (last.form == Form::int_compare) {
    last.operand[0] = last.operand[1];
    last.operand[1] = last.operand[2];
    last.form = Form::int_branch;
  } else if (last.form == Form::int_compare_imm) {
    auto constant = static_cast<int32_t>(last.imm());
    if (constant != static_cast<int16_t>(constant)) return false;
    last.operand[0] = last.operand[1];
    last.operand[1] = static_cast<int16_t>(constant);
    last.form = Form::int_branch_imm;
  } else if (handlers->treatment == Treatment::flt_compare && last.handler == handlers->base) {
    last.operand[0] = last.operand[1];
    last.operand[1] = last.operand[2];
    last.form = Form::flt_branch;
  } else if (last.handler == H_I64Eqz_S_S) {
    handlers = &op_handlers(Op::I64Eq);
    last.operand[0] = last.operand[1];
    last.operand[1] = 0;
    last.form = Form::int_branch_imm;
  } else {
    return false;
  }
  last.handler = sense ? handlers->branch : handlers->branch_not;
  last.in_acc >>= 1;
  last.bank = Bank::none;
  return true;
}

/// If a pair of increments before the branch just emitted ends with the local at `offset`, takes that one out
/// again for the latch.
void Translator::split_pair(int16_t offset) {
  Raw& pair = raws_[raws_.size() - 2];
  if (pair.form != Form::int_pair || pair.operand[1] != offset) return;
  Raw second = pair;
  pair = increment(pair, pair.operand[0], pair.operand[2]);
  second = increment(second, second.operand[1], second.operand[3]);
  raws_.insert_before_last(second);
}

/// local += step, at the position of `at`.
Raw Translator::increment(const Raw& at, int16_t local, int16_t step) {
  Raw raw;
  raw.handler = H_I32Add_S_S_S;
  raw.form = Form::int_binary_imm;
  raw.op = Op::I32Add;
  raw.wasm_offset = at.wasm_offset;
  raw.bank = Bank::integer;
  raw.operand[0] = raw.operand[1] = local;
  raw.set_imm(static_cast<uint32_t>(static_cast<int32_t>(step)));
  return raw;
}

/// If the last two instructions increment two different locals, makes them one.
void Translator::fuse_increments() {
  if (raw_count() < barrier_ + 2) return;
  const Raw second = raws_.back();
  Raw& pair = raws_[raw_count() - 2];
  if (!is_increment(second) || !is_increment(pair) || pair.operand[0] == second.operand[0]) return;
  raws_.pop_back();
  pair.handler = H_AddPair_S_S;
  pair.form = Form::int_pair;
  pair.bank = Bank::none;
  pair.in_acc = 0;
  pair.operand[1] = second.operand[0];
  pair.operand[3] = second.operand[2];  // the step's low half; z holds the first one's already
}

/// If the branch just emitted compares a local that was just incremented, makes both one instruction.
bool Translator::fuse_latch() {
  if (raw_count() < barrier_ + 2 || function_->body.size() > k_max_short_branch_body) return false;
  split_pair(raws_.back().operand[0]);
  Raw& branch = raws_.back();
  const Raw add = raws_[raw_count() - 2];
  if (!is_increment(add) || branch.operand[0] != add.operand[0]) return false;
  if (branch.form == Form::int_use && branch.handler == H_BrIf_S) {
    branch.handler = H_LatchI32Ne_S_S;
    branch.form = Form::int_latch_imm;
    branch.operand[1] = 0;
  } else if (branch.form == Form::int_branch_imm ||
             (branch.form == Form::int_branch && branch.operand[1] != branch.operand[0])) {
    uint16_t latch = latch_for(branch.handler);
    if (latch == 0) return false;
    branch.handler = latch;
    branch.form = branch.form == Form::int_branch ? Form::int_latch : Form::int_latch_imm;
  } else {
    return false;
  }
  branch.operand[2] = add.operand[2];
  branch.in_acc = 0;
  branch.wasm_offset = add.wasm_offset;
  raws_[raw_count() - 2] = branch;
  raws_.pop_back();
  return true;
}

/// Pops a condition and emits a branch (label to be set) taken if it is non-zero (sense) or zero (!sense).
void Translator::emit_condition(bool sense) {
  Entry condition = pop();
  // Each i32.eqz of a value still in the accumulator only turns the sense.
  while (is_last_producer(condition) && raws_.back().handler == H_I32Eqz_S_S &&
         (raws_.back().temporaries & 2) && (raws_.back().in_acc & 2) && raw_count() >= barrier_ + 2) {
    raws_.pop_back();
    condition = Entry::in_slot(condition.slot(), condition.type(), last_raw());
    if (form_info(raws_.back().form).writes_x) raws_.back().in_acc &= ~1;
    sense = !sense;
  }
  if (is_last_producer(condition) && !raws_.back().is_call) {
    if (fuse_compare(sense)) return;
    Raw& last = raws_.back();
    if (last.handler == H_I32Eqz_S_S) {
      last.handler = sense ? H_BrUnless_S : H_BrIf_S;
      last.form = Form::int_use;
      last.operand[0] = last.operand[1];
      last.in_acc >>= 1;
      last.temporaries >>= 1;
      last.bank = Bank::none;
      return;
    }
  }
  place(condition);
  Raw& raw = emit(sense ? H_BrIf_S : H_BrUnless_S, Form::int_use);
  read(raw, 0, condition, Bank::integer);
}

void Translator::branch_if(uint32_t depth) {
  Control& target = target_of(depth);
  std::span<const ValType> types = branch_types(target);
  if (in_place(types, target.slot_height, 1)) {
    emit_condition(true);
    bool is_latch = fuse_latch();
    set_label(target.label, is_latch);
    return end_sequence();
  }
  uint32_t over = new_label();
  emit_condition(false);
  set_label(over);
  end_sequence();
  move_to(types, target.slot_height);
  emit_branch(target.label);
  bind(over);
}

/// Where a br_table's target is reached: a target that needs values moved gets a stub that moves and goes on.
uint32_t Translator::table_label(uint32_t depth, std::vector<std::pair<uint32_t, uint32_t>>& stubs) {
  Control& target = target_of(depth);
  if (in_place(branch_types(target), target.slot_height)) return target.label;
  for (auto [known, label] : stubs) {
    if (known == depth) return label;
  }
  return stubs.emplace_back(depth, new_label()).second;
}

void Translator::branch_table() {
  uint32_t count = reader_.u32();
  Entry index = pop();
  place(index);
  Raw& raw = emit(H_BranchTable_S, Form::int_use);
  raw.set_imm(count);
  raw.is_table = true;
  raw.link = static_cast<uint32_t>(table_labels_.size());
  read(raw, 0, index, Bank::integer);
  tables_.push_back(raw_count() - 1);
  std::vector<std::pair<uint32_t, uint32_t>> stubs;  // depth, label
  for (uint32_t i = 0; i <= count; ++i) table_labels_.push_back(table_label(reader_.u32(), stubs));
  for (auto [depth, label] : stubs) {
    bind(label);
    Control& target = target_of(depth);
    move_to(branch_types(target), target.slot_height);
    emit_branch(target.label);
  }
  reachable_ = false;
}

/// br_on_null and br_on_non_null: the reference stays on the stack on the non-null side only.
void Translator::branch_null(bool on_null) {
  Control& target = target_of(reader_.u32());
  std::span<const ValType> types = branch_types(target);
  materialize_top(1);
  Entry ref = top();
  if (on_null) pop();
  uint32_t over = new_label();
  Raw& raw = emit(on_null ? H_BranchNonNull : H_BranchNull, Form::fixed);
  read<false>(raw, 0, ref, Bank::integer);
  set_label(over);
  end_sequence();
  move_to(types, target.slot_height);
  emit_branch(target.label);
  bind(over);
  if (on_null) {
    push_slot(SlotType::i64);
  } else {
    pop();
  }
}

void Translator::emit_return() {
  const std::vector<ValType>& results = type_->results;
  auto params = static_cast<int16_t>(param_slots_);
  if (results.empty()) {
    emit(H_ReturnNone, Form::fixed).operand[1] = params;
  } else if (results.size() == 1 && !results[0].is_vec()) {
    Entry value = pop();
    place(value);
    Bank bank = bank_of(slot_type(results[0]));
    uint16_t handler = bank == Bank::integer ? H_ReturnInt_S
                       : bank == Bank::f32   ? H_ReturnF32_FS
                                             : H_ReturnF64_FS;
    Raw& raw = emit(handler, bank == Bank::integer ? Form::int_use : Form::flt_use);
    read(raw, 0, value, bank);
    raw.operand[1] = params;
  } else {
    materialize_top(static_cast<uint32_t>(results.size()));
    Raw& raw = emit(H_ReturnMany, Form::fixed);
    raw.operand[0] = own_offset(top(static_cast<uint32_t>(results.size()) - 1).slot());
    raw.operand[1] = params;
    raw.operand[2] = static_cast<int16_t>(slot_count(results));
  }
  reachable_ = false;
}

}  // namespace lindvm::interp
