// Parametric instructions, tables, memories, segments, and references other than garbage-collected ones.

#include <fmt/format.h>

#include "vm/module/validator.h"

namespace lindvm {

// Index spaces

ValType FunctionValidator::address_type_of_memory(uint32_t index) {
  if (r_->failed()) return k_i32;
  if (index >= m_.memories().size()) return unknown("memory", index), k_i32;
  return m_.memories()[index].is64 ? k_i64 : k_i32;
}

const ModuleTable* FunctionValidator::table(uint32_t index) {
  if (r_->failed()) return nullptr;
  if (index >= m_.tables().size()) return unknown("table", index), nullptr;
  return &m_.tables()[index];
}

ValType FunctionValidator::address_type_of_table(uint32_t index) {
  const ModuleTable* found = table(index);
  return found && found->type.is64 ? k_i64 : k_i32;
}

const ElementSegment* FunctionValidator::element_segment(uint32_t index) {
  if (r_->failed()) return nullptr;
  if (index >= m_.element_segments().size()) return unknown("elem segment", index), nullptr;
  return &m_.element_segments()[index];
}

void FunctionValidator::data_segment(uint32_t index) {
  if (r_->failed()) return;
  if (!data_count_) return malformed("data count section required");
  if (index >= *data_count_) unknown("data segment", index);
}

void FunctionValidator::element_into_table(uint32_t element, uint32_t table_index) {
  const ModuleTable* destination = table(table_index);
  const ElementSegment* segment = element_segment(element);
  if (destination && segment && !is_subtype(segment->type, destination->type.element))
    invalid("type mismatch: element segment does not fit the table");
}

ValType FunctionValidator::concrete(uint32_t type_index, bool nullable) const {
  return ValType::ref(HeapType(m_.types()[type_index]), nullable);
}

// Parametric

template <>
void FunctionValidator::special<Op::Drop>() {
  pop_any();
}

template <>
void FunctionValidator::special<Op::Select>() {
  pop(k_i32);
  ValType second = pop_any();
  ValType first = pop_any();
  if (first.is_ref() || second.is_ref())
    return invalid("type mismatch: select without a type needs numbers or vectors");
  if (first != second && !first.is_bottom() && !second.is_bottom())
    return type_mismatch(Types(&first, 1), Types(&second, 1));
  push(first.is_bottom() ? second : first);
}

template <>
void FunctionValidator::special<Op::SelectTyped>() {
  uint32_t count = r_->length();
  if (count != 1) return invalid("invalid result arity");
  ValType type = types_.value_type(*r_);
  pop(k_i32);
  pop(type);
  pop(type);
  push(type);
}

// Tables and memories

template <>
void FunctionValidator::special<Op::TableGet>() {
  const ModuleTable* source = table(r_->u32());
  if (!source) return;
  pop(source->type.is64 ? k_i64 : k_i32);
  push(source->type.element);
}

template <>
void FunctionValidator::special<Op::TableSet>() {
  const ModuleTable* destination = table(r_->u32());
  if (!destination) return;
  pop(destination->type.element);
  pop(destination->type.is64 ? k_i64 : k_i32);
}

template <>
void FunctionValidator::special<Op::TableGrow>() {
  const ModuleTable* grown = table(r_->u32());
  if (!grown) return;
  ValType address = grown->type.is64 ? k_i64 : k_i32;
  pop(address);
  pop(grown->type.element);
  push(address);
}

template <>
void FunctionValidator::special<Op::TableFill>() {
  const ModuleTable* filled = table(r_->u32());
  if (!filled) return;
  ValType address = filled->type.is64 ? k_i64 : k_i32;
  pop(address);
  pop(filled->type.element);
  pop(address);
}

// The count has the smaller of the two address types.
void FunctionValidator::copy_between(ValType to, ValType from) {
  pop(to == k_i64 && from == k_i64 ? k_i64 : k_i32);
  pop(from);
  pop(to);
}

template <>
void FunctionValidator::special<Op::TableCopy>() {
  uint32_t to = r_->u32(), from = r_->u32();
  const ModuleTable* destination = table(to);
  const ModuleTable* source = table(from);
  if (!destination || !source) return;
  if (!is_subtype(source->type.element, destination->type.element))
    return invalid("type mismatch: tables have different element types");
  copy_between(address_type_of_table(to), address_type_of_table(from));
}

template <>
void FunctionValidator::special<Op::MemoryCopy>() {
  uint32_t to = r_->u32(), from = r_->u32();
  ValType to_address = address_type_of_memory(to), from_address = address_type_of_memory(from);
  copy_between(to_address, from_address);
}

// References

template <>
void FunctionValidator::special<Op::RefNull>() {
  push(ValType::ref(types_.heap_type(*r_), true));
}

template <>
void FunctionValidator::special<Op::RefIsNull>() {
  pop_reference();
  push(k_i32);
}

template <>
void FunctionValidator::special<Op::RefFunc>() {
  uint32_t index = r_->u32();
  if (r_->failed()) return;
  if (index >= m_.functions().size()) return unknown("function", index);
  if (is_constant_)
    declare_function(index);
  else if (index >= declared_functions_.size() || !declared_functions_[index])
    return invalid(fmt::format("undeclared function reference {}", index));
  push(ValType::ref(HeapType(m_.functions()[index].type), false));
}

template <>
void FunctionValidator::special<Op::RefAsNonNull>() {
  ValType reference = pop_reference();
  push(reference.is_bottom() ? reference : reference.with_nullable(false));
}

template <>
void FunctionValidator::special<Op::BrOnNull>() {
  uint32_t depth = r_->u32();
  ValType reference = pop_reference();
  Frame* target = label(depth);
  if (!target) return;
  check_all(target->label_types());
  push(reference.is_bottom() ? reference : reference.with_nullable(false));
}

template <>
void FunctionValidator::special<Op::BrOnNonNull>() {
  uint32_t depth = r_->u32();
  ValType reference = pop_reference();
  Frame* target = label(depth);
  if (!target) return;
  Types types = target->label_types();
  if (!reference.is_bottom()) reference = reference.with_nullable(false);
  if (types.empty() || !is_subtype(reference, types.back()) || !types.back().is_ref())
    return type_mismatch(Types(&reference, 1), types);
  check_all(types.first(types.size() - 1));
}

}  // namespace lindvm
