#pragma once
// The instructions of memory/os/guarded_access.h on x86-64.

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
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("movsbq %[memory], %q[out]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("movswq %[memory], %q[out]", "=r", word);
    if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("movslq %[memory], %q[out]", "=r", word);
  } else if constexpr (k_signed) {
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("movsbl %[memory], %k[out]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("movswl %[memory], %k[out]", "=r", word);
  } else {
    if constexpr (sizeof(Raw) == 1) LINDVM_LOAD("movzbl %[memory], %k[out]", "=r", word);
    if constexpr (sizeof(Raw) == 2) LINDVM_LOAD("movzwl %[memory], %k[out]", "=r", word);
    if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("movl %[memory], %k[out]", "=r", word);
    if constexpr (sizeof(Raw) == 8) LINDVM_LOAD("movq %[memory], %q[out]", "=r", word);
  }
  return word;
}

/// Loads a float, double or Vector.
template <class Raw>
[[gnu::always_inline]] inline Raw load_vector(const Cell<Raw>* from, const void* ip, const void* fp) {
  Raw value;
  if constexpr (sizeof(Raw) == 4) LINDVM_LOAD("movss %[memory], %[out]", "=x", value);
  if constexpr (sizeof(Raw) == 8) LINDVM_LOAD("movsd %[memory], %[out]", "=x", value);
  if constexpr (sizeof(Raw) == 16) LINDVM_LOAD("movups %[memory], %[out]", "=x", value);
  return value;
}

template <class Raw>
[[gnu::always_inline]] inline void store_integer(Cell<Raw>* to, Raw value, const void* ip, const void* fp) {
  if constexpr (sizeof(Raw) == 1) LINDVM_STORE("movb %b[value], %[memory]", "q");
  if constexpr (sizeof(Raw) == 2) LINDVM_STORE("movw %w[value], %[memory]", "r");
  if constexpr (sizeof(Raw) == 4) LINDVM_STORE("movl %k[value], %[memory]", "r");
  if constexpr (sizeof(Raw) == 8) LINDVM_STORE("movq %q[value], %[memory]", "r");
}

template <class Raw>
[[gnu::always_inline]] inline void store_vector(Cell<Raw>* to, Raw value, const void* ip, const void* fp) {
  if constexpr (sizeof(Raw) == 4) LINDVM_STORE("movss %[value], %[memory]", "x");
  if constexpr (sizeof(Raw) == 8) LINDVM_STORE("movsd %[value], %[memory]", "x");
  if constexpr (sizeof(Raw) == 16) LINDVM_STORE("movups %[value], %[memory]", "x");
}

/// Sequentially consistent; `to` is aligned. The value found there.
template <class Raw>
[[gnu::always_inline]] inline Raw compare_exchange(Cell<Raw>* to, Raw expected, Raw replacement,
                                                   const void* ip, const void* fp) {
#define LINDVM_COMPARE_EXCHANGE(mnemonic, constraint)                              \
  asm volatile("77: lock " mnemonic "\n" LINDVM_FAULT_SITE                         \
               : [found] "+a"(expected), [memory] "+m"(to->value)                  \
               : [replacement] constraint(replacement), [ip] "r"(ip), [fp] "r"(fp) \
               : "memory", "cc")
  if constexpr (sizeof(Raw) == 1) LINDVM_COMPARE_EXCHANGE("cmpxchgb %b[replacement], %[memory]", "q");
  if constexpr (sizeof(Raw) == 2) LINDVM_COMPARE_EXCHANGE("cmpxchgw %w[replacement], %[memory]", "r");
  if constexpr (sizeof(Raw) == 4) LINDVM_COMPARE_EXCHANGE("cmpxchgl %k[replacement], %[memory]", "r");
  if constexpr (sizeof(Raw) == 8) LINDVM_COMPARE_EXCHANGE("cmpxchgq %q[replacement], %[memory]", "r");
#undef LINDVM_COMPARE_EXCHANGE
  return expected;
}

#undef LINDVM_LOAD
#undef LINDVM_STORE

}  // namespace lindvm::guarded
