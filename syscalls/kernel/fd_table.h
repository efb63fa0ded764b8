#pragma once
// The descriptors of a cage: small numbers, each referring to an open file description with what its holder
// may do with it. Owned by the Process; any of its threads may call.

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "syscalls/kernel/open_file.h"

namespace lindvm {

/// Rights of a descriptor, as WASI has them (flag set WasiRights). Other personalities give all.
struct Capabilities {
  uint64_t base = ~uint64_t{0};        ///< of the descriptor
  uint64_t inheriting = ~uint64_t{0};  ///< of what is opened through it
};

struct FdEntry {
  FileRef file;
  Capabilities capabilities;
  std::string preopen;  ///< guest name of a directory that the cage was given; else empty
};

class FdTable {
 public:
  static constexpr size_t k_max_fds = 1u << 20;

  /// File and capabilities; a null file if the number is not open.
  FileRef get(uint32_t fd, Capabilities& capabilities) const;
  FileRef get(uint32_t fd) const;
  /// A copy; a null file if the number is not open.
  FdEntry entry(uint32_t fd) const;

  /// The lowest free number; EMFILE.
  SysResult add(FdEntry entry);
  SysResult close(uint32_t fd);
  /// Moves `from` to the open number `to`, closing what that was; EBADF if either is not open.
  SysResult renumber(uint32_t from, uint32_t to);
  /// The new ones must be a subset: ENOTCAPABLE.
  SysResult restrict(uint32_t fd, Capabilities capabilities);

 private:
  const FdEntry* find(uint32_t fd) const {
    return fd < entries_.size() && entries_[fd].file ? &entries_[fd] : nullptr;
  }

  mutable std::mutex mutex_;
  std::vector<FdEntry> entries_;  // guarded by mutex_
};

}  // namespace lindvm
