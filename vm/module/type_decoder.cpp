#include "vm/module/type_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "vm/isa/opcodes.h"
#include "vm/module/limits.h"

namespace lindvm {

namespace {

enum TypeCode : uint8_t {
  k_code_i32 = 0x7f,
  k_code_i64 = 0x7e,
  k_code_f32 = 0x7d,
  k_code_f64 = 0x7c,
  k_code_v128 = 0x7b,
  k_code_i8 = 0x78,
  k_code_i16 = 0x77,
  k_code_ref = 0x64,
  k_code_ref_null = 0x63,
  k_code_func = 0x60,
  k_code_struct = 0x5f,
  k_code_array = 0x5e,
  k_code_sub = 0x50,
  k_code_sub_final = 0x4f,
  k_code_rec = 0x4e,
};

struct AbstractHeapType {
  uint8_t code;
  HeapKind kind;
  Feature feature;
};

constexpr AbstractHeapType k_abstract_heap_types[] = {
    {0x74, HeapKind::noexn, Feature::exceptions}, {0x73, HeapKind::nofunc, Feature::gc},
    {0x72, HeapKind::noextern, Feature::gc},      {0x71, HeapKind::none, Feature::gc},
    {0x70, HeapKind::func, Feature::mvp},         {0x6f, HeapKind::extern_, Feature::reference_types},
    {0x6e, HeapKind::any, Feature::gc},           {0x6d, HeapKind::eq, Feature::gc},
    {0x6c, HeapKind::i31, Feature::gc},           {0x6b, HeapKind::struct_, Feature::gc},
    {0x6a, HeapKind::array, Feature::gc},         {0x69, HeapKind::exn, Feature::exceptions},
};

const AbstractHeapType* find_abstract(int64_t code, const Features& features) {
  for (const AbstractHeapType& entry : k_abstract_heap_types)
    if (entry.code == (code & 0x7f) && code < 0 && code >= -64)
      return features.has(entry.feature) ? &entry : nullptr;
  return nullptr;
}

// Bits of the flag byte of limits.
constexpr uint8_t k_has_max = 1, k_shared = 2, k_is64 = 4, k_has_page_size = 8;

constexpr uint64_t k_max_memory64_bits = 64;

}  // namespace

ValType TypeDecoder::reference_to_index(Reader& reader, uint32_t index, bool nullable, uint64_t at) const {
  if (index < types_.size()) return ValType::ref(HeapType(types_[index]), nullable);
  if (index >= group_begin_ && index < group_end_)
    return ValType::group_relative(index - group_begin_, nullable);
  reader.invalid(fmt::format("unknown type {}", index), at);
  return k_funcref;
}

ValType TypeDecoder::heap_reference(Reader& reader, bool nullable) const {
  uint64_t at = reader.offset();
  int64_t code = reader.s33();
  if (code >= 0 && (features_.has(Feature::function_references) || features_.has(Feature::gc)))
    return reference_to_index(reader, static_cast<uint32_t>(code), nullable, at);
  if (const AbstractHeapType* entry = find_abstract(code, features_))
    return ValType::ref(entry->kind, nullable);
  reader.malformed("malformed heap type", at);
  return k_funcref;
}

HeapType TypeDecoder::heap_type(Reader& reader) const { return heap_reference(reader, true).heap(); }

ValType TypeDecoder::reference_type(Reader& reader) const {
  uint64_t at = reader.offset();
  uint8_t code = reader.peek();
  if (code == k_code_ref || code == k_code_ref_null) {
    reader.u8();
    return heap_reference(reader, code == k_code_ref_null);
  }
  int64_t number = reader.s33();
  if (const AbstractHeapType* entry = find_abstract(number, features_))
    return ValType::ref(entry->kind, true);
  reader.malformed("malformed reference type", at);
  return k_funcref;
}

ValType TypeDecoder::value_type(Reader& reader) const {
  auto number = [&](ValType type) { return reader.u8(), type; };
  switch (reader.peek()) {
    case k_code_i32:
      return number(k_i32);
    case k_code_i64:
      return number(k_i64);
    case k_code_f32:
      return number(k_f32);
    case k_code_f64:
      return number(k_f64);
    case k_code_v128:
      if (features_.has(Feature::simd)) return number(k_v128);
      reader.malformed("malformed value type");
      return k_i32;
    default:
      return reference_type(reader);
  }
}

bool TypeDecoder::is_mutable(Reader& reader) const {
  uint64_t at = reader.offset();
  uint8_t byte = reader.u8();
  if (byte > 1) reader.malformed("malformed mutability", at);
  return byte == 1;
}

GlobalType TypeDecoder::global_type(Reader& reader) const {
  GlobalType type;
  type.type = value_type(reader);
  type.is_mutable = is_mutable(reader);
  return type;
}

Limits TypeDecoder::limits(Reader& reader, bool has_max) const {
  Limits limits;
  limits.min = reader.u64();
  if (has_max) limits.max = reader.u64();
  return limits;
}

TableType TypeDecoder::table_type(Reader& reader) const {
  TableType type;
  type.element = reference_type(reader);
  uint64_t at = reader.offset();
  uint8_t flags = reader.u8();
  uint8_t allowed = k_has_max | (features_.has(Feature::memory64) ? k_is64 : 0);
  if (flags & ~allowed) return reader.malformed("malformed limits flags", at), type;
  type.is64 = flags & k_is64;
  type.limits = limits(reader, flags & k_has_max);
  if (!type.is64 && std::max(type.limits.min, type.limits.max.value_or(0)) > UINT32_MAX)
    reader.invalid("table size must be at most 2^32-1", at);
  else if (type.limits.max && type.limits.min > *type.limits.max)
    reader.invalid("size minimum must not be greater than maximum", at);
  return type;
}

namespace {

void check_memory_limits(Reader& reader, const MemoryType& type, uint64_t at) {
  const Limits& limits = type.limits;
  unsigned address_bits = type.is64 ? k_max_memory64_bits : 32;
  // Sizes are at most 2^bits bytes, and with single-byte pages one less, so that memory.size can tell.
  uint64_t most = type.page_size_log2 == 0 ? ~uint64_t{0} >> (64 - address_bits)
                                           : uint64_t{1} << (address_bits - type.page_size_log2);
  bool too_large = limits.min > most || (limits.max && *limits.max > most);
  if (too_large && type.page_size_log2 == 16 && !type.is64)
    return reader.invalid("memory size must be at most 65536 pages (4GiB)", at);
  if (too_large) return reader.invalid(fmt::format("memory size must be at most {} pages", most), at);
  if (limits.max && limits.min > *limits.max)
    return reader.invalid("size minimum must not be greater than maximum", at);
  if (type.is_shared && !limits.max) reader.invalid("shared memory must have maximum", at);
}

}  // namespace

MemoryType TypeDecoder::memory_type(Reader& reader) const {
  MemoryType type;
  uint64_t at = reader.offset();
  uint8_t flags = reader.u8();
  uint8_t allowed = k_has_max | (features_.has(Feature::threads) ? k_shared : 0) |
                    (features_.has(Feature::memory64) ? k_is64 : 0) |
                    (features_.has(Feature::custom_page_sizes) ? k_has_page_size : 0);
  if (flags & ~allowed) return reader.malformed("malformed limits flags", at), type;
  type.is_shared = flags & k_shared;
  type.is64 = flags & k_is64;
  type.limits = limits(reader, flags & k_has_max);
  if (flags & k_has_page_size) {
    uint32_t log2 = reader.u32();
    if (log2 >= 64) return reader.malformed("invalid custom page size", at), type;
    if (log2 != 0 && log2 != 16) return reader.invalid("invalid custom page size", at), type;
    type.page_size_log2 = static_cast<uint8_t>(log2);
  }
  if (!reader.failed()) check_memory_limits(reader, type, at);
  return type;
}

std::vector<ValType> TypeDecoder::result_type(Reader& reader, uint32_t limit) {
  uint64_t at = reader.offset();
  uint32_t count = reader.length();
  std::vector<ValType> types;
  if (count > limit)
    reader.fail(ErrorKind::unsupported,
                fmt::format("function type has {} parameters or results, more than {}", count, limit), at);
  if (reader.failed()) return types;
  types.reserve(std::min<size_t>(count, reader.remaining()));
  for (uint32_t i = 0; i < count && !reader.failed(); i++) types.push_back(value_type(reader));
  return types;
}

FieldType TypeDecoder::field_type(Reader& reader) {
  FieldType field;
  uint8_t code = reader.peek();
  if (code == k_code_i8 || code == k_code_i16) {
    reader.u8();
    field.packing = code == k_code_i8 ? Packing::i8 : Packing::i16;
    field.type = k_i32;
  } else {
    field.type = value_type(reader);
  }
  field.is_mutable = is_mutable(reader);
  return field;
}

void TypeDecoder::composite_type(Reader& reader, SubType& type, uint8_t form, uint64_t at) {
  bool has_gc = features_.has(Feature::gc);
  if (form == k_code_func) {
    type.kind = CompositeKind::func;
    type.func.params = result_type(reader, k_max_params);
    type.func.results = result_type(reader, k_max_results);
    if (type.func.results.size() > 1 && !features_.has(Feature::multi_value))
      reader.invalid("invalid result arity", at);
  } else if (form == k_code_struct && has_gc) {
    type.kind = CompositeKind::struct_;
    uint32_t count = reader.length();
    if (count > k_max_fields) reader.fail(ErrorKind::unsupported, "struct type has too many fields", at);
    for (uint32_t i = 0; i < count && !reader.failed(); i++)
      type.struct_.fields.push_back(field_type(reader));
  } else if (form == k_code_array && has_gc) {
    type.kind = CompositeKind::array;
    type.array.element = field_type(reader);
  } else {
    reader.malformed(form < 0x80 ? "malformed definition type" : "integer representation too long", at);
  }
}

void TypeDecoder::super_type(Reader& reader, SubType& type, uint32_t own_index) {
  uint64_t at = reader.offset();
  uint32_t count = reader.length();
  if (reader.failed() || count == 0) return;
  if (count > 1) return reader.invalid("sub type has more than one super type", at);
  at = reader.offset();
  uint32_t index = reader.u32();
  if (reader.failed()) return;
  if (index >= own_index)
    return reader.invalid(fmt::format("unknown type {}: forward use in sub type", index), at);
  type.super = reference_to_index(reader, index, true, at);
}

SubType TypeDecoder::sub_type(Reader& reader, uint32_t own_index) {
  SubType type;
  uint64_t at = reader.offset();
  uint8_t form = reader.u8();
  if (features_.has(Feature::gc) && (form == k_code_sub || form == k_code_sub_final)) {
    type.is_final = form == k_code_sub_final;
    super_type(reader, type, own_index);
    form = reader.u8();
  }
  composite_type(reader, type, form, at);
  return type;
}

RecGroup TypeDecoder::rec_group(Reader& reader) {
  RecGroup group;
  uint64_t at = reader.offset();
  uint32_t count = 1;
  if (reader.peek() == k_code_rec && features_.has(Feature::gc)) {
    reader.u8();
    count = reader.length();
  }
  group_begin_ = static_cast<uint32_t>(types_.size());
  if (count > k_max_types - group_begin_)
    return reader.fail(ErrorKind::unsupported, fmt::format("more than {} types", k_max_types), at), group;
  group_end_ = group_begin_ + count;
  group.reserve(std::min<size_t>(count, reader.remaining()));
  for (uint32_t i = 0; i < count && !reader.failed(); i++)
    group.push_back(sub_type(reader, group_begin_ + i));
  group_begin_ = group_end_ = 0;
  return group;
}

}  // namespace lindvm
