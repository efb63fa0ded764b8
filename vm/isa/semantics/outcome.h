#pragma once
// Result of an operation that may trap.

#include <cstdint>

#include "vm/base/trap.h"

namespace lindvm::sem {

/// The meaning of rows whose behaviour depends on an instance, a frame or control flow.
struct NoMeaning {};
inline constexpr NoMeaning none{};

template <class T>
struct Outcome {
  T value{};
  Trap trap = Trap::None;

  constexpr bool ok() const { return trap == Trap::None; }
  static constexpr Outcome trapped(Trap trap) { return {T{}, trap}; }
  bool operator==(const Outcome&) const = default;
};

/// Two i64 results, in the order in which they are pushed.
struct I64Pair {
  uint64_t low;
  uint64_t high;
  bool operator==(const I64Pair&) const = default;
};

}  // namespace lindvm::sem
