// Translation of calls and exceptions.

#include "vm/interp/translator.h"

namespace lindvm::interp {

namespace {

/// The operand word of a unit: x and y, and z with w zero.
uint64_t pack(int16_t x, int16_t y, int16_t z = 0) {
  return static_cast<uint16_t>(x) | uint64_t{static_cast<uint16_t>(y)} << 16 |
         uint64_t{static_cast<uint16_t>(z)} << 32;
}

}  // namespace

void Translator::call(uint32_t function_index, bool tail) {
  const FuncType& type = func_type(module_.functions()[function_index].type);
  uint32_t imported = module_.imported_functions();
  CallTarget target;
  if (function_index < imported) {
    target = {
        .handler = H_CallImport, .tail_handler = H_TailCallImport, .imm = function_index, .has_imm = true};
  } else {
    auto code = reinterpret_cast<uint64_t>(&compiled_.code(function_index - imported));
    target = {.handler = H_CallDirect, .tail_handler = H_TailCallDirect, .word = code};
  }
  emit_call(target, type, tail);
}

void Translator::call_indirect(bool tail) {
  TypeId type = module_.types()[reader_.u32()];
  uint32_t table = reader_.u32();
  bool is64 = module_.tables()[table].type.is64;
  CallTarget target = {
      .handler = static_cast<uint16_t>(is64 ? H_CallIndirect64 : H_CallIndirect),
      .tail_handler = static_cast<uint16_t>(is64 ? H_TailCallIndirect64 : H_TailCallIndirect),
      .imm = static_cast<uint32_t>(type),
      .has_imm = true,
      .has_selector = true,
      .table = static_cast<int16_t>(table)};
  emit_call(target, func_type(type), tail);
}

void Translator::call_ref(bool tail) {
  TypeId type = module_.types()[reader_.u32()];
  emit_call({.handler = H_CallRef, .tail_handler = H_TailCallRef, .has_selector = true}, func_type(type),
            tail);
}

/// Arguments go to their own slots, which become the callee's parameters; results appear from the first of
/// them.
void Translator::emit_call(const CallTarget& target, const FuncType& type, bool tail) {
  Entry selector;
  if (target.has_selector) {
    selector = pop();
    place(selector);
  }
  auto count = static_cast<uint32_t>(type.params.size());
  uint32_t params = slot_count(type.params);
  // The selector's value may lie just above the arguments: they are all in slots, nothing overwrites it.
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  uint32_t first = height_;
  if (tail) return emit_tail_call(target, selector, first, params);

  uint64_t deltas = pack(offset(first), static_cast<int16_t>(offset(first) - 1 - static_cast<int>(params)));
  uint32_t side = target.has_selector ? add_side(0, deltas) : add_side(target.word, 0);
  if (target.has_selector) add_side(0, 0);
  Raw& raw = emit(target.handler, Form::fixed);
  raw.is_call = true;
  raw.extra_units = target.has_selector ? 2 : 1;
  raw.side = side;
  raw.imm = target.imm;
  raw.has_imm = target.has_imm;
  if (target.has_selector) {
    use(raw, 0, selector, Bank::integer);
    raw.operand[1] = target.table;
  } else {
    raw.operand[0] = offset(first);
    raw.operand[1] = static_cast<int16_t>(offset(first) - 1 - static_cast<int>(params));
  }
  for (ValType result : type.results) push_slot(result);
  if (type.results.size() == 1 && !target.has_selector) {
    raw.bank = bank_of(type.results[0]);
    stack_.back().producer = static_cast<int32_t>(raws_.size()) - 1;
  }
}

void Translator::emit_tail_call(const CallTarget& target, const Entry& selector, uint32_t first_slot,
                                uint32_t params) {
  int16_t shape[3] = {offset(first_slot), static_cast<int16_t>(param_slots_), static_cast<int16_t>(params)};
  bool direct = target.handler == H_CallDirect;
  uint32_t side = direct ? add_side(target.word, 0) : add_side(0, pack(shape[0], shape[1], shape[2]));
  Raw& raw = emit(target.tail_handler, Form::fixed);
  raw.extra_units = 1;
  raw.side = side;
  raw.imm = target.imm;
  raw.has_imm = target.has_imm;
  if (direct) {
    for (int i = 0; i < 3; ++i) raw.operand[i] = shape[i];
  } else if (target.has_selector) {
    use(raw, 0, selector, Bank::integer);
    raw.operand[1] = target.table;
  }
  reachable_ = false;
}

void Translator::throw_tag(uint32_t tag) {
  const FuncType& type = func_type(module_.tags()[tag].type);
  auto count = static_cast<uint32_t>(type.params.size());
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  Raw& raw = emit(H_ThrowTag, Form::fixed);
  raw.operand[0] = offset(height_);
  raw.imm = tag;
  raw.has_imm = true;
  reachable_ = false;
}

void Translator::open_try() {
  open_block(Op::LegacyTry);
  controls_.back().try_begin = static_cast<uint32_t>(raws_.size());
}

/// Ends the try body or the catch before, and begins a catch: its frame holds the exception (for rethrow),
/// then the payload.
void Translator::begin_catch(bool all) {
  uint32_t tag = all ? 0 : reader_.u32();
  Control& control = controls_.back();
  if (reachable_) {
    move_to(control.results, control.slot_height);
    emit_branch(control.label);
    control.label_used = true;
  }
  if (control.op == Op::LegacyTry) {
    control.try_end = static_cast<uint32_t>(raws_.size());
    control.op = Op::LegacyCatch;
  }
  reset_stack(control);
  RawHandler handler;
  handler.begin = control.try_begin;
  handler.end = control.try_end;
  handler.tag = all ? HandlerRange::k_catch_all : tag;
  handler.label = new_label();
  handler.payload_slot = height_;
  handler.exnref_first = true;
  handler.push_payload = !all;
  handler.push_exnref = true;
  handler.depth = static_cast<uint32_t>(controls_.size()) - 1;
  handlers_.push_back(handler);
  bind(handler.label);
  control.exnref_slot = push_slot(k_exnref).slot;
  if (!all) push_results(func_type(module_.tags()[tag].type).params);
  reachable_ = true;
}

/// Ends a try body whose exceptions go to an outer block's handlers.
void Translator::delegate() {
  uint32_t depth = reader_.u32();
  RawHandler handler;
  handler.begin = controls_.back().try_begin;
  handler.end = static_cast<uint32_t>(raws_.size());
  handler.depth = static_cast<uint32_t>(controls_.size()) - 1;
  handler.is_delegate = true;
  handler.delegate_depth = static_cast<uint32_t>(controls_.size()) - 2 - depth;
  handlers_.push_back(handler);
  end_block();
}

void Translator::rethrow(uint32_t depth) {
  Raw& raw = emit(H_ThrowRef, Form::fixed);
  raw.operand[0] = offset(controls_[controls_.size() - 1 - depth].exnref_slot);
  reachable_ = false;
}

void Translator::open_try_table() {
  Control shape;
  read_block_type(shape);
  shape.first_clause = static_cast<uint32_t>(clauses_.size());
  shape.clause_count = reader_.u32();
  for (uint32_t i = 0; i < shape.clause_count; ++i) {
    uint8_t kind = reader_.u8();
    CatchClause clause;
    clause.has_tag = kind < 2;
    clause.has_ref = kind & 1;
    if (clause.has_tag) clause.tag = reader_.u32();
    clause.depth = reader_.u32();
    clauses_.push_back(clause);
  }
  flush_locals();
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  open(Op::TryTable, shape).try_begin = static_cast<uint32_t>(raws_.size());
}

/// Emits the landing code of a try_table's clauses behind its body: the caught values, then a branch.
void Translator::land_clauses(Control& control) {
  auto end = static_cast<uint32_t>(raws_.size());
  if (control.clause_count == 0) return;
  if (reachable_) emit_branch(control.label);
  for (uint32_t i = 0; i < control.clause_count; ++i) {
    CatchClause clause = clauses_[control.first_clause + i];
    reset_stack(control);
    RawHandler handler;
    handler.begin = control.try_begin;
    handler.end = end;
    handler.tag = clause.has_tag ? clause.tag : HandlerRange::k_catch_all;
    handler.label = new_label();
    handler.payload_slot = height_;
    handler.push_payload = clause.has_tag;
    handler.push_exnref = clause.has_ref;
    handler.depth = static_cast<uint32_t>(controls_.size()) - 1;
    handlers_.push_back(handler);
    bind(handler.label);
    if (clause.has_tag) push_results(func_type(module_.tags()[clause.tag].type).params);
    if (clause.has_ref) push_slot(k_exnref);
    reachable_ = true;
    branch_to(clause.depth + 1);
  }
}

}  // namespace lindvm::interp
