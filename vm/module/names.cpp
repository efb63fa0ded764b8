#include "vm/module/names.h"

#include <algorithm>

#include "vm/module/reader.h"

namespace lindvm {

namespace {

Reader reader_of(const Module& module, ByteRange range) {
  const uint8_t* base = module.bytes().data();
  return Reader(base, base + range.begin, base + range.end);
}

// A name map: indices and names, sorted by index even if the section is not.
std::vector<IndexedName> name_map(Reader& reader) {
  std::vector<IndexedName> names;
  uint32_t count = reader.length();
  names.reserve(std::min<size_t>(count, reader.remaining() / 2));
  for (uint32_t i = 0; i < count; i++) {
    IndexedName entry;
    entry.index = reader.u32();
    entry.name = reader.name();
    if (reader.failed()) break;
    names.push_back(entry);
  }
  auto by_index = [](const IndexedName& a, const IndexedName& b) { return a.index < b.index; };
  if (!std::is_sorted(names.begin(), names.end(), by_index)) std::sort(names.begin(), names.end(), by_index);
  return names;
}

enum NameSubsection : uint8_t {
  k_module_name = 0,
  k_functions = 1,
  k_locals = 2,
  k_types = 4,
  k_globals = 7,
  k_data = 9
};
enum DylinkSubsection : uint8_t {
  k_mem_info = 1,
  k_needed = 2,
  k_export_info = 3,
  k_import_info = 4,
  k_runtime_path = 5
};

// Calls visit(id, reader of the contents) for each subsection of a sectioned custom section.
template <class Visit>
void for_each_subsection(Reader reader, Visit visit) {
  while (!reader.failed() && !reader.at_end()) {
    uint8_t id = reader.u8();
    uint32_t size = reader.byte_count();
    if (reader.failed()) return;
    Reader contents = reader.sub_reader(size);
    visit(id, contents);
  }
}

std::vector<std::string_view> name_list(Reader& reader) {
  std::vector<std::string_view> names;
  uint32_t count = reader.length();
  for (uint32_t i = 0; i < count && !reader.failed(); i++) names.push_back(reader.name());
  if (reader.failed() && !names.empty()) names.pop_back();
  return names;
}

std::vector<DylinkInfo::FlaggedName> flagged_names(Reader& reader, bool has_module) {
  std::vector<DylinkInfo::FlaggedName> names;
  uint32_t count = reader.length();
  for (uint32_t i = 0; i < count; i++) {
    DylinkInfo::FlaggedName entry;
    if (has_module) entry.module = reader.name();
    entry.name = reader.name();
    entry.flags = reader.u32();
    if (reader.failed()) break;
    names.push_back(entry);
  }
  return names;
}

void memory_info(Reader& reader, DylinkInfo& info) {
  info.memory_size = reader.u32();
  info.memory_align_log2 = reader.u32();
  info.table_size = reader.u32();
  info.table_align_log2 = reader.u32();
}

}  // namespace

ModuleNames::ModuleNames(const Module& module) : module_(module) {
  if (const CustomSection* section = module.find_custom_section("name")) read_name_section(*section);
  if (const CustomSection* section = module.find_custom_section("producers")) read_producers(*section);
  if (const CustomSection* section = module.find_custom_section("target_features"))
    read_target_features(*section);
  if (const CustomSection* section = module.find_custom_section("dylink.0")) read_dylink(*section);
}

std::string_view ModuleNames::find(const std::vector<IndexedName>& names, uint32_t index) {
  auto it = std::lower_bound(names.begin(), names.end(), index,
                             [](const IndexedName& entry, uint32_t wanted) { return entry.index < wanted; });
  return it != names.end() && it->index == index ? it->name : std::string_view();
}

void ModuleNames::read_name_section(const CustomSection& section) {
  for_each_subsection(reader_of(module_, section.payload), [&](uint8_t id, Reader& contents) {
    switch (id) {
      case k_module_name:
        module_name_ = contents.name();
        break;
      case k_functions:
        functions_ = name_map(contents);
        break;
      case k_locals:
        local_names_ =
            ByteRange{contents.offset(), contents.offset() + static_cast<uint32_t>(contents.remaining())};
        break;
      case k_types:
        types_ = name_map(contents);
        break;
      case k_globals:
        globals_ = name_map(contents);
        break;
      case k_data:
        data_ = name_map(contents);
        break;
      default:
        break;  // labels, tables, elements, fields: nobody asks for them
    }
  });
}

std::string_view ModuleNames::local_name(uint32_t function, uint32_t local) const {
  if (!local_names_) return {};
  Reader reader = reader_of(module_, *local_names_);
  uint32_t count = reader.length();
  for (uint32_t i = 0; i < count && !reader.failed(); i++) {
    uint32_t index = reader.u32();
    std::vector<IndexedName> names = name_map(reader);
    if (index == function) return find(names, local);
  }
  return {};
}

void ModuleNames::read_producers(const CustomSection& section) {
  Reader reader = reader_of(module_, section.payload);
  uint32_t fields = reader.length();
  for (uint32_t i = 0; i < fields && !reader.failed(); i++) {
    std::string_view field = reader.name();
    uint32_t values = reader.length();
    for (uint32_t j = 0; j < values; j++) {
      Producer producer{field, reader.name(), {}};
      producer.version = reader.name();
      if (reader.failed()) return;
      producers_.push_back(producer);
    }
  }
}

void ModuleNames::read_target_features(const CustomSection& section) {
  Reader reader = reader_of(module_, section.payload);
  uint32_t count = reader.length();
  for (uint32_t i = 0; i < count; i++) {
    TargetFeature feature;
    feature.prefix = static_cast<char>(reader.u8());
    feature.name = reader.name();
    if (reader.failed()) return;
    target_features_.push_back(feature);
  }
}

void ModuleNames::read_dylink(const CustomSection& section) {
  DylinkInfo& info = dylink_.emplace();
  for_each_subsection(reader_of(module_, section.payload), [&](uint8_t id, Reader& contents) {
    switch (id) {
      case k_mem_info:
        memory_info(contents, info);
        break;
      case k_needed:
        info.needed = name_list(contents);
        break;
      case k_export_info:
        info.exports = flagged_names(contents, false);
        break;
      case k_import_info:
        info.imports = flagged_names(contents, true);
        break;
      case k_runtime_path:
        info.runtime_paths = name_list(contents);
        break;
      default:
        break;  // unknown subsections are to be ignored
    }
  });
}

std::span<const uint8_t> dwarf_section(const Module& module, std::string_view name) {
  const CustomSection* section = module.find_custom_section(name);
  return section ? module.bytes(section->payload) : std::span<const uint8_t>();
}

}  // namespace lindvm
