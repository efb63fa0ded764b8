#pragma once
// Meaning of memory operations on the bytes at an address that the caller has checked (or whose faults it
// recovers): loads with extension, stores with wrapping, lane accesses, sequentially consistent atomics.
// Plain accesses need no alignment; the caller traps unaligned atomics beforehand.

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "vm/isa/semantics/float_core.h"
#include "vm/isa/semantics/outcome.h"
#include "vm/isa/v128.h"

namespace lindvm::sem {

namespace detail {
template <class T>
inline T read(const void* address) {
  T value;
  std::memcpy(&value, address, sizeof value);
  return value;
}
template <class T>
inline void write(void* address, T value) {
  std::memcpy(address, &value, sizeof value);
}
}  // namespace detail

/// Reads a Memory and extends it to the Value, by the signedness of Memory.
template <class Memory, class Value>
inline Value load(const void* address) {
  if constexpr (std::is_same_v<Memory, Value>) {
    return detail::read<Memory>(address);
  } else {
    return static_cast<Value>(detail::read<Memory>(address));
  }
}

/// Writes the low bytes of a Value that make up a Memory.
template <class Value, class Memory>
inline void store(void* address, Value value) {
  if constexpr (std::is_same_v<Memory, Value>) {
    detail::write(address, value);
  } else {
    detail::write(address, static_cast<Memory>(value));
  }
}

/// Reads 8 bytes as Narrow lanes and extends each to a Wide.
template <class Narrow, class Wide>
inline V128 load_extend(const void* address) {
  V128 narrow{};
  std::memcpy(narrow.bytes, address, 8);
  V128 result;
  for (unsigned i = 0; i < V128::lanes<Wide>(); ++i) result.set_lane<Wide>(i, narrow.lane<Narrow>(i));
  return result;
}

template <class Lane>
inline V128 load_splat(const void* address) {
  return __builtin_bit_cast(V128, Lanes<Lane>{} + detail::read<Lane>(address));
}

/// Reads one lane; the others are zero.
template <class Lane>
inline V128 load_zero(const void* address) {
  V128 result{};
  result.set_lane<Lane>(0, detail::read<Lane>(address));
  return result;
}

template <class Lane>
inline V128 load_lane(const void* address, V128 value, unsigned lane) {
  value.set_lane<Lane>(lane, detail::read<Lane>(address));
  return value;
}

template <class Lane>
inline void store_lane(void* address, V128 value, unsigned lane) {
  detail::write(address, value.lane<Lane>(lane));
}

template <class Memory, class Value>
inline Value atomic_load(const void* address) {
  return __atomic_load_n(static_cast<const Memory*>(address), __ATOMIC_SEQ_CST);
}

template <class Value, class Memory>
inline void atomic_store(void* address, Value value) {
  __atomic_store_n(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}

// Read-modify-write operations return the old value, zero-extended.
template <class Memory, class Value>
inline Value atomic_add(void* address, Value value) {
  return __atomic_fetch_add(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}
template <class Memory, class Value>
inline Value atomic_sub(void* address, Value value) {
  return __atomic_fetch_sub(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}
template <class Memory, class Value>
inline Value atomic_and(void* address, Value value) {
  return __atomic_fetch_and(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}
template <class Memory, class Value>
inline Value atomic_or(void* address, Value value) {
  return __atomic_fetch_or(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}
template <class Memory, class Value>
inline Value atomic_xor(void* address, Value value) {
  return __atomic_fetch_xor(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}
template <class Memory, class Value>
inline Value atomic_xchg(void* address, Value value) {
  return __atomic_exchange_n(static_cast<Memory*>(address), static_cast<Memory>(value), __ATOMIC_SEQ_CST);
}

/// `expected` is wrapped to the width of Memory before the comparison.
template <class Memory, class Value>
inline Value atomic_cmpxchg(void* address, Value expected, Value replacement) {
  Memory found = static_cast<Memory>(expected);
  __atomic_compare_exchange_n(static_cast<Memory*>(address), &found, static_cast<Memory>(replacement), false,
                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return found;
}

/// Waiting and waking need the instance's threads (vm/runtime/operations.h).
inline constexpr NoMeaning atomic_notify{};
template <class Memory>
inline constexpr NoMeaning atomic_wait{};

inline void atomic_fence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

}  // namespace lindvm::sem
