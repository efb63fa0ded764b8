#include "jit/cache/hash.h"

#include <fmt/format.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lindvm::jit {

static_assert(HashKey::k_bytes >= XXH3_SECRET_SIZE_MIN);

std::string to_text(const Hash128& hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

bool HashKey::make_random() {
  return getrandom(secret.data(), secret.size(), 0) == static_cast<ssize_t>(secret.size());
}

Hash128 HashKey::hash128(std::span<const uint8_t> bytes) const {
  XXH128_hash_t hash = XXH3_128bits_withSecret(bytes.data(), bytes.size(), secret.data(), secret.size());
  return {hash.low64, hash.high64};
}

uint64_t HashKey::hash64(std::span<const uint8_t> bytes) const {
  return XXH3_64bits_withSecret(bytes.data(), bytes.size(), secret.data(), secret.size());
}

}  // namespace lindvm::jit
