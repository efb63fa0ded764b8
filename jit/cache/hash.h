#pragma once
// Hashes under a secret key (XXH3): whoever does not know the key can neither find two modules with one hash
// nor make an entry that seems to be ours. Plain data.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>

namespace lindvm::jit {

struct Hash128 {
  uint64_t low = 0, high = 0;
  bool operator==(const Hash128&) const = default;
};
/// 32 hexadecimal digits.
std::string to_text(const Hash128& hash);

struct HashKey {
  static constexpr size_t k_bytes = 192;
  std::array<uint8_t, k_bytes> secret{};

  /// Nobody has had this one before; false if the host has no random numbers.
  bool make_random();
  Hash128 hash128(std::span<const uint8_t> bytes) const;
  uint64_t hash64(std::span<const uint8_t> bytes) const;
};

}  // namespace lindvm::jit
