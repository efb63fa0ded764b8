#include "vm/testing/module_builder.h"

#include <bit>

namespace lindvm::testing {

void ByteWriter::u64(uint64_t value) {
  while (value >= 0x80) {
    u8(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  u8(static_cast<uint8_t>(value));
}

void ByteWriter::s64(int64_t value) {
  while (value < -64 || value > 63) {
    u8(static_cast<uint8_t>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  u8(static_cast<uint8_t>(value & 0x7f));
}

void ByteWriter::name(std::string_view text) {
  u32(static_cast<uint32_t>(text.size()));
  bytes_.insert(bytes_.end(), text.begin(), text.end());
}

void ByteWriter::sized(const ByteWriter& content) {
  u32(static_cast<uint32_t>(content.data().size()));
  bytes(content.data());
}

void TypeCode::write(ByteWriter& out) const {
  out.u8(byte_);
  if (byte_ == 0x63 || byte_ == 0x64) out.s64(type_index_);
}

void LimitsCode::write(ByteWriter& out) const {
  out.u8(static_cast<uint8_t>((max ? 1 : 0) | (shared ? 2 : 0) | (is_64 ? 4 : 0) | (page_size_log2 ? 8 : 0)));
  out.u64(min);
  if (max) out.u64(*max);
  if (page_size_log2) out.u32(*page_size_log2);
}

CodeBuilder& CodeBuilder::op(Op op) {
  const OpInfo& info = op_info(op);
  if (info.is_prefixed()) {
    out_.u8(static_cast<uint8_t>(info.code >> 16));
    out_.u32(info.code & 0xffff);
  } else {
    out_.u8(static_cast<uint8_t>(info.code));
  }
  return *this;
}

CodeBuilder& CodeBuilder::op(Op op, std::initializer_list<uint32_t> indices) {
  this->op(op);
  for (uint32_t index : indices) out_.u32(index);
  return *this;
}

CodeBuilder& CodeBuilder::i32_const(uint32_t value) {
  op(Op::I32Const);
  out_.s64(static_cast<int32_t>(value));
  return *this;
}

CodeBuilder& CodeBuilder::i64_const(uint64_t value) {
  op(Op::I64Const);
  out_.s64(static_cast<int64_t>(value));
  return *this;
}

CodeBuilder& CodeBuilder::f32_const(float value) {
  op(Op::F32Const);
  out_.fixed(value);
  return *this;
}

CodeBuilder& CodeBuilder::f64_const(double value) {
  op(Op::F64Const);
  out_.fixed(value);
  return *this;
}

CodeBuilder& CodeBuilder::v128_const(const V128& value) {
  op(Op::V128Const);
  out_.fixed(value);
  return *this;
}

CodeBuilder& CodeBuilder::memory_op(Op op, uint64_t offset, uint32_t memory) {
  this->op(op);
  uint32_t alignment = static_cast<uint32_t>(std::countr_zero(op_info(op).access_bytes()));
  out_.u32(memory == 0 ? alignment : alignment | 0x40);
  if (memory != 0) out_.u32(memory);
  out_.u64(offset);
  return *this;
}

CodeBuilder& CodeBuilder::memory_lane_op(Op op, uint8_t lane, uint64_t offset, uint32_t memory) {
  memory_op(op, offset, memory);
  out_.u8(lane);
  return *this;
}

CodeBuilder& CodeBuilder::lane_op(Op op, uint8_t lane) {
  this->op(op);
  out_.u8(lane);
  return *this;
}

CodeBuilder& CodeBuilder::shuffle(const V128& lanes) {
  op(Op::I8x16Shuffle);
  out_.fixed(lanes);
  return *this;
}

CodeBuilder& CodeBuilder::block(Op op, std::optional<TypeCode> result) {
  this->op(op);
  if (result) {
    result->write(out_);
  } else {
    out_.u8(0x40);
  }
  return *this;
}

CodeBuilder& CodeBuilder::block_of_type(Op op, uint32_t type_index) {
  this->op(op);
  out_.s64(type_index);
  return *this;
}

CodeBuilder& CodeBuilder::br_table(std::span<const uint32_t> labels, uint32_t default_label) {
  op(Op::BrTable, {static_cast<uint32_t>(labels.size())});
  for (uint32_t label : labels) out_.u32(label);
  out_.u32(default_label);
  return *this;
}

namespace {
void write_types(ByteWriter& out, const TypeCodes& types) {
  out.u32(static_cast<uint32_t>(types.size()));
  for (const TypeCode& type : types) type.write(out);
}
}  // namespace

uint32_t ModuleBuilder::type(const TypeCodes& params, const TypeCodes& results) {
  for (size_t i = 0; i < function_types_.size(); ++i) {
    if (function_types_[i] == std::pair(params, results)) return function_type_indices_[i];
  }
  ByteWriter entry;
  entry.u8(0x60);
  write_types(entry, params);
  write_types(entry, results);
  uint32_t index = raw_type(entry);
  function_types_.emplace_back(params, results);
  function_type_indices_.push_back(index);
  return index;
}

uint32_t ModuleBuilder::raw_type(const ByteWriter& entry) {
  types_.items.bytes(entry.data());
  return types_.add();
}

ByteWriter& ModuleBuilder::add_import(std::string_view module, std::string_view name, ExternCode kind) {
  imports_.add();
  imports_.items.name(module);
  imports_.items.name(name);
  imports_.items.u8(static_cast<uint8_t>(kind));
  return imports_.items;
}

uint32_t ModuleBuilder::import_function(std::string_view module, std::string_view name, uint32_t type) {
  add_import(module, name, ExternCode::function).u32(type);
  return imported_functions_++;
}

uint32_t ModuleBuilder::import_table(std::string_view module, std::string_view name, TypeCode type,
                                     const LimitsCode& limits) {
  ByteWriter& out = add_import(module, name, ExternCode::table);
  type.write(out);
  limits.write(out);
  return imported_tables_++;
}

uint32_t ModuleBuilder::import_memory(std::string_view module, std::string_view name,
                                      const LimitsCode& limits) {
  limits.write(add_import(module, name, ExternCode::memory));
  return imported_memories_++;
}

uint32_t ModuleBuilder::import_global(std::string_view module, std::string_view name, TypeCode type,
                                      bool is_mutable) {
  ByteWriter& out = add_import(module, name, ExternCode::global);
  type.write(out);
  out.u8(is_mutable);
  return imported_globals_++;
}

uint32_t ModuleBuilder::import_tag(std::string_view module, std::string_view name, uint32_t type) {
  ByteWriter& out = add_import(module, name, ExternCode::tag);
  out.u8(0);
  out.u32(type);
  return imported_tags_++;
}

uint32_t ModuleBuilder::function(uint32_t type, const TypeCodes& locals, const CodeBuilder& body) {
  functions_.items.u32(type);
  codes_.add();
  ByteWriter code;
  code.u32(static_cast<uint32_t>(locals.size()));
  for (const TypeCode& local : locals) {
    code.u32(1);
    local.write(code);
  }
  code.bytes(body.data());
  codes_.items.sized(code);
  return imported_functions_ + functions_.add();
}

uint32_t ModuleBuilder::table(TypeCode type, const LimitsCode& limits) {
  type.write(tables_.items);
  limits.write(tables_.items);
  return imported_tables_ + tables_.add();
}

uint32_t ModuleBuilder::memory(const LimitsCode& limits) {
  limits.write(memories_.items);
  return imported_memories_ + memories_.add();
}

uint32_t ModuleBuilder::global(TypeCode type, bool is_mutable, const CodeBuilder& initial) {
  type.write(globals_.items);
  globals_.items.u8(is_mutable);
  globals_.items.bytes(initial.data());
  return imported_globals_ + globals_.add();
}

uint32_t ModuleBuilder::tag(uint32_t type) {
  tags_.items.u8(0);
  tags_.items.u32(type);
  return imported_tags_ + tags_.add();
}

void ModuleBuilder::export_item(std::string_view name, ExternCode kind, uint32_t index) {
  exports_.add();
  exports_.items.name(name);
  exports_.items.u8(static_cast<uint8_t>(kind));
  exports_.items.u32(index);
}

uint32_t ModuleBuilder::active_data(uint32_t memory, const CodeBuilder& offset,
                                    std::span<const uint8_t> content) {
  data_.items.u32(memory == 0 ? 0 : 2);
  if (memory != 0) data_.items.u32(memory);
  data_.items.bytes(offset.data());
  data_.items.u32(static_cast<uint32_t>(content.size()));
  data_.items.bytes(content);
  return data_.add();
}

uint32_t ModuleBuilder::passive_data(std::span<const uint8_t> content) {
  data_.items.u32(1);
  data_.items.u32(static_cast<uint32_t>(content.size()));
  data_.items.bytes(content);
  return data_.add();
}

uint32_t ModuleBuilder::active_elements(uint32_t table, const CodeBuilder& offset,
                                        std::span<const uint32_t> functions) {
  elements_.items.u32(table == 0 ? 0 : 2);
  if (table != 0) elements_.items.u32(table);
  elements_.items.bytes(offset.data());
  if (table != 0) elements_.items.u8(0);  // element kind: functions
  elements_.items.u32(static_cast<uint32_t>(functions.size()));
  for (uint32_t function : functions) elements_.items.u32(function);
  return elements_.add();
}

uint32_t ModuleBuilder::add_elements(uint8_t flags, std::span<const uint32_t> functions) {
  elements_.items.u32(flags);
  elements_.items.u8(0);
  elements_.items.u32(static_cast<uint32_t>(functions.size()));
  for (uint32_t function : functions) elements_.items.u32(function);
  return elements_.add();
}

uint32_t ModuleBuilder::passive_elements(std::span<const uint32_t> functions) {
  return add_elements(1, functions);
}
uint32_t ModuleBuilder::declare_elements(std::span<const uint32_t> functions) {
  return add_elements(3, functions);
}

void ModuleBuilder::custom_section(std::string_view name, std::span<const uint8_t> content) {
  ByteWriter section;
  section.name(name);
  section.bytes(content);
  custom_.u8(0);
  custom_.sized(section);
}

void ModuleBuilder::write_section(ByteWriter& out, uint8_t id, const Section& section) const {
  if (section.count == 0) return;
  ByteWriter content;
  content.u32(section.count);
  content.bytes(section.items.data());
  out.u8(id);
  out.sized(content);
}

std::vector<uint8_t> ModuleBuilder::build() const {
  ByteWriter out;
  out.bytes(std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0});
  write_section(out, 1, types_);
  write_section(out, 2, imports_);
  write_section(out, 3, functions_);
  write_section(out, 4, tables_);
  write_section(out, 5, memories_);
  write_section(out, 13, tags_);
  write_section(out, 6, globals_);
  write_section(out, 7, exports_);
  if (start_) {
    ByteWriter content;
    content.u32(*start_);
    out.u8(8);
    out.sized(content);
  }
  write_section(out, 9, elements_);
  if (data_.count != 0) {
    ByteWriter content;
    content.u32(data_.count);
    out.u8(12);
    out.sized(content);
  }
  write_section(out, 10, codes_);
  write_section(out, 11, data_);
  out.bytes(custom_.data());
  return out.data();
}

}  // namespace lindvm::testing
