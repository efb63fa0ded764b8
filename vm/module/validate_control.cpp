// Structured control, branches, calls and exceptions.

#include <fmt/format.h>

#include "vm/module/limits.h"
#include "vm/module/validator.h"

namespace lindvm {

namespace {

constexpr ValType k_non_null_exnref = ValType::ref(HeapKind::exn, false);

bool all_subtypes(std::span<const ValType> sub, std::span<const ValType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); i++)
    if (!is_subtype(sub[i], super[i])) return false;
  return true;
}

std::string to_text(std::span<const ValType> types) {
  std::string text = "[";
  for (ValType type : types) text += (text.size() > 1 ? " " : "") + to_string(type);
  return text + "]";
}

}  // namespace

// Frames

void FunctionValidator::push_frame(Op op, BlockSignature signature) {
  if (frames_.size() >= k_max_control_depth)
    return r_->fail(ErrorKind::unsupported, fmt::format("blocks nested deeper than {}", k_max_control_depth),
                    at_);
  Frame& frame = frames_.emplace_back();
  frame.op = op;
  frame.signature = signature;
  frame.height = static_cast<uint32_t>(sp_ - base_.get());
  frame_base_ = sp_;
  frame.vectors = vectors_;
  frame.initialized_count = static_cast<uint32_t>(initialized_.size());
  if (function_ && frames_.size() > function_->max_control_depth)
    function_->max_control_depth = static_cast<uint32_t>(frames_.size());
}

void FunctionValidator::enter(Op op, BlockSignature signature) {
  if (r_->failed()) return;
  Types params = signature.params();
  pop_all(params);
  push_frame(op, signature);
  push_all(params);
}

// The results are on the stack, and nothing else; takes them off.
void FunctionValidator::leave_frame() {
  Frame& frame = frames_.back();
  Types results = frame.signature.results();
  pop_all(results);
  if (operands_in_frame() != 0 && !r_->failed())
    invalid(fmt::format("type mismatch: block requires {} but stack has {}", to_text(results),
                        to_text(Types(frame_base_, operands_in_frame() + results.size()))));
  reset_initialized(frame.initialized_count);
}

// The next part of an if or try begins, with nothing of the previous part left.
void FunctionValidator::restart_frame(Op op) {
  Frame& frame = frames_.back();
  frame.op = op;
  frame.is_unreachable = false;
}

FunctionValidator::Frame* FunctionValidator::label(uint32_t depth) {
  if (r_->failed()) return nullptr;
  if (depth >= frames_.size()) return unknown("label", depth), nullptr;
  return &frames_[frames_.size() - 1 - depth];
}

FunctionValidator::BlockSignature FunctionValidator::block_type() {
  uint8_t byte = r_->peek();
  if (byte == 0x40) return r_->u8(), BlockSignature{};
  if ((byte & 0xc0) == 0x40) return {nullptr, types_.value_type(*r_)};
  int64_t index = r_->s33();
  if (index < 0 || !features_.has(Feature::multi_value))
    return malformed("malformed block type"), BlockSignature{};
  return {function_type(static_cast<uint32_t>(index)), {}};
}

template <>
void FunctionValidator::special<Op::Block>() {
  enter(Op::Block, block_type());
}

template <>
void FunctionValidator::special<Op::Loop>() {
  function_->has_loops = true;
  enter(Op::Loop, block_type());
}

template <>
void FunctionValidator::special<Op::If>() {
  BlockSignature signature = block_type();
  pop(k_i32);
  enter(Op::If, signature);
}

template <>
void FunctionValidator::special<Op::Else>() {
  if (frames_.back().op != Op::If) return malformed("END opcode expected");
  leave_frame();
  restart_frame(Op::Else);
  push_all(frames_.back().signature.params());
}

// Without an else, the operands pass through.
void FunctionValidator::end_of_if(const Frame& frame) {
  Types params = frame.signature.params(), results = frame.signature.results();
  if (!all_subtypes(params, results)) type_mismatch(results, params);
}

template <>
void FunctionValidator::special<Op::End>() {
  leave_frame();
  Frame frame = frames_.back();
  if (frame.op == Op::If) end_of_if(frame);
  frames_.pop_back();
  if (frames_.empty()) {
    frame_base_ = base_.get();
    if (is_constant_) push_all(frame.signature.results());
    return;
  }
  frame_base_ = base_.get() + frames_.back().height;
  push_all(frame.signature.results());
}

