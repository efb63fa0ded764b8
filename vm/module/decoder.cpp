#include "vm/module/decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "memory/os/virtual_memory.h"
#include "vm/isa/opcodes.h"
#include "vm/module/limits.h"

namespace lindvm {

namespace {

enum SectionId : uint8_t {
  k_custom,
  k_type,
  k_import,
  k_function,
  k_table,
  k_memory,
  k_global,
  k_export,
  k_start,
  k_element,
  k_code,
  k_data,
  k_data_count,
  k_tag,
  k_section_ids
};

// Position in the prescribed order of sections, by id.
constexpr uint8_t k_rank[k_section_ids] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

constexpr uint8_t k_magic[4] = {0, 'a', 's', 'm'};
constexpr uint8_t k_version[4] = {1, 0, 0, 0};

}  // namespace

ModuleDecoder::ModuleDecoder(std::unique_ptr<uint8_t[]> bytes, size_t size, const Features& features)
    : features_(features),
      module_(new Module(std::move(bytes), size)),
      m_(*module_),
      reader_(m_.bytes().data(), m_.bytes().data(), m_.bytes().data() + size),
      type_decoder_(m_.types_, features_),
      validator_(m_, features_, type_decoder_) {}

Result<std::shared_ptr<const Module>> ModuleDecoder::decode() {
  header();
  while (!reader_.failed() && !reader_.at_end()) section();
  if (!reader_.failed()) finish();
  if (reader_.failed()) return reader_.take_error();
  return std::shared_ptr<const Module>(std::move(module_));
}

void ModuleDecoder::header() {
  auto expect = [&](const uint8_t (&bytes)[4], const char* message) {
    uint64_t at = reader_.offset();
    if (reader_.remaining() < 4) return reader_.unexpected_end();
    if (!std::equal(bytes, bytes + 4, reader_.position())) return reader_.malformed(message, at);
    reader_.skip(4);
  };
  expect(k_magic, "magic header not detected");
  if (!reader_.failed()) expect(k_version, "unknown binary version");
}

void ModuleDecoder::section() {
  uint64_t at = reader_.offset();
  uint8_t id = reader_.u8();
  if (id >= k_section_ids || (id == k_tag && !features_.has(Feature::exceptions)))
    return reader_.malformed("malformed section id", at);
  uint32_t size = reader_.byte_count();
  if (reader_.failed()) return;
  if (id != k_custom) enter_order(id, at);
  section_end_ = reader_.offset() + size;
  section_contents(id, size);
  if (!reader_.failed() && reader_.offset() != section_end_) reader_.malformed("section size mismatch");
}

void ModuleDecoder::enter_order(uint8_t id, uint64_t at) {
  if (k_rank[id] <= last_rank_) reader_.malformed("unexpected content after last section", at);
  last_rank_ = k_rank[id];
}

void ModuleDecoder::section_contents(uint8_t id, uint32_t size) {
  if (reader_.failed()) return;
  switch (static_cast<SectionId>(id)) {
    case k_custom:
      return custom_section(size);
    case k_type:
      return type_section();
    case k_import:
      return import_section();
    case k_function:
      return function_section();
    case k_table:
      return table_section();
    case k_memory:
      return memory_section();
    case k_global:
      return global_section();
    case k_export:
      return export_section();
    case k_start:
      return start_section();
    case k_element:
      return element_section();
    case k_code:
      return code_section();
    case k_data:
      return data_section();
    case k_data_count:
      return data_count_section();
    case k_tag:
      return tag_section();
    case k_section_ids:
      return;
  }
}

uint32_t ModuleDecoder::count(size_t already, uint32_t limit, const char* what) {
  uint64_t at = reader_.offset();
  uint32_t count = reader_.length();
  if (count > limit - std::min<size_t>(already, limit)) {
    reader_.fail(ErrorKind::unsupported, fmt::format("more than {} {}", limit, what), at);
    return 0;
  }
  return count;
}

void ModuleDecoder::custom_section(uint32_t size) {
  Reader contents = reader_.sub_reader(size);
  CustomSection section;
  section.name = contents.name();
  if (contents.failed()) {
    Error error = contents.take_error();
    bool is_short = error.message == "length out of bounds";
    return reader_.malformed(is_short ? "unexpected end" : std::move(error.message), error.offset);
  }
  section.payload = {contents.offset(), section_end_};
  m_.custom_sections_.push_back(section);
}

void ModuleDecoder::type_section() {
  uint32_t groups = count(0, k_max_types, "types");
  m_.types_.reserve(groups);
  for (uint32_t i = 0; i < groups && !reader_.failed(); i++) {
    uint64_t at = reader_.offset();
    RecGroup group = type_decoder_.rec_group(reader_);
    if (reader_.failed() || group.empty()) continue;
    uint32_t size = static_cast<uint32_t>(group.size());
    std::optional<TypeId> first = canonicalize(std::move(group));
    if (!first)
      return reader_.fail(ErrorKind::unsupported, "too many types, or too deep a hierarchy of subtypes", at);
    for (uint32_t member = 0; member < size; member++) {
      TypeId id{static_cast<uint32_t>(*first) + member};
      if (!matches_super(id))
        return reader_.invalid(fmt::format("sub type {} does not match super type", m_.types_.size()), at);
      m_.types_.push_back(id);
    }
  }
}

void ModuleDecoder::add_function(uint32_t type_index, uint64_t at) {
  if (reader_.failed()) return;
  if (type_index >= m_.types_.size()) return reader_.invalid(fmt::format("unknown type {}", type_index), at);
  const SubType& type = m_.type(type_index);
  if (type.kind != CompositeKind::func)
    return reader_.invalid(fmt::format("unknown type: non-function type {}", type_index), at);
  ModuleFunction function;
  function.type_index = type_index;
  function.type = m_.types_[type_index];
  function.param_slots = slot_count(type.func.params);
  function.result_slots = slot_count(type.func.results);
  function.local_count = static_cast<uint32_t>(type.func.params.size());
  m_.functions_.push_back(function);
}

void ModuleDecoder::add_tag() {
  uint64_t at = reader_.offset();
  if (reader_.u8() != 0) return reader_.malformed("malformed tag attribute", at);
  at = reader_.offset();
  uint32_t index = reader_.u32();
  if (reader_.failed()) return;
  if (index >= m_.types_.size() || m_.type(index).kind != CompositeKind::func)
    return reader_.invalid(fmt::format("unknown type {}", index), at);
  if (!m_.type(index).func.results.empty()) return reader_.invalid("non-empty tag result type", at);
  m_.tags_.push_back({index, m_.types_[index]});
}

void ModuleDecoder::add_memory(const MemoryType& type, uint64_t at) {
  if (!m_.memories_.empty() && !features_.has(Feature::multi_memory))
    return reader_.invalid("multiple memories", at);
  m_.memories_.push_back(type);
}

void ModuleDecoder::import() {
  Import import;
  import.module = reader_.name();
  import.name = reader_.name();
  uint64_t at = reader_.offset();
  uint8_t kind = reader_.u8();
  if (reader_.failed()) return;
  if (kind > static_cast<uint8_t>(ExternKind::tag) ||
      (kind == static_cast<uint8_t>(ExternKind::tag) && !features_.has(Feature::exceptions)))
    return reader_.malformed("malformed import kind", at);
  import.kind = static_cast<ExternKind>(kind);
  import.index = m_.imported_[kind]++;
  at = reader_.offset();
  switch (import.kind) {
    case ExternKind::function:
      add_function(reader_.u32(), at);
      break;
    case ExternKind::table:
      m_.tables_.push_back({type_decoder_.table_type(reader_), {}});
      if (import.index > 0 && !features_.has(Feature::reference_types))
        reader_.invalid("multiple tables", at);
      break;
    case ExternKind::memory:
      add_memory(type_decoder_.memory_type(reader_), at);
      break;
    case ExternKind::global:
      m_.globals_.push_back({type_decoder_.global_type(reader_), {}});
      break;
    case ExternKind::tag:
      add_tag();
      break;
  }
  m_.imports_.push_back(import);
}

void ModuleDecoder::import_section() {
  uint32_t imports = count(0, k_max_imports, "imports");
  for (uint32_t i = 0; i < imports && !reader_.failed(); i++) import();
}

void ModuleDecoder::function_section() {
  uint32_t functions = count(m_.functions_.size(), k_max_functions, "functions");
  m_.functions_.reserve(m_.functions_.size() + functions);
  expect_filling(m_.functions_.data(), m_.functions_.capacity() * sizeof(ModuleFunction));
  for (uint32_t i = 0; i < functions && !reader_.failed(); i++) {
    uint64_t at = reader_.offset();
    add_function(reader_.u32(), at);
  }
}

void ModuleDecoder::table() {
  uint64_t at = reader_.offset();
  ModuleTable table;
  bool has_init = reader_.peek() == 0x40 && features_.has(Feature::function_references);
  if (has_init) {
    reader_.u8();
    if (reader_.u8() != 0) return reader_.malformed("malformed table", at);
  }
  table.type = type_decoder_.table_type(reader_);
  if (has_init) table.init = const_expr(table.type.element);
  if (!has_init && !table.type.element.is_defaultable())
    return reader_.invalid("type mismatch: non-nullable table needs an initial value", at);
  if (!m_.tables_.empty() && !features_.has(Feature::reference_types))
    return reader_.invalid("multiple tables", at);
  m_.tables_.push_back(table);
}

void ModuleDecoder::table_section() {
  uint32_t tables = count(m_.tables_.size(), k_max_tables, "tables");
  for (uint32_t i = 0; i < tables && !reader_.failed(); i++) table();
}

void ModuleDecoder::memory_section() {
  uint32_t memories = count(m_.memories_.size(), k_max_memories, "memories");
  for (uint32_t i = 0; i < memories && !reader_.failed(); i++) {
    uint64_t at = reader_.offset();
    add_memory(type_decoder_.memory_type(reader_), at);
  }
}

void ModuleDecoder::tag_section() {
  uint32_t tags = count(m_.tags_.size(), k_max_tags, "tags");
  for (uint32_t i = 0; i < tags && !reader_.failed(); i++) add_tag();
}

void ModuleDecoder::global_section() {
  uint32_t globals = count(m_.globals_.size(), k_max_globals, "globals");
  for (uint32_t i = 0; i < globals && !reader_.failed(); i++) {
    ModuleGlobal global;
    global.type = type_decoder_.global_type(reader_);
    if (!reader_.failed()) global.init = const_expr(global.type.type);
    m_.globals_.push_back(global);
  }
}

size_t ModuleDecoder::index_space_size(ExternKind kind) const {
  switch (kind) {
    case ExternKind::function:
      return m_.functions_.size();
    case ExternKind::table:
      return m_.tables_.size();
    case ExternKind::memory:
      return m_.memories_.size();
    case ExternKind::global:
      return m_.globals_.size();
    case ExternKind::tag:
      return m_.tags_.size();
  }
  return 0;
}

uint32_t ModuleDecoder::known_index(ExternKind kind, uint32_t index, uint64_t at) {
  if (!reader_.failed() && index >= index_space_size(kind))
    reader_.invalid(fmt::format("unknown {} {}", to_string(kind), index), at);
  return index;
}

void ModuleDecoder::export_section() {
  uint32_t exports = count(0, k_max_exports, "exports");
  uint64_t section_at = reader_.offset();
  for (uint32_t i = 0; i < exports && !reader_.failed(); i++) {
    Export item;
    item.name = reader_.name();
    uint64_t at = reader_.offset();
    uint8_t kind = reader_.u8();
    if (kind > static_cast<uint8_t>(ExternKind::tag)) return reader_.malformed("malformed export kind", at);
    item.kind = static_cast<ExternKind>(kind);
    at = reader_.offset();
    item.index = known_index(item.kind, reader_.u32(), at);
    if (reader_.failed()) return;
    if (item.kind == ExternKind::function) validator_.declare_function(item.index);
    m_.exports_.push_back(item);
  }
  if (!reader_.failed() && !m_.index_exports()) reader_.invalid("duplicate export name", section_at);
}

void ModuleDecoder::start_section() {
  uint64_t at = reader_.offset();
  uint32_t index = known_index(ExternKind::function, reader_.u32(), at);
  if (reader_.failed()) return;
  const FuncType& type = func_type(m_.functions_[index].type);
  if (!type.params.empty() || !type.results.empty())
    return reader_.invalid("start function must have type [] -> []", at);
  m_.start_ = index;
}

void ModuleDecoder::data_count_section() { validator_.set_data_count(reader_.u32()); }

bool ModuleDecoder::adopt_known_bodies() {
  std::span<ModuleFunction> defined = std::span(m_.functions_).subspan(m_.imported_functions());
  if (!known_ || !adopt_bodies(*known_, m_, m_.code_section_, defined, m_.local_runs_)) return false;
  bodies_ = static_cast<uint32_t>(defined.size());
  reader_.skip(section_end_ - reader_.offset());
  return true;
}

void ModuleDecoder::code_section() {
  m_.code_section_ = {reader_.offset(), section_end_};
  if (adopt_known_bodies()) return;
  uint64_t at = reader_.offset();
  uint32_t bodies = reader_.u32();
  uint32_t first = m_.imported_functions();
  if (bodies > m_.functions_.size() - first)
    return reader_.malformed("function and code section have inconsistent lengths", at);
  for (; bodies_ < bodies && !reader_.failed(); bodies_++) function_body(m_.functions_[first + bodies_]);
}

// As the specification's decoder does, this reads until the body's final `end`, then compares the size.
void ModuleDecoder::function_body(ModuleFunction& function) {
  uint64_t at = reader_.offset();
  uint32_t size = reader_.byte_count();
  if (size > k_max_body_bytes)
    return reader_.fail(ErrorKind::unsupported, fmt::format("function body of {} bytes is too large", size),
                        at);
  uint32_t end = reader_.offset() + size;
  validator_.validate_body(reader_, size, function, m_.local_runs_);
  if (!reader_.failed() && reader_.offset() != end) reader_.malformed("section size mismatch");
}

ConstExpr ModuleDecoder::const_expr(ValType expected) {
  if (reader_.failed()) return {};
  return validator_.validate_const(reader_, section_end_, expected, m_.const_instrs_);
}

void ModuleDecoder::finish() {
  uint64_t at = reader_.offset();
  if (bodies_ != m_.functions_.size() - m_.imported_functions())
    return reader_.malformed("function and code section have inconsistent lengths", at);
  if (validator_.data_count().value_or(m_.data_segments_.size()) != m_.data_segments_.size())
    reader_.malformed("data count and data section have inconsistent lengths", at);
}

}  // namespace lindvm
