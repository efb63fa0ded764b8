#pragma once
// Which WebAssembly proposals a module may use: a set of the opcode table's Feature values. Plain data.

#include <cstdint>

namespace lindvm {

enum class Feature : uint8_t;  // vm/isa/opcodes.h

class Features {
 public:
  /// Everything the engine knows: the default.
  static constexpr Features all() { return Features(~uint32_t{0}); }

  constexpr Features() : Features(all()) {}
  constexpr bool has(Feature feature) const { return bits_ >> static_cast<unsigned>(feature) & 1; }
  constexpr Features with(Feature feature) const {
    return Features(bits_ | uint32_t{1} << static_cast<unsigned>(feature));
  }
  constexpr Features without(Feature feature) const {
    return Features(bits_ & ~(uint32_t{1} << static_cast<unsigned>(feature)));
  }
  /// The set as a number, which only this build understands.
  constexpr uint32_t bits() const { return bits_; }
  constexpr bool operator==(const Features&) const = default;

 private:
  constexpr explicit Features(uint32_t bits) : bits_(bits) {}
  uint32_t bits_;
};

}  // namespace lindvm
