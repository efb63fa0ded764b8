#pragma once
// The address space of one guest process: which pages of its linear memory are mapped, to what, and with
// which access (DESIGN.md, memory). Every operation is a Linux system call on the pages of the guest's
// memory, done with real host mappings inside the memory's reservation, and answers what Linux answers: a
// value, or a negated error number. Owned by the process; any of its threads may call, one lock orders them.
// Faults need nothing from here: the host's own protection decides.
//
// What a copy of the address space (fork) needs is all here: areas with their files, offsets and fork advice.
// Shared areas and private file areas can be mapped again from Backing::file, and of private areas the pages
// that the host holds (pagemap) are copied over.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "memory/area_map.h"
#include "memory/linear_memory.h"

namespace lindvm {

/// What is mapped before the program starts.
struct AddressLayout {
  uint64_t image_bytes = 0;    ///< [0, image_bytes) holds data and stack, readable and writable
  uint64_t heap_start = 0;     ///< first break
  bool traps_at_null = false;  ///< page 0 is not mapped
  uint64_t stack_begin = 0;    ///< part of the image that is the main stack; empty if equal
  uint64_t stack_end = 0;
  std::string image_name = {};  ///< for /proc/self/maps
};

/// As in rlimits, in bytes; UINT64_MAX is no limit.
struct AddressLimits {
  uint64_t address_space = UINT64_MAX;  ///< RLIMIT_AS, or what the embedder allows if that is less
  uint64_t data = UINT64_MAX;           ///< RLIMIT_DATA
  uint64_t locked = UINT64_MAX;         ///< RLIMIT_MEMLOCK
};

/// A host file to be mapped. The descriptor is duplicated where it is kept.
struct MappedFile {
  int fd = -1;
  std::string_view name = {};  ///< as /proc/self/maps shows it
};

struct MapRequest {
  uint64_t address = 0;  ///< hint, or the place with MAP_FIXED
  uint64_t length = 0;
  uint32_t prot = 0;
  uint32_t flags = 0;       ///< MAP_ bits
  MappedFile file = {};     ///< not looked at with MAP_ANONYMOUS
  uint64_t offset = 0;      ///< in bytes
  uint32_t area_flags = 0;  ///< more of AreaFlag
};

/// Sums for /proc/self/statm and status, in bytes.
struct AddressUsage {
  AreaTotals totals;
  uint64_t peak = 0;             ///< of totals.mapped
  uint64_t image = 0;            ///< data and stack of the program
  uint64_t heap = 0;             ///< between heap start and break
  uint64_t resident = 0;         ///< takes host memory now
  uint64_t resident_shared = 0;  ///< of that, pages of files
  uint64_t peak_resident = 0;    ///< the most that was seen when somebody asked
};

class AddressMap {
 public:
  /// First address that a guest can never have, so that no result of mmap looks like an error.
  static constexpr uint64_t k_end = 0xffff'0000;

  /// `memory` must be a mapped one (LinearMemoryShape::is_mapped) of nothing else. Null and `error` if the
  /// host refuses.
  static std::unique_ptr<AddressMap> create(std::shared_ptr<LinearMemory> memory, const AddressLayout& layout,
                                            const AddressLimits& limits, int& error);
  ~AddressMap();
  AddressMap(const AddressMap&) = delete;
  AddressMap& operator=(const AddressMap&) = delete;

  int64_t map(const MapRequest& request);
  int unmap(uint64_t begin, uint64_t length);
  int protect(uint64_t begin, uint64_t length, uint32_t prot);
  /// mremap(2) with its MREMAP_ flags: the new address.
  int64_t remap(uint64_t begin, uint64_t old_length, uint64_t new_length, uint32_t flags, uint64_t new_begin);
  /// madvise(2).
  int advise(uint64_t begin, uint64_t length, int advice);
  int sync(uint64_t begin, uint64_t length, uint32_t flags);
  /// mincore(2): a byte per page of the range, at most `pages.size()`.
  int residency(uint64_t begin, uint64_t length, std::span<uint8_t> pages);

