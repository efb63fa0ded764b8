// Exceptions: try blocks become handler ranges of code offsets. Exceptions come only from calls and throws,
// before which everything is in its slot, so that a handler starts with nothing in registers.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

HandlerRange& Compiler::add_handler(uint32_t begin, uint32_t end) {
  HandlerRange& handler = handlers_.emplace_back();
  handler.begin = begin;
  handler.end = end;
  handler.depth = static_cast<uint32_t>(controls_.size()) - 1;
  return handler;
}

void Compiler::open_try() {
  open_block(Op::LegacyTry);
  controls_.back().try_begin = masm_.offset();
}

/// Ends the try body or the catch before, and begins a catch: its frame holds the exception (for rethrow),
/// then the payload.
void Compiler::begin_catch(bool all) {
  uint32_t tag = all ? 0 : reader_.u32();
  Control& control = controls_.back();
  go_to_end(control);
  if (control.op == Op::LegacyTry) {
    control.try_end = masm_.offset();
    control.op = Op::LegacyCatch;
  }
  reset_stack(control);
  HandlerRange& handler = add_handler(control.try_begin, control.try_end);
  handler.tag = all ? HandlerRange::k_catch_all : tag;
  handler.target = masm_.offset();
  handler.payload_offset = masm_.words_from_fp(height_);
  handler.exnref_first = true;
  handler.push_payload = !all;
  handler.push_exnref = true;
  pins_ = {};
  push_slot(ValKind::ref);
  control.exnref_slot = stack_.back().slot;
  if (!all) push_results(func_type(module_->tags()[tag].type).params);
  reachable_ = true;
}

/// Ends a try body whose exceptions go to an outer block's handlers.
void Compiler::delegate() {
  uint32_t depth = reader_.u32();
  HandlerRange& handler = add_handler(controls_.back().try_begin, masm_.offset());
  handler.is_delegate = true;
  handler.delegate_depth = static_cast<uint32_t>(controls_.size()) - 2 - depth;
  end_block();
}

void Compiler::rethrow(uint32_t depth) {
  Reg ref = alloc(false);
  masm_.load_slot(ValKind::ref, ref, control_at(depth).exnref_slot);
  flush_pins();
  lower_throw_ref(ref);
  unreachable();
}

void Compiler::throw_ref() {
  Entry entry = pop();
  Reg ref = use(entry);
  store_dirty(pins_, pins_.dirty);
  lower_throw_ref(ref);
  unreachable();
}

void Compiler::throw_tag(uint32_t tag) {
  auto count = static_cast<uint32_t>(func_type(module_->tags()[tag].type).params.size());
  materialize_top(count);
  flush_pins();
  uint32_t first_slot = count == 0 ? height_ : top(count - 1).slot;
  lower_throw_tag(tag, first_slot);
  unreachable();
}

void Compiler::open_try_table() {
  Control shape{read_block_type(reader_, *module_)};
  shape.first_clause = static_cast<uint32_t>(clauses_.size());
  shape.clause_count = read_catch_clauses(reader_, clauses_);
  flush_stack(0);
  materialize_top(static_cast<uint32_t>(shape.params.size()));
  open(Op::TryTable, shape).try_begin = masm_.offset();
}

/// Emits the landing code of a try_table's clauses behind its body: the caught values, then a branch.
void Compiler::land_clauses(uint32_t index) {
  uint32_t end = masm_.offset();
  Control shape = controls_[index];
  if (shape.clause_count == 0) return;
  go_to_end(controls_[index]);
  for (uint32_t i = 0; i < shape.clause_count; ++i) {
    CatchClause clause = clauses_[shape.first_clause + i];
    reset_stack(shape);
    HandlerRange& handler = add_handler(shape.try_begin, end);
    handler.tag = clause.has_tag ? clause.tag : HandlerRange::k_catch_all;
    handler.target = masm_.offset();
    handler.payload_offset = masm_.words_from_fp(height_);
    handler.push_payload = clause.has_tag;
    handler.push_exnref = clause.has_ref;
    pins_ = {};
    if (clause.has_tag) push_results(func_type(module_->tags()[clause.tag].type).params);
    if (clause.has_ref) push_slot(ValKind::ref);
    reachable_ = true;
    branch_to(clause.depth + 1);
  }
}

}  // namespace lindvm::jit
