#pragma once
// The instructions of memory/os/guarded_access.h on AArch64.

#include <cstdint>

#include "memory/os/fault_site_asm.h"

namespace lindvm::guarded {

typedef long long Vector [[gnu::vector_size(16)]];

template <class T>
struct Cell;

#define LINDVM_LOAD(mnemonic, constraint, result)     \
  asm volatile("77: " mnemonic "\n" LINDVM_FAULT_SITE \
               : [out] constraint(result)             \
               : [memory] "m"(from->value), [ip] "r"(ip), [fp] "r"(fp))
#define LINDVM_STORE(mnemonic, constraint)            \
  asm volatile("77: " mnemonic "\n" LINDVM_FAULT_SITE \
               : [memory] "=m"(to->value)             \
               : [value] constraint(value), [ip] "r"(ip), [fp] "r"(fp))

/// Loads an unsigned Raw; if k_signed, sign-extends it to `width` bytes. The rest of the 64 bits is zero.
template <class Raw, bool k_signed, unsigned width>
[[gnu::always_inline]] inline uint64_t load_integer(const Cell<Raw>* from, const void* ip, const void* fp) {
  uint64_t word;
  if constexpr (k_signed && width == 8) {
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("ldrsb %x[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("ldrsh %x[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("ldrsw %x[out], %[memory]", "=r", word);
  } else if constexpr (k_signed) {
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("ldrsb %w[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("ldrsh %w[out], %[memory]", "=r", word);
  } else {
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("ldrb %w[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("ldrh %w[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("ldr %w[out], %[memory]", "=r", word);
    if constexpr (sizeof(Raw) == 8) LINDVM_LOAD("ldr %x[out], %[memory]", "=r", word);
  }
  return word;
}

/// Loads a float, double or Vector.
template <class Raw>
[[gnu::always_inline]] inline Raw load_vector(const Cell<Raw>* from, const void* ip, const void* fp) {
  Raw value;
  if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("ldr %s[out], %[memory]", "=w", value);
  if constexpr (sizeof(Raw) == 8) LINDVM_LOAD("ldr %d[out], %[memory]", "=w", value);
  if constexpr (sizeof(Raw) == 16) LINDVM_LOAD("ldr %q[out], %[memory]", "=w", value);
  return value;
}

/// Faults if the last byte cannot be accessed. Before a store, since the architecture lets a store that
/// straddles pages write its first part and then fault.
template <class Raw>
[[gnu::always_inline]] inline void probe_last_byte(Cell<Raw>* to, const void* ip, const void* fp) {
  if constexpr (sizeof(Raw) > 1) {
    auto* last = reinterpret_cast<const Cell<uint8_t>*>(reinterpret_cast<uintptr_t>(to) + sizeof(Raw) - 1);
    load_integer<uint8_t, false, 8>(last, ip, fp);
  }
}

template <class Raw>
[[gnu::always_inline]] inline void store_integer(Cell<Raw>* to, Raw value, const void* ip, const void* fp) {
  probe_last_byte(to, ip, fp);
  if constexpr (sizeof(Raw) == 1) LINDVM_STORE("strb %w[value], %[memory]", "r");
  if constexpr (sizeof(Raw) == 2) LINDVM_STORE("strh %w[value], %[memory]", "r");
  if constexpr (sizeof(Raw) == 4) LINDVM_STORE("str %w[value], %[memory]", "r");
  if constexpr (sizeof(Raw) == 8) LINDVM_STORE("str %x[value], %[memory]", "r");
}

template <class Raw>
[[gnu::always_inline]] inline void store_vector(Cell<Raw>* to, Raw value, const void* ip, const void* fp) {
  probe_last_byte(to, ip, fp);
  if constexpr (sizeof(Raw) == 4) LINDVM_STORE("str %s[value], %[memory]", "w");
  if constexpr (sizeof(Raw) == 8) LINDVM_STORE("str %d[value], %[memory]", "w");
  if constexpr (sizeof(Raw) == 16) LINDVM_STORE("str %q[value], %[memory]", "w");
}

/// Sequentially consistent; `to` is aligned. The value found there.
template <class Raw>
[[gnu::always_inline]] inline Raw compare_exchange(Cell<Raw>* to, Raw expected, Raw replacement,
                                                   const void* ip, const void* fp) {
  Raw found;
  uint32_t failed;
  // The last fence orders what follows where nothing was stored.
#define LINDVM_COMPARE_EXCHANGE(suffix, w, extend)                                                    \
  asm volatile("1:\n77: ldaxr" suffix " %" w "[found], %[memory]\n" LINDVM_FAULT_SITE                 \
               "\n"                                                                                   \
               "cmp %" w "[found], %" w "[expected]" extend                                           \
               "\n"                                                                                   \
               "b.ne 2f\n"                                                                            \
               "77: stlxr" suffix " %w[failed], %" w "[replacement], %[memory]\n" LINDVM_FAULT_SITE   \
               "\n"                                                                                   \
               "cbnz %w[failed], 1b\n"                                                                \
               "2: dmb ish"                                                                           \
               : [found] "=&r"(found), [failed] "=&r"(failed), [memory] "+Q"(to->value)               \
               : [expected] "r"(expected), [replacement] "r"(replacement), [ip] "r"(ip), [fp] "r"(fp) \
               : "memory", "cc")
  if constexpr (sizeof(Raw) == 1) LINDVM_COMPARE_EXCHANGE("b", "w", ", uxtb");
  if constexpr (sizeof(Raw) == 2) LINDVM_COMPARE_EXCHANGE("h", "w", ", uxth");
  if constexpr (sizeof(Raw) == 4) LINDVM_COMPARE_EXCHANGE("", "w", "");
  if constexpr (sizeof(Raw) == 8) LINDVM_COMPARE_EXCHANGE("", "x", "");
#undef LINDVM_COMPARE_EXCHANGE
  return found;
}

#undef LINDVM_LOAD
#undef LINDVM_STORE

}  // namespace lindvm::guarded
