#pragma once
// The sets of named bits and values that system calls take, derived from flags.def. Constant data.

#include <cstdint>
#include <string_view>

namespace lindvm {

enum class FlagSet : uint8_t {
#define FLAG_SET(set) set,
#define FLAG(set, name, value)
#include "syscalls/table/flags.def"
};

struct FlagRow {
  FlagSet set;
  std::string_view name;
  uint64_t value;
};

inline constexpr FlagRow k_flag_rows[] = {
#define FLAG_SET(set)
#define FLAG(set, name, value) {FlagSet::set, #name, value},
#include "syscalls/table/flags.def"
};

/// All bits of a set of bits.
constexpr uint64_t known_bits(FlagSet set) {
  uint64_t bits = 0;
  for (const FlagRow& row : k_flag_rows) bits |= row.set == set ? row.value : 0;
  return bits;
}

/// Bit v for every value v of a set of values, which are all below 64.
constexpr uint64_t known_values(FlagSet set) {
  uint64_t bits = 0;
  for (const FlagRow& row : k_flag_rows) bits |= row.set == set ? uint64_t{1} << row.value : 0;
  return bits;
}

/// Every value by name, e.g. flag::WasiRights_FD_READ.
namespace flag {
#define FLAG_SET(set)
#define FLAG(set, name, value) inline constexpr uint64_t set##_##name = value;
#include "syscalls/table/flags.def"
}  // namespace flag

}  // namespace lindvm
