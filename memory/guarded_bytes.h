#pragma once
// Bulk operations on host addresses inside linear memories whose pages may go away meanwhile. The caller has
// checked the range against the memory's size; these return false where a page is not accessible, with part
// of the work done. Any thread.

#include <cstddef>
#include <cstdint>

namespace lindvm {

/// memmove where both sides may be guest memory.
bool guarded_move(void* to, const void* from, size_t count);
/// memmove where only `from` is guest memory: a fault on `to` is a fault of the VM.
bool guarded_read(void* to, const void* from, size_t count);
/// memmove where only `to` is guest memory.
bool guarded_write(void* to, const void* from, size_t count);
bool guarded_fill(void* to, uint8_t value, size_t count);

}  // namespace lindvm
