#pragma once
// Checked access to guest memory for the VM and the kernel [R4]: every address is compared with the memory's
// size, a page that is inaccessible or goes away meanwhile makes the call fail instead of the process, and
// each guest datum is read once. Failure means EFAULT to a guest. Any thread.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "memory/linear_memory.h"

namespace lindvm {

/// Host address of [address, address + bytes) if it lies within the memory's size, else null. For passing
/// guest buffers to host system calls, which answer EFAULT for inaccessible pages themselves; not to be
/// dereferenced.
std::byte* translate(const LinearMemory& memory, uint64_t address, uint64_t bytes);

[[nodiscard]] bool copy_in(void* to, const LinearMemory& memory, uint64_t from, size_t bytes);
[[nodiscard]] bool copy_out(LinearMemory& memory, uint64_t to, const void* from, size_t bytes);
[[nodiscard]] bool fill(LinearMemory& memory, uint64_t to, uint8_t value, size_t bytes);
/// Ranges may overlap.
[[nodiscard]] bool move(LinearMemory& memory, uint64_t to, const LinearMemory& source, uint64_t from,
                        size_t bytes);

/// Copies a zero-terminated string, the terminator included, into `to`, which has room for `capacity` bytes.
/// Its length, or -EFAULT, or -ENAMETOOLONG if no terminator is among the first `capacity` bytes. Bytes of
/// `to` after the terminator are unspecified.
[[nodiscard]] int64_t copy_string(char* to, size_t capacity, const LinearMemory& memory, uint64_t from);

/// The guest address of a T, which has the guest's layout.
template <class T>
class GuestPtr {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  constexpr GuestPtr() = default;
  constexpr explicit GuestPtr(uint64_t address) : address_(address) {}

  constexpr uint64_t address() const { return address_; }
  constexpr explicit operator bool() const { return address_ != 0; }
  constexpr GuestPtr operator+(uint64_t count) const { return GuestPtr(address_ + count * sizeof(T)); }

  [[nodiscard]] bool read(const LinearMemory& memory, T& value) const {
    return copy_in(&value, memory, address_, sizeof(T));
  }
  [[nodiscard]] bool write(LinearMemory& memory, const T& value) const {
    return copy_out(memory, address_, &value, sizeof(T));
  }

 private:
  uint64_t address_ = 0;
};

}  // namespace lindvm
