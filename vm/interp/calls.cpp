// Translation of calls and exceptions.

#include "vm/interp/operands.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

/// The operand word of a unit: x and y, and z with w zero.
uint64_t pack(int16_t x, int16_t y, int16_t z = 0) {
  return static_cast<uint16_t>(x) | uint64_t{static_cast<uint16_t>(y)} << 16 |
         uint64_t{static_cast<uint16_t>(z)} << 32;
}

}  // namespace

void Translator::call(uint32_t function_index, bool tail) {
  const FuncType& type = func_type(module_->functions()[function_index].type);
  uint32_t imported = module_->imported_functions();
  CallTarget target;
  if (function_index < imported) {
    target = {.handler = H_CallImport, .tail_handler = H_TailCallImport, .imm = function_index};
  } else {
    auto code = reinterpret_cast<uint64_t>(&compiled_->code(function_index - imported));
    target = {.handler = H_CallDirect, .tail_handler = H_TailCallDirect, .word = code};
  }
  emit_call(target, type, tail);
}

void Translator::call_indirect(bool tail) {
  TypeId type = module_->types()[reader_.u32()];
  uint32_t table = reader_.u32();
  bool is64 = module_->tables()[table].type.is64;
  CallTarget target = {
      .handler = static_cast<uint16_t>(is64 ? H_CallIndirect64 : H_CallIndirect),
      .tail_handler = static_cast<uint16_t>(is64 ? H_TailCallIndirect64 : H_TailCallIndirect),
      .imm = static_cast<uint32_t>(type),
      .has_selector = true,
      .table = static_cast<int16_t>(table)};
  emit_call(target, func_type(type), tail);
}

void Translator::call_ref(bool tail) {
  TypeId type = module_->types()[reader_.u32()];
  emit_call({.handler = H_CallRef, .tail_handler = H_TailCallRef, .has_selector = true}, func_type(type),
            tail);
}

/// Arguments go to their own slots, which become the callee's parameters; results appear from the first of
/// them.
void Translator::emit_call(const CallTarget& target, const FuncType& type, bool tail) {
  Entry selector;
  if (target.has_selector) place(selector = pop());
  auto count = static_cast<uint32_t>(type.params.size());
  uint32_t params = slot_count(type.params);
  // The selector's value may lie just above the arguments: they are all in slots, nothing overwrites it.
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  uint32_t first = height_;
  if (tail) return emit_tail_call(target, selector, first, params);

  int16_t argument = own_offset(first),
          callee_fp = static_cast<int16_t>(argument - 1 - static_cast<int>(params));
  uint32_t side = target.has_selector ? add_side(0, pack(argument, callee_fp)) : add_side(target.word, 0);
  if (target.has_selector) add_side(0, 0);
  Raw& raw = emit(target.handler, Form::fixed);
  raw.is_call = true;
  raw.extra_units = target.has_selector ? 2 : 1;
  raw.link = side;
  raw.set_imm(target.imm);
  if (target.has_selector) {
    read<false>(raw, 0, selector, Bank::integer);
    raw.operand[1] = target.table;
  } else {
    raw.operand[0] = argument;
    raw.operand[1] = callee_fp;
  }
  call_weight_ += k_reload_cost * weight_;
  refills_ += 2;
  bool is_producer = type.results.size() == 1 && !target.has_selector;
  if (is_producer) raw.bank = bank_of(slot_type(type.results[0]));
  for (ValType result : type.results) push_slot(slot_type(result), is_producer ? last_raw() : -1);
}

void Translator::emit_tail_call(const CallTarget& target, const Entry& selector, uint32_t first_slot,
                                uint32_t params) {
  int16_t shape[3] = {own_offset(first_slot), static_cast<int16_t>(param_slots_),
                      static_cast<int16_t>(params)};
  bool direct = target.handler == H_CallDirect;
  uint32_t side = direct ? add_side(target.word, 0) : add_side(0, pack(shape[0], shape[1], shape[2]));
  Raw& raw = emit(target.tail_handler, Form::fixed);
  raw.extra_units = 1;
  raw.link = side;
  raw.set_imm(target.imm);
  if (direct) {
    for (int i = 0; i < 3; ++i) raw.operand[i] = shape[i];
  } else if (target.has_selector) {
    read<false>(raw, 0, selector, Bank::integer);
    raw.operand[1] = target.table;
  }
  reachable_ = false;
}

void Translator::throw_tag(uint32_t tag) {
  const FuncType& type = func_type(module_->tags()[tag].type);
  auto count = static_cast<uint32_t>(type.params.size());
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  Raw& raw = emit(H_ThrowTag, Form::fixed);
  raw.operand[0] = own_offset(height_);
  raw.set_imm(tag);
  reachable_ = false;
}

void Translator::throw_ref() {
  Entry ref = pop();
  place(ref);
  read<false>(emit(H_ThrowRef, Form::fixed), 0, ref, Bank::integer);
  reachable_ = false;
}

void Translator::open_try() {
  open_block();
  controls_.back().try_begin = raw_count();
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
    control.try_end = raw_count();
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
  control.exnref_slot = height_;
  push_slot(SlotType::i64);
  if (!all) push_results(func_type(module_->tags()[tag].type).params);
  reachable_ = true;
}

/// Ends a try body whose exceptions go to an outer block's handlers.
void Translator::delegate() {
  uint32_t depth = reader_.u32();
  RawHandler handler;
  handler.begin = controls_.back().try_begin;
  handler.end = raw_count();
  handler.depth = static_cast<uint32_t>(controls_.size()) - 1;
  handler.is_delegate = true;
  handler.delegate_depth = static_cast<uint32_t>(controls_.size()) - 2 - depth;
  handlers_.push_back(handler);
  end_block();
}

void Translator::rethrow(uint32_t depth) {
  Raw& raw = emit(H_ThrowRef, Form::fixed);
  raw.operand[0] = own_offset(controls_[controls_.size() - 1 - depth].exnref_slot);
  reachable_ = false;
}

void Translator::open_try_table() {
  Control shape{read_block_type(reader_, *module_)};
  shape.first_clause = static_cast<uint32_t>(clauses_.size());
  shape.clause_count = read_catch_clauses(reader_, clauses_);
  flush_locals();
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  open(Op::TryTable, shape).try_begin = raw_count();
}

/// Emits the landing code of a try_table's clauses behind its body: the caught values, then a branch.
void Translator::land_clauses(Control& control) {
  auto end = raw_count();
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
    if (clause.has_tag) push_results(func_type(module_->tags()[clause.tag].type).params);
    if (clause.has_ref) push_slot(SlotType::i64);
    reachable_ = true;
    branch_to(clause.depth + 1);
  }
}

}  // namespace lindvm::interp
