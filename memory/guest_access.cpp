#include "memory/guest_access.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "memory/guarded_bytes.h"

namespace lindvm {

std::byte* translate(const LinearMemory& memory, uint64_t address, uint64_t bytes) {
  uint64_t size = memory.size_bytes();
  return bytes <= size && address <= size - bytes ? memory.base() + address : nullptr;
}

bool copy_in(void* to, const LinearMemory& memory, uint64_t from, size_t bytes) {
  std::byte* source = translate(memory, from, bytes);
  return source && guarded_read(to, source, bytes);
}

bool copy_out(LinearMemory& memory, uint64_t to, const void* from, size_t bytes) {
  std::byte* target = translate(memory, to, bytes);
  return target && guarded_write(target, from, bytes);
}

bool fill(LinearMemory& memory, uint64_t to, uint8_t value, size_t bytes) {
  std::byte* target = translate(memory, to, bytes);
  return target && guarded_fill(target, value, bytes);
}

bool move(LinearMemory& memory, uint64_t to, const LinearMemory& source, uint64_t from, size_t bytes) {
  std::byte* target = translate(memory, to, bytes);
  std::byte* origin = translate(source, from, bytes);
  return target && origin && guarded_move(target, origin, bytes);
}

int64_t copy_string(char* to, size_t capacity, const LinearMemory& memory, uint64_t from) {
  // Pieces end at page boundaries, since the page after the string need not be there; the terminator is
  // looked for in the copy, since the guest may change its string meanwhile.
  constexpr uint64_t k_piece = 256;
  uint64_t size = memory.size_bytes();
  size_t done = 0;
  while (done < capacity) {
    uint64_t at = from + done;
    if (at < from || at >= size) return -EFAULT;
    size_t piece = std::min({k_piece - at % k_piece, size - at, capacity - done});
    if (!guarded_read(to + done, memory.base() + at, piece)) return -EFAULT;
    if (const void* end = std::memchr(to + done, 0, piece)) return static_cast<const char*>(end) - to;
    done += piece;
  }
  return -ENAMETOOLONG;
}

}  // namespace lindvm