  /// mlock2(2) with MLOCK_ flags.
  int lock(uint64_t begin, uint64_t length, uint32_t flags);
  int unlock(uint64_t begin, uint64_t length);
  /// mlockall(2) with MCL_ flags.
  int lock_all(uint32_t flags);
  int unlock_all();

  /// The break after the request, which is the old one if it could not be moved.
  uint64_t set_break(uint64_t request);

  /// shmdt(2): unmaps what is left of the attachment that began at `begin`; the inode of its file.
  int detach(uint64_t begin, uint64_t& inode);
  struct Attachments {
    size_t areas = 0;
    uint64_t bytes = 0;
  };
  /// What is attached of that file.
  Attachments attachments(uint64_t inode) const;

  AddressLimits limits() const;
  void set_limits(const AddressLimits& limits);

  /// All areas in order, neighbours of the same kind joined.
  std::vector<Area> areas() const;
  /// The area at `address`; false if none.
  bool find(uint64_t address, Area& area) const;
  uint64_t resident_bytes(uint64_t begin, uint64_t end) const;
  AddressUsage usage() const;
  /// About how many host mappings it takes.
  size_t host_mappings() const;
  LinearMemory& memory() const { return *memory_; }
  std::shared_ptr<LinearMemory> shared_memory() const { return memory_; }

 private:
  using FileKey = std::tuple<uint64_t, uint64_t, int, std::string>;  // device, inode, access mode, name

  AddressMap(std::shared_ptr<LinearMemory> memory, const AddressLayout& layout, const AddressLimits& limits);
  int map_image(const AddressLayout& layout);

  std::byte* host(uint64_t address) const { return memory_->base() + address; }

  // All below with mutex_ held.
  int64_t place(const MapRequest& request, uint64_t length) const;
  int64_t place_fixed(const MapRequest& request, uint64_t length) const;
  /// Space for `length` bytes at the hint if that is free, else the highest there is.
  int64_t find_space(uint64_t hint, uint64_t length) const;
  int check_limits(const Area& area, uint64_t replaced_bytes) const;
  int check_file(const MapRequest& request, Area& area);
  int back_with_shared_memory(Area& area);
  std::shared_ptr<const Backing> backing_of(const MappedFile& file, int& error);
  int map_host(const Area& area, bool populate) const;
  /// Makes an area: host mapping, book-keeping, and locking if its flags say so.
  int add(Area area, bool populate);
  int remove(uint64_t begin, uint64_t end);
  int check_place(uint64_t begin, uint64_t length, uint64_t& end) const;
  bool has_room_for_mappings(size_t count) const;
  void note_usage();
  uint64_t heap_end(uint64_t at_break) const;
  bool grow_heap(uint64_t old_end, uint64_t new_break);

  struct Move;
  int check_move(Move& move) const;
  int check_source(const Move& move, Area& area) const;
  int check_growth(const Area& area, uint64_t more_bytes) const;
  int64_t duplicate(Move& move, Area area);
  int64_t remap_in_place(const Move& move, const Area& area);
  int64_t move_to(Move& move, const Area& area);
  int move_pages(uint64_t from, uint64_t to, uint64_t length, bool keeps_source);

  int advise_area(const Area& area, int advice);
  int lock_range(uint64_t begin, uint64_t end, uint32_t lock_flags);

  /// Calls visit(area) for the parts of areas in a range, in order, until one answers an error; ENOMEM if
  /// there are holes: at once, or at the end of it.
  enum class Holes : uint8_t { stop, skip };
  template <class Visit>
  int visit(uint64_t begin, uint64_t end, Holes holes, Visit&& visit);

  std::shared_ptr<LinearMemory> memory_;
  uint64_t end_;  ///< of addresses that can be mapped
  uint64_t heap_start_;
  uint64_t image_end_;

  mutable std::mutex mutex_;
  AreaMap areas_;
  AddressLimits limits_;
  uint64_t break_;
  uint64_t peak_ = 0;
  mutable uint64_t peak_resident_ = 0;
  uint32_t lock_future_ = 0;     ///< area flags of mappings to come (mlockall)
  size_t counted_mappings_ = 0;  ///< in the process's count
  std::map<FileKey, std::weak_ptr<const Backing>> files_;
};

}  // namespace lindvm
