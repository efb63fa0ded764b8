#pragma once
// The 128-bit vector value: 16 bytes, lane 0 in the lowest address, as in linear memory. Lane access is by
// copying, which compilers turn into register moves. Plain data.

#include <bit>
#include <cstdint>
#include <cstring>

namespace lindvm {

static_assert(std::endian::native == std::endian::little,
              "lanes and linear memory share the host's byte order");

struct alignas(16) V128 {
  uint8_t bytes[16];

  /// Number of lanes of type T.
  template <class T>
  static constexpr unsigned lanes() {
    return 16 / sizeof(T);
  }

  template <class T>
  T lane(unsigned index) const {
    T value;
    std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
    return value;
  }

  template <class T>
  void set_lane(unsigned index, T value) {
    std::memcpy(bytes + index * sizeof(T), &value, sizeof(T));
  }

  /// Bitwise equality.
  friend bool operator==(const V128& a, const V128& b) { return std::memcmp(a.bytes, b.bytes, 16) == 0; }
};
static_assert(sizeof(V128) == 16);

}  // namespace lindvm
