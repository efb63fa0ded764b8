#pragma once
// Loads and stores of guest memory by the interpreter: one machine instruction each (AArch64 stores probe
// first), with an entry in the table of fault sites (memory/os/fault_sites.h) that names the registers
// holding `ip` and `fp`, so that nothing is stored or pinned on the fast path and a fault still finds the
// interpreter's state. A faulting access has changed neither memory nor the result. Values may be unaligned.
//
// guarded_load<M>: the M at base + index. guarded_load_word<M, V>: the same, widened to V (by M's sign), then
// zero-extended to 64 bits. guarded_store<M>: writes an M at base + index. guarded_compare_exchange<M>: what
// atomic instructions are made of.

#include <bit>
#include <cstdint>
#include <type_traits>

#if defined(__x86_64__)
#include "memory/os/guarded_access_x64.h"
#elif defined(__aarch64__)
#include "memory/os/guarded_access_a64.h"
#else
#error "memory/os has no guarded accesses for this machine"
#endif

namespace lindvm {
namespace guarded {

/// An object of guest memory as an assembly operand: at any address, of any type.
template <class T>
struct [[gnu::packed, gnu::may_alias]] Cell {
  T value;
};

template <class T>
[[gnu::always_inline]] inline Cell<T>* cell(const void* base, uint64_t index) {
  return reinterpret_cast<Cell<T>*>(reinterpret_cast<uintptr_t>(base) + index);
}

/// The unsigned integer, float, double or Vector that is moved for an M.
template <class M>
using Raw = std::conditional_t<
    std::is_floating_point_v<M>, M,
    std::conditional_t<
        sizeof(M) == 16, Vector,
        std::conditional_t<sizeof(M) == 1, uint8_t,
                           std::conditional_t<sizeof(M) == 2, uint16_t,
                                              std::conditional_t<sizeof(M) == 4, uint32_t, uint64_t>>>>>;

template <class M>
inline constexpr bool k_is_integer = !std::is_floating_point_v<M> && sizeof(M) <= 8;

}  // namespace guarded

template <class M, class V>
[[gnu::always_inline]] inline uint64_t guarded_load_word(const void* base, uint64_t index, const void* ip,
                                                         const void* fp) {
  using Raw = guarded::Raw<M>;
  constexpr bool k_signed = std::is_signed_v<M> && sizeof(M) < sizeof(V);
  uint64_t word = guarded::load_integer<Raw, k_signed, sizeof(V)>(guarded::cell<Raw>(base, index), ip, fp);
  // What the instruction guarantees and the compiler cannot know.
  constexpr unsigned k_width = k_signed ? sizeof(V) : sizeof(M);
  if constexpr (k_width < 8) {
    if (word >> (8 * k_width)) __builtin_unreachable();
  }
  return word;
}

template <class M>
[[gnu::always_inline]] inline M guarded_load(const void* base, uint64_t index, const void* ip,
                                             const void* fp) {
  using Raw = guarded::Raw<M>;
  if constexpr (guarded::k_is_integer<M>) {
    return std::bit_cast<M>(static_cast<Raw>(guarded_load_word<Raw, uint64_t>(base, index, ip, fp)));
  } else {
    return std::bit_cast<M>(guarded::load_vector<Raw>(guarded::cell<Raw>(base, index), ip, fp));
  }
}
template <class M>
[[gnu::always_inline]] inline M guarded_load(const void* address, const void* ip, const void* fp) {
  return guarded_load<M>(address, 0, ip, fp);
}

template <class M>
[[gnu::always_inline]] inline void guarded_store(void* base, uint64_t index, M value, const void* ip,
                                                 const void* fp) {
  using Raw = guarded::Raw<M>;
  if constexpr (guarded::k_is_integer<M>) {
    guarded::store_integer<Raw>(guarded::cell<Raw>(base, index), std::bit_cast<Raw>(value), ip, fp);
  } else {
    guarded::store_vector<Raw>(guarded::cell<Raw>(base, index), std::bit_cast<Raw>(value), ip, fp);
  }
}
template <class M>
[[gnu::always_inline]] inline void guarded_store(void* address, M value, const void* ip, const void* fp) {
  guarded_store<M>(address, 0, value, ip, fp);
}

/// Writes `replacement` at base + index, which is aligned, if `expected` is there, in one sequentially
/// consistent step; what was there.
template <class M>
[[gnu::always_inline]] inline M guarded_compare_exchange(void* base, uint64_t index, M expected,
                                                         M replacement, const void* ip, const void* fp) {
  static_assert(std::is_unsigned_v<M>);
  return guarded::compare_exchange<M>(guarded::cell<M>(base, index), expected, replacement, ip, fp);
}

}  // namespace lindvm