// Branches

template <>
void FunctionValidator::special<Op::Br>() {
  Frame* target = label(r_->u32());
  if (!target) return;
  pop_all(target->label_types());
  set_unreachable();
}

template <>
void FunctionValidator::special<Op::BrIf>() {
  uint32_t depth = r_->u32();
  pop(k_i32);
  if (Frame* target = label(depth)) check_all(target->label_types());
}

// Checks the operands against a label without taking them off; each label once per instruction.
void FunctionValidator::br_table_target(uint32_t depth, size_t arity, uint32_t stamp) {
  Frame* target = label(depth);
  if (!target || target->checked_by_table == stamp) return;
  target->checked_by_table = stamp;
  Types types = target->label_types();
  if (types.size() != arity)
    return invalid("type mismatch: br_table labels take different numbers of operands");
  size_t have = operands_in_frame();
  for (size_t i = 0; i < arity; i++) {
    size_t below_top = arity - i;
    if (below_top > have) {
      if (!frames_.back().is_unreachable) return type_mismatch(types, Types(frame_base_, have));
    } else if (!is_subtype(*(sp_ - below_top), types[i])) {
      return type_mismatch(types, Types(sp_ - std::min(arity, have), std::min(arity, have)));
    }
  }
}

template <>
void FunctionValidator::special<Op::BrTable>() {
  uint32_t count = r_->length();
  Reader labels = *r_;
  for (uint32_t i = 0; i < count && !r_->failed(); i++) r_->u32();
  Frame* fallback = label(r_->u32());
  if (!fallback) return;
  pop(k_i32);
  uint32_t stamp = ++br_tables_;
  size_t arity = fallback->label_types().size();
  for (uint32_t i = 0; i < count && !r_->failed(); i++) br_table_target(labels.u32(), arity, stamp);
  if (r_->failed()) return;
  pop_all(fallback->label_types());
  set_unreachable();
}

template <>
void FunctionValidator::special<Op::Return>() {
  pop_all(results_);
  set_unreachable();
}

// Calls

const FuncType* FunctionValidator::function_type(uint32_t type_index) {
  if (r_->failed()) return nullptr;
  if (type_index >= m_.types().size()) return unknown("type", type_index), nullptr;
  const SubType& type = m_.type(type_index);
  if (type.kind != CompositeKind::func)
    return invalid(fmt::format("unknown type: non-function type {}", type_index)), nullptr;
  return &type.func;
}

const FuncType* FunctionValidator::function_signature() {
  uint32_t index = r_->u32();
  if (r_->failed()) return nullptr;
  if (index >= m_.functions().size()) return unknown("function", index), nullptr;
  return &func_type(m_.functions()[index].type);
}

const FuncType* FunctionValidator::indirect_callee() {
  uint32_t type_index = r_->u32();
  uint32_t table_index = r_->u32();
  const ModuleTable* callees = table(table_index);
  const FuncType* type = callees ? function_type(type_index) : nullptr;
  if (!type) return nullptr;
  if (!is_subtype(callees->type.element, k_funcref)) invalid("type mismatch: table is not of functions");
  pop(callees->type.is64 ? k_i64 : k_i32);
  return type;
}

const FuncType* FunctionValidator::reference_callee() {
  uint32_t type_index = r_->u32();
  const FuncType* type = function_type(type_index);
  if (type) pop(concrete(type_index, true));
  return type;
}

void FunctionValidator::call(const FuncType& type) {
  function_->has_calls = true;
  pop_all(type.params);
  push_all(type.results);
}

void FunctionValidator::return_call(const FuncType& type) {
  function_->has_calls = function_->has_tail_calls = true;
  pop_all(type.params);
  if (!all_subtypes(type.results, results_))
    invalid(fmt::format("type mismatch: function returns {} but callee returns {}", to_text(results_),
                        to_text(type.results)));
  set_unreachable();
}

template <>
void FunctionValidator::special<Op::Call>() {
  if (const FuncType* type = function_signature()) call(*type);
}

