#pragma once
// Decoding of types (spec 5.3). Used by the module decoder and, for immediates, by the validator. Lives and
// is used within one load_module call.

#include <cstdint>
#include <vector>

#include "vm/module/features.h"
#include "vm/module/module.h"
#include "vm/module/reader.h"

namespace lindvm {

class TypeDecoder {
 public:
  TypeDecoder(const std::vector<TypeId>& types, const Features& features)
      : types_(types), features_(features) {}

  ValType value_type(Reader& reader) const;
  ValType reference_type(Reader& reader) const;
  HeapType heap_type(Reader& reader) const;
  TableType table_type(Reader& reader) const;
  MemoryType memory_type(Reader& reader) const;
  GlobalType global_type(Reader& reader) const;

  /// One entry of the type section: a recursion group whose first member has index `types.size()`.
  RecGroup rec_group(Reader& reader);

 private:
  ValType shorthand_reference(int64_t code) const;
  ValType reference_to_index(Reader& reader, uint32_t index, bool nullable, uint64_t at) const;
  ValType heap_reference(Reader& reader, bool nullable) const;
  SubType sub_type(Reader& reader, uint32_t own_index);
  void super_type(Reader& reader, SubType& type, uint32_t own_index);
  void composite_type(Reader& reader, SubType& type, uint8_t form, uint64_t at);
  std::vector<ValType> result_type(Reader& reader, uint32_t limit);
  FieldType field_type(Reader& reader);
  bool is_mutable(Reader& reader) const;
  Limits limits(Reader& reader, bool has_max) const;

  const std::vector<TypeId>& types_;
  const Features& features_;
  // Type indices of the recursion group being decoded: they are not canonical yet.
  uint32_t group_begin_ = 0;
  uint32_t group_end_ = 0;
};

}  // namespace lindvm
