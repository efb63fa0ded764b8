#pragma once
// The argument kind of guest addresses whose use depends on other arguments. Values live for one call on its
// thread.

#include "syscalls/table/arguments.h"

namespace lindvm {

/// Read and written by the handler, in the layouts of all 32-bit guests.
struct Pointer : Address {
  LinearMemory* memory = nullptr;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    value = reader.u32();
    memory = space.memory;
    return 0;
  }
  bool is_null() const { return value == 0; }
  [[nodiscard]] bool read_bytes(void* to, size_t bytes, uint32_t from = 0) const {
    return memory && copy_in(to, *memory, uint64_t{value} + from, bytes);
  }
  [[nodiscard]] bool write_bytes(const void* from, size_t bytes, uint32_t to = 0) const {
    return memory && copy_out(*memory, uint64_t{value} + to, from, bytes);
  }
  template <class T>
  [[nodiscard]] bool read(T& into, size_t bytes = sizeof(T)) const {
    return read_bytes(&into, bytes);
  }
  template <class T>
  [[nodiscard]] SysResult write(const T& from, size_t bytes = sizeof(T)) const {
    return write_bytes(&from, bytes) ? SysResult() : SysResult::error(EFAULT);
  }
  /// For the host kernel only [R4]; null for 0.
  std::byte* host() const { return value && memory ? translate(*memory, value, 1) : nullptr; }
};

namespace columns {
template <Name N>
using pointer = Arg<Pointer, N>;
}  // namespace columns

}  // namespace lindvm
