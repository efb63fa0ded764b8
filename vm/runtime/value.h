#pragma once
// A typed value at the embedding boundary (arguments and results of invoke, host globals).

#include <bit>
#include <cstdint>

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

}  // namespace lindvm