template <>
void FunctionValidator::special<Op::CallIndirect>() {
  if (const FuncType* type = indirect_callee()) call(*type);
}

template <>
void FunctionValidator::special<Op::CallRef>() {
  if (const FuncType* type = reference_callee()) call(*type);
}

template <>
void FunctionValidator::special<Op::ReturnCall>() {
  if (const FuncType* type = function_signature()) return_call(*type);
}

template <>
void FunctionValidator::special<Op::ReturnCallIndirect>() {
  if (const FuncType* type = indirect_callee()) return_call(*type);
}

template <>
void FunctionValidator::special<Op::ReturnCallRef>() {
  if (const FuncType* type = reference_callee()) return_call(*type);
}

// Exceptions

const ModuleTag* FunctionValidator::tag(uint32_t index) {
  if (r_->failed()) return nullptr;
  if (index >= m_.tags().size()) return unknown("tag", index), nullptr;
  return &m_.tags()[index];
}

template <>
void FunctionValidator::special<Op::Throw>() {
  const ModuleTag* thrown = tag(r_->u32());
  if (!thrown) return;
  pop_all(func_type(thrown->type).params);
  set_unreachable();
}

template <>
void FunctionValidator::special<Op::ThrowRef>() {
  pop(k_exnref);
  set_unreachable();
}

// One clause of a try_table: the label must take the payload, and the reference if there is one.
void FunctionValidator::catch_clause() {
  uint8_t kind = r_->u8();
  if (kind > 3) return malformed("malformed catch clause");
  bool has_tag = kind < 2, has_reference = kind & 1;
  uint32_t tag_index = has_tag ? r_->u32() : 0;
  uint32_t depth = r_->u32();
  const ModuleTag* caught = has_tag ? tag(tag_index) : nullptr;
  Frame* target = label(depth);
  if (!target || (has_tag && !caught)) return;
  Types payload = has_tag ? Types(func_type(caught->type).params) : Types();
  Types expected = target->label_types();
  bool fits = expected.size() == payload.size() + has_reference &&
              all_subtypes(payload, expected.first(payload.size())) &&
              (!has_reference || is_subtype(k_non_null_exnref, expected.back()));
  if (!fits)
    invalid(fmt::format("type mismatch: catch gives {}{} but label takes {}", to_text(payload),
                        has_reference ? " and an exception reference" : "", to_text(expected)));
}

template <>
void FunctionValidator::special<Op::TryTable>() {
  function_->has_handlers = true;
  BlockSignature signature = block_type();
  uint32_t clauses = r_->length();
  for (uint32_t i = 0; i < clauses && !r_->failed(); i++) catch_clause();
  enter(Op::TryTable, signature);
}

template <>
void FunctionValidator::special<Op::LegacyTry>() {
  function_->has_handlers = true;
  enter(Op::LegacyTry, block_type());
}

template <>
void FunctionValidator::special<Op::LegacyCatch>() {
  uint32_t index = r_->u32();
  if (frames_.back().op != Op::LegacyTry && frames_.back().op != Op::LegacyCatch)
    return malformed("END opcode expected");
  const ModuleTag* caught = tag(index);
  if (!caught) return;
  leave_frame();
  restart_frame(Op::LegacyCatch);
  push_all(func_type(caught->type).params);
}

template <>
void FunctionValidator::special<Op::LegacyCatchAll>() {
  if (frames_.back().op != Op::LegacyTry && frames_.back().op != Op::LegacyCatch)
    return malformed("END opcode expected");
  leave_frame();
  restart_frame(Op::LegacyCatchAll);
}

template <>
void FunctionValidator::special<Op::LegacyDelegate>() {
  uint32_t depth = r_->u32();
  if (frames_.back().op != Op::LegacyTry) return malformed("END opcode expected");
  // The label counts from outside the try.
  if (depth >= frames_.size() - 1) return unknown("label", depth);
  special<Op::End>();
}

template <>
void FunctionValidator::special<Op::LegacyRethrow>() {
  Frame* target = label(r_->u32());
  if (!target) return;
  if (target->op != Op::LegacyCatch && target->op != Op::LegacyCatchAll)
    return invalid("invalid rethrow label");
  set_unreachable();
}

}  // namespace lindvm
