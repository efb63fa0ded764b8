// The ELF files that debuggers get (see debug_piece.h).

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "jit/debug/cfi.h"
#include "jit/debug/debug_piece.h"
#include "jit/target_stubs.h"

namespace lindvm::jit {
namespace {

using Bytes = std::vector<uint8_t>;

template <class T>
void append(Bytes& bytes, const T& value) {
  auto* begin = reinterpret_cast<const uint8_t*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof value);
}

void append_text(Bytes& bytes, const std::string& text) {
  bytes.insert(bytes.end(), text.c_str(), text.c_str() + text.size() + 1);
}

uint64_t address_of(const DebugPiece& piece) { return reinterpret_cast<uintptr_t>(piece.begin); }

/// An entry of .eh_frame: its length, what it holds, and padding, which is the instruction that does nothing.
void append_entry(Bytes& section, Bytes entry) {
  while ((entry.size() + 4) % 8 != 0) entry.push_back(0);
  append(section, static_cast<uint32_t>(entry.size()));
  section.insert(section.end(), entry.begin(), entry.end());
}

/// What the entries have in common: alignments, and that addresses are absolute.
Bytes common_entry() {
  Bytes entry;
  append(entry, uint32_t{0});
  entry.push_back(1);
  append_text(entry, "zR");
  append_uleb(entry, 1);
  append_sleb(entry, CfiWriter::k_data_alignment);
  entry.push_back(target::k_dwarf_return_address);
  append_uleb(entry, 1);
  entry.push_back(0);
  return entry;
}

Bytes unwind_section(std::span<const DebugPiece> pieces) {
  Bytes section;
  append_entry(section, common_entry());
  for (const DebugPiece& piece : pieces) {
    Bytes entry;
    append(entry, static_cast<uint32_t>(section.size() + 4));  // from here back to the common entry
    append(entry, address_of(piece));
    append(entry, uint64_t{piece.size});
    append_uleb(entry, 0);
    entry.insert(entry.end(), piece.unwind.begin(), piece.unwind.end());
    append_entry(section, std::move(entry));
  }
  append(section, uint32_t{0});
  return section;
}

constexpr uint16_t k_text_section = 1;

Bytes symbols(std::span<const DebugPiece> pieces, Bytes& names) {
  Bytes table;
  append(table, Elf64_Sym{});
  append_text(names, "");
  for (const DebugPiece& piece : pieces) {
    Elf64_Sym symbol{};
    symbol.st_name = static_cast<uint32_t>(names.size());
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbol.st_shndx = k_text_section;
    symbol.st_value = address_of(piece);
    symbol.st_size = piece.size;
    append(table, symbol);
    append_text(names, piece.name);
  }
  return table;
}

/// Puts sections one behind the other, and the table of them.
class ImageWriter {
 public:
  ImageWriter() : image_(sizeof(Elf64_Ehdr)) {
    headers_.push_back({});
    append_text(names_, "");
  }

  Elf64_Shdr& add(const char* name, uint32_t type, const Bytes& contents) {
    image_.resize((image_.size() + 7) / 8 * 8);
    Elf64_Shdr header{};
    header.sh_name = static_cast<uint32_t>(names_.size());
    header.sh_type = type;
    header.sh_offset = image_.size();
    header.sh_size = contents.size();
    header.sh_addralign = 8;
    append_text(names_, name);
    image_.insert(image_.end(), contents.begin(), contents.end());
    headers_.push_back(header);
    return headers_.back();
  }

  Bytes finish() {
    auto names_index = static_cast<uint16_t>(headers_.size());
    Elf64_Shdr& names = add(".shstrtab", SHT_STRTAB, {});
    image_.insert(image_.end(), names_.begin(), names_.end());
    names.sh_size = names_.size();
    image_.resize((image_.size() + 7) / 8 * 8);
    write_header(names_index);
    for (const Elf64_Shdr& header : headers_) append(image_, header);
    return std::move(image_);
  }

 private:
  /// A file of absolute addresses, so that none is moved.
  void write_header(uint16_t names_index) {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = target::k_elf_machine;
    header.e_version = EV_CURRENT;
    header.e_shoff = image_.size();
    header.e_ehsize = sizeof(Elf64_Ehdr);
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = static_cast<uint16_t>(headers_.size());
    header.e_shstrndx = names_index;
    std::memcpy(image_.data(), &header, sizeof header);
  }

  Bytes image_, names_;
  std::vector<Elf64_Shdr> headers_;
};

/// The code is where it is; the section says only where.
void add_text(ImageWriter& image, std::span<const DebugPiece> pieces) {
  auto [first, last] = std::ranges::minmax_element(pieces, {}, address_of);
  Elf64_Shdr& text = image.add(".text", SHT_NOBITS, {});
  text.sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  text.sh_addr = address_of(*first);
  text.sh_size = address_of(*last) + last->size - address_of(*first);
}

}  // namespace

std::vector<uint8_t> make_elf_image(std::span<const DebugPiece> pieces) {
  ImageWriter image;
  Bytes names;
  add_text(image, pieces);
  image.add(".eh_frame", SHT_PROGBITS, unwind_section(pieces));
  Elf64_Shdr& table = image.add(".symtab", SHT_SYMTAB, symbols(pieces, names));
  table.sh_link = 4;  // the names
  table.sh_info = 1;  // the first symbol that is not local
  table.sh_entsize = sizeof(Elf64_Sym);
  image.add(".strtab", SHT_STRTAB, names);
  return image.finish();
}

}  // namespace lindvm::jit
