// Structs, arrays, i31 and casts.

#include <fmt/format.h>

#include "vm/module/limits.h"
#include "vm/module/validator.h"

namespace lindvm {

namespace {

constexpr ValType k_eqref = ValType::ref(HeapKind::eq, true);
constexpr ValType k_i31ref = ValType::ref(HeapKind::i31, true);
constexpr ValType k_arrayref = ValType::ref(HeapKind::array, true);

// May values stored as `from` be copied to where `to` is stored?
bool is_storage_subtype(const FieldType& from, const FieldType& to) {
  return from.packing == to.packing && is_subtype(from.type, to.type);
}

}  // namespace

const SubType* FunctionValidator::composite(uint32_t type_index, CompositeKind kind) {
  if (r_->failed()) return nullptr;
  if (type_index >= m_.types().size()) return unknown("type", type_index), nullptr;
  const SubType& type = m_.type(type_index);
  if (type.kind == kind) return &type;
  const char* what = kind == CompositeKind::array     ? "array"
                     : kind == CompositeKind::struct_ ? "structure"
                                                      : "function";
  return invalid(fmt::format("type mismatch: non-{} type {}", what, type_index)), nullptr;
}

// Structs

template <>
void FunctionValidator::special<Op::StructNew>() {
  uint32_t index = r_->u32();
  const SubType* type = composite(index, CompositeKind::struct_);
  if (!type) return;
  const auto& fields = type->struct_.fields;
  for (size_t i = fields.size(); i > 0 && !r_->failed(); i--) pop(fields[i - 1].type);
  push(concrete(index, false));
}

template <>
void FunctionValidator::special<Op::StructNewDefault>() {
  uint32_t index = r_->u32();
  const SubType* type = composite(index, CompositeKind::struct_);
  if (!type) return;
  for (const FieldType& field : type->struct_.fields)
    if (!field.type.is_defaultable()) return invalid("type mismatch: field type is not defaultable");
  push(concrete(index, false));
}

// struct.get has no sign and takes unpacked fields; struct.get_s and _u take packed ones.
void FunctionValidator::struct_get(bool is_plain) {
  uint32_t index = r_->u32(), field_index = r_->u32();
  const SubType* type = composite(index, CompositeKind::struct_);
  if (!type) return;
  if (field_index >= type->struct_.fields.size()) return unknown("field", field_index);
  const FieldType& field = type->struct_.fields[field_index];
  if ((field.packing == Packing::none) != is_plain)
    return invalid(fmt::format("type mismatch: field is {}packed", is_plain ? "" : "un"));
  pop(concrete(index, true));
  push(field.type);
}

template <>
void FunctionValidator::special<Op::StructGet>() {
  struct_get(true);
}
template <>
void FunctionValidator::special<Op::StructGetS>() {
  struct_get(false);
}
template <>
void FunctionValidator::special<Op::StructGetU>() {
  struct_get(false);
}

template <>
void FunctionValidator::special<Op::StructSet>() {
  uint32_t index = r_->u32(), field_index = r_->u32();
  const SubType* type = composite(index, CompositeKind::struct_);
  if (!type) return;
  if (field_index >= type->struct_.fields.size()) return unknown("field", field_index);
  const FieldType& field = type->struct_.fields[field_index];
  if (!field.is_mutable) return invalid("immutable field");
  pop(field.type);
  pop(concrete(index, true));
}

// Arrays

const FieldType* FunctionValidator::array_element(uint32_t type_index) {
  const SubType* type = composite(type_index, CompositeKind::array);
  return type ? &type->array.element : nullptr;
}

const FieldType* FunctionValidator::mutable_array(uint32_t type_index) {
  const FieldType* element = array_element(type_index);
  if (element && !element->is_mutable) return invalid("immutable array"), nullptr;
  return element;
}

// For the instructions that make elements from bytes.
bool FunctionValidator::is_numeric_or_vector(const FieldType& element) {
  if (!element.type.is_ref()) return true;
  invalid("array type is not numeric or vector");
  return false;
}

template <>
void FunctionValidator::special<Op::ArrayNew>() {
  uint32_t index = r_->u32();
  const FieldType* element = array_element(index);
  if (!element) return;
  pop(k_i32);
  pop(element->type);
  push(concrete(index, false));
}

template <>
void FunctionValidator::special<Op::ArrayNewDefault>() {
  uint32_t index = r_->u32();
  const FieldType* element = array_element(index);
  if (!element) return;
  if (!element->type.is_defaultable()) return invalid("type mismatch: array type is not defaultable");
  pop(k_i32);
  push(concrete(index, false));
}

template <>
void FunctionValidator::special<Op::ArrayNewFixed>() {
  uint32_t index = r_->u32(), count = r_->u32();
  const FieldType* element = array_element(index);
  if (!element) return;
  if (count > k_max_array_new_fixed)
    return r_->fail(ErrorKind::unsupported, fmt::format("array.new_fixed of {} elements is too large", count),
                    at_);
  for (uint32_t i = 0; i < count && !r_->failed(); i++) pop(element->type);
  push(concrete(index, false));
}

template <>
void FunctionValidator::special<Op::ArrayNewData>() {
  uint32_t index = r_->u32(), segment = r_->u32();
  const FieldType* element = array_element(index);
  data_segment(segment);
  if (!element || !is_numeric_or_vector(*element)) return;
  pop(k_i32);
  pop(k_i32);
  push(concrete(index, false));
}

template <>
void FunctionValidator::special<Op::ArrayNewElem>() {
  uint32_t index = r_->u32(), segment_index = r_->u32();
  const FieldType* element = array_element(index);
  const ElementSegment* segment = element_segment(segment_index);
  if (!element || !segment) return;
  if (!is_subtype(segment->type, element->type))
    return invalid("type mismatch: element segment does not fit the array");
  pop(k_i32);
  pop(k_i32);
  push(concrete(index, false));
}

void FunctionValidator::array_get(bool is_plain) {
  uint32_t index = r_->u32();
  const FieldType* element = array_element(index);
  if (!element) return;
  if ((element->packing == Packing::none) != is_plain)
    return invalid(fmt::format("type mismatch: array is {}packed", is_plain ? "" : "un"));
  pop(k_i32);
  pop(concrete(index, true));
  push(element->type);
}

template <>
void FunctionValidator::special<Op::ArrayGet>() {
  array_get(true);
}
template <>
void FunctionValidator::special<Op::ArrayGetS>() {
  array_get(false);
}
template <>
void FunctionValidator::special<Op::ArrayGetU>() {
  array_get(false);
}

template <>
void FunctionValidator::special<Op::ArraySet>() {
  uint32_t index = r_->u32();
  const FieldType* element = mutable_array(index);
  if (!element) return;
  pop(element->type);
  pop(k_i32);
  pop(concrete(index, true));
}

template <>
void FunctionValidator::special<Op::ArrayLen>() {
  pop(k_arrayref);
  push(k_i32);
}

template <>
void FunctionValidator::special<Op::ArrayFill>() {
  uint32_t index = r_->u32();
  const FieldType* element = mutable_array(index);
  if (!element) return;
  pop(k_i32);
  pop(element->type);
  pop(k_i32);
  pop(concrete(index, true));
}

template <>
void FunctionValidator::special<Op::ArrayCopy>() {
  uint32_t to = r_->u32(), from = r_->u32();
  const FieldType* destination = mutable_array(to);
  const FieldType* source = array_element(from);
  if (!destination || !source) return;
  if (!is_storage_subtype(*source, *destination)) return invalid("array types do not match");
  pop(k_i32);
  pop(k_i32);
  pop(concrete(from, true));
  pop(k_i32);
  pop(concrete(to, true));
}

template <>
void FunctionValidator::special<Op::ArrayInitData>() {
  uint32_t index = r_->u32(), segment = r_->u32();
  const FieldType* element = mutable_array(index);
  data_segment(segment);
  if (!element || !is_numeric_or_vector(*element)) return;
  for (int i = 0; i < 3; i++) pop(k_i32);
  pop(concrete(index, true));
}

template <>
void FunctionValidator::special<Op::ArrayInitElem>() {
  uint32_t index = r_->u32(), segment_index = r_->u32();
  const FieldType* element = mutable_array(index);
  const ElementSegment* segment = element_segment(segment_index);
  if (!element || !segment) return;
  if (!is_subtype(segment->type, element->type))
    return invalid("type mismatch: element segment does not fit the array");
  for (int i = 0; i < 3; i++) pop(k_i32);
  pop(concrete(index, true));
}

// References

template <>
void FunctionValidator::special<Op::RefEq>() {
  pop(k_eqref);
  pop(k_eqref);
  push(k_i32);
}

template <>
void FunctionValidator::special<Op::RefI31>() {
  pop(k_i32);
  push(k_i31ref.with_nullable(false));
}

template <>
void FunctionValidator::special<Op::I31GetS>() {
  pop(k_i31ref);
  push(k_i32);
}
template <>
void FunctionValidator::special<Op::I31GetU>() {
  pop(k_i31ref);
  push(k_i32);
}

void FunctionValidator::reference_test(bool is_cast, bool nullable) {
  HeapType target = types_.heap_type(*r_);
  if (r_->failed()) return;
  pop(ValType::ref(top_of(target), true));
  push(is_cast ? ValType::ref(target, nullable) : k_i32);
}

template <>
void FunctionValidator::special<Op::RefTest>() {
  reference_test(false, false);
}
template <>
void FunctionValidator::special<Op::RefTestNull>() {
  reference_test(false, true);
}
template <>
void FunctionValidator::special<Op::RefCast>() {
  reference_test(true, false);
}
template <>
void FunctionValidator::special<Op::RefCastNull>() {
  reference_test(true, true);
}

// br_on_cast takes the branch with the target type and falls through with what remains of the source type;
// br_on_cast_fail the other way round.
void FunctionValidator::branch_on_cast(bool branch_on_failure) {
  uint8_t flags = r_->u8();
  if (flags > 3) return malformed("malformed br_on_cast flags");
  uint32_t depth = r_->u32();
  ValType source = ValType::ref(types_.heap_type(*r_), flags & 1);
  ValType target = ValType::ref(types_.heap_type(*r_), flags & 2);
  Frame* frame = label(depth);
  if (!frame) return;
  if (!is_subtype(target, source)) return type_mismatch(Types(&source, 1), Types(&target, 1));
  ValType remainder = target.is_nullable() ? source.with_nullable(false) : source;
  ValType branching = branch_on_failure ? remainder : target;
  Types types = frame->label_types();
  if (types.empty() || !is_subtype(branching, types.back()))
    return type_mismatch(types, Types(&branching, 1));
  pop(source);
  check_all(types.first(types.size() - 1));
  push(branch_on_failure ? target : remainder);
}

template <>
void FunctionValidator::special<Op::BrOnCast>() {
  branch_on_cast(false);
}
template <>
void FunctionValidator::special<Op::BrOnCastFail>() {
  branch_on_cast(true);
}

void FunctionValidator::convert_hierarchy(HeapKind from, HeapKind to) {
  ValType reference = pop_reference();
  bool nullable = reference.is_ref() && reference.is_nullable();
  ValType expected = ValType::ref(from, nullable);
  if (!is_subtype(reference, expected)) return type_mismatch(Types(&expected, 1), Types(&reference, 1));
  push(ValType::ref(to, nullable));
}

template <>
void FunctionValidator::special<Op::AnyConvertExtern>() {
  convert_hierarchy(HeapKind::extern_, HeapKind::any);
}
template <>
void FunctionValidator::special<Op::ExternConvertAny>() {
  convert_hierarchy(HeapKind::any, HeapKind::extern_);
}

}  // namespace lindvm
