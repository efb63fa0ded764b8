#pragma once
// A typed value at the embedding boundary (arguments and results of invoke, host globals).

#include <bit>
#include <cstdint>
#include <cstring>

#include "vm/isa/v128.h"
#include "vm/types/types.h"

namespace lindvm {

struct Value {
  ValType type{};
  V128 bits{};  ///< numbers in the low bytes; references as handles (vm/runtime/store.h)

  template <class T>
  static Value of(ValType type, T value) {
    Value result{type, {}};
    std::memcpy(result.bits.bytes, &value, sizeof value);
    return result;
  }
  template <class T>
  T as() const {
    T value;
    std::memcpy(&value, bits.bytes, sizeof value);
    return value;
  }
};

/// An i31ref to the low 31 bits of a number; the encoding is part of the reference scheme in
/// vm/runtime/store.h.
constexpr uint64_t i31_ref(uint32_t value) { return uint64_t{1} << 63 | (value & 0x7fffffff); }
constexpr bool is_i31_ref(uint64_t ref) { return ref >> 63; }

}  // namespace lindvm
