#pragma once
// Argument kinds of the calls on open files and descriptors (see arguments.h). Values live for one call on
// its thread.

#include "syscalls/table/arguments.h"

namespace lindvm {

/// The address of a file offset that the host kernel reads and moves on, in place; optional.
class OffsetPlace : public OutputKind {
 public:
  /// For the host kernel only [R4]; null if there is none.
  int64_t* host() const {
    return address_ ? reinterpret_cast<int64_t*>(memory_->base() + address_) : nullptr;
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address_ = reader.u32();
    memory_ = space.memory;
    return address_ == 0 || space.covers(address_, sizeof(int64_t)) ? 0 : EFAULT;
  }
  void print(TraceText& text) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
};

/// Room for directory entries as Linux lays them out.
struct EntriesOut : Buffer, OutputKind {
  uint32_t entries = 0;
  void print(TraceText& text) const;
};

/// cachestat's two structures, the same on every machine.
struct CacheRange {
  uint64_t offset, length;
};
struct CacheCounts {
  uint64_t cached, dirty, under_writeback, evicted, recently_evicted;
};
void print_value(TraceText& text, const CacheRange& range);
void print_value(TraceText& text, const CacheCounts& counts);

/// Two new descriptors (pipe2, socketpair).
struct FdPair {
  uint32_t first, second;
};
void print_value(TraceText& text, const FdPair& pair);

template <class Abi>
struct Layout<Abi, CacheRange> : SameLayout<CacheRange> {};
template <class Abi>
struct Layout<Abi, CacheCounts> : SameLayout<CacheCounts> {};
template <class Abi>
struct Layout<Abi, FdPair> : SameLayout<FdPair> {};

namespace columns {
template <Name N>
using offset_place = Arg<OffsetPlace, N>;
template <Name N>
using entries_out = Arg<EntriesOut, N>;
}  // namespace columns

}  // namespace lindvm
