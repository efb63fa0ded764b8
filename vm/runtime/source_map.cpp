#include "vm/runtime/source_map.h"

#include <cxxabi.h>
#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <libelf.h>

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "vm/module/names.h"

namespace lindvm {
namespace {

/// libdw reads ELF files: this is one, in memory, of nothing but the module's debug sections.
std::vector<char> make_elf(const Module& module) {
  std::vector<Elf32_Shdr> headers(1);
  std::string names(1, '\0');
  std::vector<char> image(sizeof(Elf32_Ehdr));
  auto append = [&](std::string_view name, uint32_t type, const void* data, size_t size) {
    Elf32_Shdr& header = headers.emplace_back();
    header.sh_name = static_cast<uint32_t>(names.size());
    header.sh_type = type;
    header.sh_offset = static_cast<uint32_t>(image.size());
    header.sh_size = static_cast<uint32_t>(size);
    header.sh_addralign = 1;
    names.append(name).push_back('\0');
    image.insert(image.end(), static_cast<const char*>(data), static_cast<const char*>(data) + size);
  };
  for (const CustomSection& section : module.custom_sections()) {
    if (!section.name.starts_with(".debug_")) continue;
    std::span<const uint8_t> bytes = module.bytes(section.payload);
    append(section.name, SHT_PROGBITS, bytes.data(), bytes.size());
  }
  std::string all_names = names + ".shstrtab" + '\0';
  append(".shstrtab", SHT_STRTAB, all_names.data(), all_names.size());

  Elf32_Ehdr file{};
  std::memcpy(file.e_ident, ELFMAG, SELFMAG);
  file.e_ident[EI_CLASS] = ELFCLASS32;
  file.e_ident[EI_DATA] = ELFDATA2LSB;
  file.e_ident[EI_VERSION] = EV_CURRENT;
  file.e_type = ET_EXEC;
  file.e_machine = EM_386;
  file.e_version = EV_CURRENT;
  file.e_ehsize = sizeof(Elf32_Ehdr);
  file.e_shentsize = sizeof(Elf32_Shdr);
  file.e_shnum = static_cast<uint16_t>(headers.size());
  file.e_shstrndx = static_cast<uint16_t>(headers.size() - 1);
  image.resize((image.size() + 7) & ~size_t{7});
  file.e_shoff = static_cast<uint32_t>(image.size());
  std::memcpy(image.data(), &file, sizeof file);
  const char* table = reinterpret_cast<const char*>(headers.data());
  image.insert(image.end(), table, table + headers.size() * sizeof(Elf32_Shdr));
  return image;
}

bool contains(Dwarf_Die& die, Dwarf_Addr pc) { return dwarf_haspc(&die, pc) == 1; }

/// Can a DIE of this tag have function definitions below it, without covering their addresses itself?
bool is_namespace_like(int tag) {
  return tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
         tag == DW_TAG_module;
}

/// Appends the functions that cover `pc`, outermost first.
void collect_functions(Dwarf_Die& parent, Dwarf_Addr pc, std::vector<Dwarf_Die>& functions, int depth = 0) {
  constexpr int k_max_depth = 200;
  Dwarf_Die child;
  if (depth > k_max_depth || dwarf_child(&parent, &child) != 0) return;
  do {
    int tag = dwarf_tag(&child);
    if (is_namespace_like(tag)) {
      collect_functions(child, pc, functions, depth + 1);
    } else if ((tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
                tag == DW_TAG_lexical_block) &&
               contains(child, pc)) {
      if (tag != DW_TAG_lexical_block) functions.push_back(child);
      collect_functions(child, pc, functions, depth + 1);
      return;
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::string function_name(Dwarf_Die& die) {
  for (unsigned attribute : {DW_AT_linkage_name, DW_AT_name}) {
    Dwarf_Attribute storage;
    const char* name = dwarf_formstring(dwarf_attr_integrate(&die, attribute, &storage));
    if (name) return demangle(name);
  }
  return {};
}

std::optional<uint64_t> number(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute storage;
  Dwarf_Word value;
  if (dwarf_formudata(dwarf_attr(&die, name, &storage), &value) != 0) return std::nullopt;
  return value;
}

/// Where an inlined function was called.
SourceLocation call_site(Dwarf_Die& unit, Dwarf_Die& inlined) {
  SourceLocation location;
  location.line = static_cast<uint32_t>(number(inlined, DW_AT_call_line).value_or(0));
  location.column = static_cast<uint32_t>(number(inlined, DW_AT_call_column).value_or(0));
  Dwarf_Files* files;
  size_t count;
  std::optional<uint64_t> file = number(inlined, DW_AT_call_file);
  if (file && dwarf_getsrcfiles(&unit, &files, &count) == 0 && *file < count) {
    if (const char* name = dwarf_filesrc(files, *file, nullptr, nullptr)) location.file = name;
  }
  return location;
}

std::optional<SourceLocation> line_of(Dwarf_Die& unit, Dwarf_Addr pc) {
  Dwarf_Line* line = dwarf_getsrc_die(&unit, pc);
  if (!line) return std::nullopt;
  SourceLocation location;
  int number = 0;
  if (const char* file = dwarf_linesrc(line, nullptr, nullptr)) location.file = file;
  if (dwarf_lineno(line, &number) == 0) location.line = static_cast<uint32_t>(number);
  if (dwarf_linecol(line, &number) == 0) location.column = static_cast<uint32_t>(number);
  return location;
}

class DwarfSourceMap final : public SourceMap {
 public:
  explicit DwarfSourceMap(const Module& module)
      : image_(make_elf(module)), code_start_(module.code_section().begin) {
    elf_version(EV_CURRENT);
    elf_ = elf_memory(image_.data(), image_.size());
    if (elf_) dwarf_ = dwarf_begin_elf(elf_, DWARF_C_READ, nullptr);
  }
  ~DwarfSourceMap() override {
    dwarf_end(dwarf_);
    elf_end(elf_);
  }
  DwarfSourceMap(const DwarfSourceMap&) = delete;
  DwarfSourceMap& operator=(const DwarfSourceMap&) = delete;

  bool is_usable() const { return dwarf_ != nullptr; }

  std::vector<SourceLocation> locate(uint64_t module_offset) const override {
    Dwarf_Addr pc = module_offset - code_start_;
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    while (dwarf_get_units(dwarf_, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
      if (!contains(die, pc)) continue;
      std::vector<SourceLocation> found = locate_in(die, pc);
      if (!found.empty()) return found;
    }
    return {};
  }

  std::optional<SourceLocation> position(uint64_t module_offset) override {
    Dwarf_Addr pc = module_offset - code_start_;
    if (!has_recent_ || !contains(recent_, pc)) has_recent_ = find_unit(pc);
    return has_recent_ ? line_of(recent_, pc) : std::nullopt;
  }

 private:
  bool find_unit(Dwarf_Addr pc) {
    Dwarf_CU* unit = nullptr;
    while (dwarf_get_units(dwarf_, unit, &unit, nullptr, nullptr, &recent_, nullptr) == 0) {
      if (contains(recent_, pc)) return true;
    }
    return false;
  }

  static std::vector<SourceLocation> locate_in(Dwarf_Die& unit, Dwarf_Addr pc) {
    std::optional<SourceLocation> position = line_of(unit, pc);
    if (!position) return {};
    std::vector<Dwarf_Die> functions;
    collect_functions(unit, pc, functions);
    std::vector<SourceLocation> locations;
    for (auto function = functions.rbegin(); function != functions.rend(); ++function) {
      position->function = function_name(*function);
      locations.push_back(*position);
      position = call_site(unit, *function);
    }
    if (locations.empty()) locations.push_back(*position);
    return locations;
  }

  std::vector<char> image_;
  uint64_t code_start_;
  Elf* elf_ = nullptr;
  Dwarf* dwarf_ = nullptr;
  Dwarf_Die recent_;  // the unit that was found last
  bool has_recent_ = false;
};

/// Rust's legacy mangling ends in "::h" and 16 hexadecimal digits that say nothing to a reader.
void strip_rust_hash(std::string& name) {
  constexpr size_t k_hash_length = 19;
  if (name.size() <= k_hash_length) return;
  size_t start = name.size() - k_hash_length;
  if (name.compare(start, 3, "::h") != 0) return;
  for (size_t i = start + 3; i < name.size(); ++i) {
    if (!std::isxdigit(static_cast<unsigned char>(name[i]))) return;
  }
  name.resize(start);
}

}  // namespace

std::unique_ptr<SourceMap> SourceMap::make(const Module& module) {
  if (!module.find_custom_section(".debug_info") || !module.find_custom_section(".debug_line"))
    return nullptr;
  auto map = std::make_unique<DwarfSourceMap>(module);
  if (!map->is_usable()) return nullptr;
  return map;
}

std::string demangle(std::string_view name) {
  std::string text(name);
  int status = 0;
  if (!name.starts_with("_Z")) return text;
  if (char* plain = abi::__cxa_demangle(text.c_str(), nullptr, nullptr, &status)) {
    text = plain;
    std::free(plain);
    strip_rust_hash(text);
  }
  return text;
}

}  // namespace lindvm
