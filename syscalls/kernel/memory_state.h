#pragma once
// The memory of a process that maps its own: its address space, and the System V segments that it sees. Held
// by the processes that share the address space; any of their threads may call.

#include <linux/capability.h>

#include <algorithm>
#include <memory>

#include "memory/address_map.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/shared_segments.h"

namespace lindvm {

/// Where the program's start put what it was given, in guest addresses.
struct StartMemory {
  uint32_t stack = 0;  ///< the first stack pointer
  uint32_t args = 0, args_end = 0;
  uint32_t env = 0, env_end = 0;
  std::vector<uint32_t> auxiliary = {};  ///< types and values, with the last, which is AT_NULL
};

class MemoryState {
 public:
  MemoryState(std::unique_ptr<AddressMap> addresses, std::shared_ptr<SharedSegments> segments)
      : addresses_(std::move(addresses)),
        segments_(std::move(segments)),
        most_(addresses_->limits().address_space) {}
  ~MemoryState() { segments_->forget(*addresses_); }
  MemoryState(const MemoryState&) = delete;
  MemoryState& operator=(const MemoryState&) = delete;

  AddressMap& addresses() { return *addresses_; }
  SharedSegments& segments() { return *segments_; }
  /// Set before the program starts.
  const StartMemory& start() const { return start_; }
  void set_start(StartMemory start) { start_ = std::move(start); }

  /// What the process may have of memory from now on; of address space no more than the embedder allows.
  void follow(const Identity& identity) {
    AddressLimits allowed;
    allowed.address_space = std::min<uint64_t>(identity.limits[RLIMIT_AS].rlim_cur, most_);
    allowed.data = identity.limits[RLIMIT_DATA].rlim_cur;
    if (!identity.may(CAP_IPC_LOCK)) allowed.locked = identity.limits[RLIMIT_MEMLOCK].rlim_cur;
    addresses_->set_limits(allowed);
  }

 private:
  std::unique_ptr<AddressMap> addresses_;
  std::shared_ptr<SharedSegments> segments_;
  uint64_t most_;
  StartMemory start_;
};

}  // namespace lindvm
