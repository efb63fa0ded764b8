#pragma once
// The memory of a process that maps its own: its address space, and the System V segments that it sees. Held
// by the processes that share the address space; any of their threads may call.

#include <memory>

#include "memory/address_map.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/shared_segments.h"

namespace lindvm {

class MemoryState {
 public:
  MemoryState(std::unique_ptr<AddressMap> addresses, std::shared_ptr<SharedSegments> segments)
      : addresses_(std::move(addresses)), segments_(std::move(segments)) {}
  ~MemoryState() { segments_->forget(*addresses_); }
  MemoryState(const MemoryState&) = delete;
  MemoryState& operator=(const MemoryState&) = delete;

  AddressMap& addresses() { return *addresses_; }
  SharedSegments& segments() { return *segments_; }

 private:
  std::unique_ptr<AddressMap> addresses_;
  std::shared_ptr<SharedSegments> segments_;
};

}  // namespace lindvm
