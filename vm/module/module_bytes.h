#pragma once
// Builds binary modules piece by piece, for tests: sections, vectors and LEB128 numbers without counting
// bytes by hand. Plain values.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace lindvm::testing {

using Bytes = std::vector<uint8_t>;

inline Bytes leb(uint64_t value) {
  Bytes bytes;
  do {
    uint8_t low = value & 0x7f;
    value >>= 7;
    bytes.push_back(static_cast<uint8_t>(low | (value ? 0x80 : 0)));
  } while (value);
  return bytes;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// Length and contents.
inline Bytes sized(const Bytes& contents) { return join({leb(contents.size()), contents}); }

inline Bytes text(std::string_view name) { return sized(Bytes(name.begin(), name.end())); }

/// Count and items.
inline Bytes vec(const std::vector<Bytes>& items) {
  Bytes all = leb(items.size());
  for (const Bytes& item : items) all.insert(all.end(), item.begin(), item.end());
  return all;
}

inline Bytes section(uint8_t id, const Bytes& contents) { return join({{id}, sized(contents)}); }

inline Bytes custom(std::string_view name, const Bytes& payload) {
  return section(0, join({text(name), payload}));
}

inline Bytes module(std::initializer_list<Bytes> sections) {
  return join({{0, 'a', 's', 'm', 1, 0, 0, 0}, join(sections)});
}

/// Entry of the code section: declarations of locals (a vec), then instructions with their `end`.
inline Bytes body(const Bytes& locals, const Bytes& code) { return sized(join({locals, code})); }

/// A module of one function: `type` is its func type, `extra` whatever sections come between function and
/// code.
inline Bytes one_function(const Bytes& type, const Bytes& locals, const Bytes& code,
                          const Bytes& extra = {}) {
  return module(
      {section(1, vec({type})), section(3, vec({{0}})), extra, section(10, vec({body(locals, code)}))});
}

}  // namespace lindvm::testing
