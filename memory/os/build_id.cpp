#include "memory/os/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstring>

namespace lindvm {
namespace {

constexpr size_t padded(size_t size) { return (size + 3) & ~size_t{3}; }

/// The build id among the notes of a segment.
std::span<const uint8_t> find_in(std::span<const uint8_t> notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes.data(), sizeof note);
    size_t name = sizeof note, content = name + padded(note.n_namesz), end = content + padded(note.n_descsz);
    if (end > notes.size()) return {};
    bool is_gnu = note.n_namesz == 4 && std::memcmp(notes.data() + name, "GNU", 4) == 0;
    if (is_gnu && note.n_type == NT_GNU_BUILD_ID) return notes.subspan(content, note.n_descsz);
    notes = notes.subspan(end);
  }
  return {};
}

/// The executable is the first object that is visited; any answer but 0 ends the visit.
int visit(dl_phdr_info* info, size_t, void* found) {
  for (unsigned i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) & segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    auto* begin = reinterpret_cast<const uint8_t*>(info->dlpi_addr + segment.p_vaddr);
    auto id = find_in({begin, segment.p_memsz});
    if (!id.empty()) *static_cast<std::span<const uint8_t>*>(found) = id;
  }
  return 1;
}

}  // namespace

std::span<const uint8_t> program_build_id() {
  static const std::span<const uint8_t> id = [] {
    std::span<const uint8_t> found;
    dl_iterate_phdr(visit, &found);
    return found;
  }();
  return id;
}

}  // namespace lindvm
