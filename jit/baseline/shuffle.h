#pragma once
// What i8x16.shuffle does in special cases that processors have instructions for.

#include <cstdint>
#include <optional>

namespace lindvm::jit {

/// The distance of a shuffle that takes 16 successive bytes of both operands, the first among them from the
/// left one, if it is one.
inline std::optional<uint8_t> as_window(const uint8_t (&lanes)[16]) {
  for (unsigned i = 1; i < 16; ++i) {
    if (lanes[i] != lanes[0] + i) return std::nullopt;
  }
  return lanes[0] < 16 ? std::optional<uint8_t>(lanes[0]) : std::nullopt;
}

}  // namespace lindvm::jit
