#pragma once
// Argument kinds of the calls on message queues and semaphores (see arguments.h). Values live for one call on
// its thread.

#include "syscalls/table/arguments.h"

namespace lindvm {

/// A guest address that the handler reads or writes in pieces which depend on other arguments. Layouts are
/// those of all 32-bit guests.
struct Pointer : InputKind {
  LinearMemory* memory = nullptr;
  uint32_t address = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address = reader.u32();
    memory = space.memory;
    return 0;
  }
  bool is_null() const { return address == 0; }
  bool read_bytes(void* to, size_t bytes, uint32_t from = 0) const {
    return memory && copy_in(to, *memory, uint64_t{address} + from, bytes);
  }
  bool write_bytes(const void* from, size_t bytes, uint32_t to = 0) const {
    return memory && copy_out(*memory, uint64_t{address} + to, from, bytes);
  }
  template <class T>
  bool read(T& value) const {
    return read_bytes(&value, sizeof value);
  }
  template <class T>
  SysResult put(const T& value) const {
    return write_bytes(&value, sizeof value) ? SysResult() : SysResult::error(EFAULT);
  }
  void print(TraceText& text) const { text.address(address); }
};

namespace columns {
template <Name N>
using pointer = Arg<Pointer, N>;
}  // namespace columns

}  // namespace lindvm
