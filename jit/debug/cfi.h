#pragma once
// Call frame information (DWARF 5, section 6.4) as bytes: how an unwinder finds the caller from each place in
// a piece of code. Registers are DWARF's numbers, distances are bytes and multiples of 8. Plain data.

#include <cstdint>
#include <span>
#include <vector>

namespace lindvm::jit {

/// A DWARF expression.
class DwarfExpression {
 public:
  /// Pushes a register's value plus a distance.
  DwarfExpression& reg(uint8_t number, int64_t plus = 0);
  DwarfExpression& load64();
  DwarfExpression& load32();
  DwarfExpression& shift_left(uint8_t bits);
  DwarfExpression& add();
  DwarfExpression& add(uint64_t value);
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

/// The instructions of one piece of code, in ascending order of its offsets. What they say holds until they
/// say otherwise.
class CfiWriter {
 public:
  static constexpr int k_data_alignment = -8;

  /// What follows holds from this offset on.
  void at(uint32_t code_offset);
  /// The canonical frame address, which is the caller's stack pointer: `distance` above a register.
  void cfa(uint8_t reg, int32_t distance);
  void cfa(const DwarfExpression& address);
  /// Where the caller's value of a register is: in memory, `distance` below the canonical frame address.
  void saved(uint8_t reg, int32_t distance);
  void saved(uint8_t reg, const DwarfExpression& address);
  /// In another register.
  void moved(uint8_t reg, uint8_t to);
  /// Keeps what holds here, and goes back to it.
  void remember();
  void restore();

  std::vector<uint8_t> take();

 private:
  std::vector<uint8_t> bytes_;
  uint32_t offset_ = 0;
};

/// Variable-length numbers of DWARF.
void append_uleb(std::vector<uint8_t>& bytes, uint64_t value);
void append_sleb(std::vector<uint8_t>& bytes, int64_t value);

}  // namespace lindvm::jit
