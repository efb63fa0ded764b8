#pragma once
// Machine registers as the ISA-free compiler sees them: numbers 0-15 are general-purpose registers (up to 32
// on AArch64), from k_first_vector on vector registers; sets of them are bit masks. Plain data.

#include <bit>
#include <cstdint>

namespace lindvm::jit {

using Reg = uint8_t;
using RegSet = uint64_t;

inline constexpr Reg k_first_vector = 32;
inline constexpr Reg k_no_reg = 0xff;

constexpr RegSet bit(Reg reg) { return RegSet{1} << reg; }
constexpr bool contains(RegSet set, Reg reg) { return set >> reg & 1; }
constexpr Reg first_of(RegSet set) { return static_cast<Reg>(std::countr_zero(set)); }
constexpr bool is_vector(Reg reg) { return reg >= k_first_vector; }
constexpr uint8_t number(Reg reg) { return reg & (k_first_vector - 1); }

}  // namespace lindvm::jit
