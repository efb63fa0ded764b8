#include "memory/guarded_bytes.h"

#include <cstring>

#include "memory/os/guarded_call.h"

namespace lindvm {
namespace {

// Either address may be null where nothing is moved.
void move_bytes(void* to, const void* from, size_t count) {
  if (count != 0) std::memmove(to, from, count);
}

/// One access of the width, so that another thread's write is seen whole or not at all where the address is
/// aligned.
template <class T>
void move_scalar(void* to, const void* from, size_t) {
  typedef T Unaligned [[gnu::aligned(1), gnu::may_alias]];
  *static_cast<volatile Unaligned*>(to) = *static_cast<const volatile Unaligned*>(from);
}

AbandonableCall::Function mover(size_t count) {
  switch (count) {
    case 1:
      return move_scalar<uint8_t>;
    case 2:
      return move_scalar<uint16_t>;
    case 4:
      return move_scalar<uint32_t>;
    case 8:
      return move_scalar<uint64_t>;
    default:
      return move_bytes;
  }
}

void fill_bytes(void* to, const void* value, size_t count) {
  std::memset(to, *static_cast<const uint8_t*>(value), count);
}

}  // namespace

bool guarded_move(void* to, const void* from, size_t count) {
  return guarded_call(mover(count), to, from, count, {to, count}, {from, count});
}

bool guarded_read(void* to, const void* from, size_t count) {
  return guarded_call(mover(count), to, from, count, {from, count}, {});
}

bool guarded_write(void* to, const void* from, size_t count) {
  return guarded_call(mover(count), to, from, count, {to, count}, {});
}

bool guarded_fill(void* to, uint8_t value, size_t count) {
  return guarded_call(fill_bytes, to, &value, count, {to, count}, {});
}

}  // namespace lindvm
