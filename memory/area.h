#pragma once
// One range of mapped pages, as an address map describes it, and what its pages come from. Values; a Backing
// is immutable and shared by all areas that were split from one mapping or map the same file.

#include <cstdint>
#include <memory>
#include <string>

#include "memory/os/owned_fd.h"

namespace lindvm {

inline constexpr uint64_t k_guest_page = 4096;

/// Where an area's contents come from. Without a file they are private zero pages with a name.
struct Backing {
  OwnedFd file;
  std::string name;     ///< as /proc/self/maps shows it
  uint64_t device = 0;  ///< of the file
  uint64_t inode = 0;
};

enum AreaFlag : uint32_t {
  k_area_shared = 1u << 0,
  k_area_locked = 1u << 1,
  k_area_locked_on_fault = 1u << 2,  ///< with k_area_locked: pages as they come
  k_area_no_reserve = 1u << 3,
  k_area_stack = 1u << 4,
  k_area_grows_down = 1u << 5,
  k_area_heap = 1u << 6,     ///< made by brk
  k_area_segment = 1u << 7,  ///< attached System V shared memory
  // What madvise asked for.
  k_area_random = 1u << 8,
  k_area_sequential = 1u << 9,
  k_area_huge_pages = 1u << 10,
  k_area_small_pages = 1u << 11,
  k_area_no_fork = 1u << 12,
  k_area_wipe_on_fork = 1u << 13,
  k_area_no_dump = 1u << 14,
};

struct Area {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint32_t prot = 0;                         ///< PROT_ bits as the guest set them
  uint32_t flags = 0;                        ///< of AreaFlag
  uint64_t offset = 0;                       ///< in the file, of `begin`
  std::shared_ptr<const Backing> backing{};  ///< null: private zero pages

  // Two areas that look the same are one host mapping only if they have the same history: pages that were
  // first touched apart, or moved, stay apart.
  uint64_t origin = 0;  ///< of private pages: which first mapping they came from; 0: not decided
  uint64_t shift = 0;   ///< how far they were moved since

  uint64_t bytes() const { return end - begin; }
  bool is_shared() const { return flags & k_area_shared; }
  bool has_file() const { return backing && backing->file; }
  /// The same kind of pages, one after the other: one area to the guest.
  bool continues_as(const Area& next) const {
    return end == next.begin && prot == next.prot && flags == next.flags && backing == next.backing &&
           (!has_file() || offset + bytes() == next.offset);
  }
};

}  // namespace lindvm
