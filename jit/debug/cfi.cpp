#include "jit/debug/cfi.h"

#include <cassert>
#include <utility>

namespace lindvm::jit {
namespace {

enum Instruction : uint8_t {
  k_advance4 = 0x04,
  k_register = 0x09,
  k_remember = 0x0a,
  k_restore = 0x0b,
  k_def_cfa = 0x0c,
  k_def_cfa_expression = 0x0f,
  k_expression = 0x10,
  k_offset = 0x80,  // with the register in the low six bits
};

enum Operation : uint8_t {
  k_deref = 0x06,
  k_plus = 0x22,
  k_plus_uconst = 0x23,
  k_shl = 0x24,
  k_lit0 = 0x30,
  k_breg0 = 0x70,
  k_deref_size = 0x94
};

void append_expression(std::vector<uint8_t>& bytes, const DwarfExpression& expression) {
  append_uleb(bytes, expression.bytes().size());
  bytes.insert(bytes.end(), expression.bytes().begin(), expression.bytes().end());
}

}  // namespace

void append_uleb(std::vector<uint8_t>& bytes, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}

void append_sleb(std::vector<uint8_t>& bytes, int64_t value) {
  for (; value < -0x40 || value >= 0x40; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value & 0x7f));
}

DwarfExpression& DwarfExpression::reg(uint8_t number, int64_t plus) {
  assert(number < 32);
  bytes_.push_back(static_cast<uint8_t>(k_breg0 + number));
  append_sleb(bytes_, plus);
  return *this;
}

DwarfExpression& DwarfExpression::load64() {
  bytes_.push_back(k_deref);
  return *this;
}

DwarfExpression& DwarfExpression::load32() {
  bytes_.insert(bytes_.end(), {k_deref_size, 4});
  return *this;
}

DwarfExpression& DwarfExpression::shift_left(uint8_t bits) {
  assert(bits < 32);
  bytes_.insert(bytes_.end(), {static_cast<uint8_t>(k_lit0 + bits), k_shl});
  return *this;
}

DwarfExpression& DwarfExpression::add() {
  bytes_.push_back(k_plus);
  return *this;
}

DwarfExpression& DwarfExpression::add(uint64_t value) {
  bytes_.push_back(k_plus_uconst);
  append_uleb(bytes_, value);
  return *this;
}

void CfiWriter::at(uint32_t code_offset) {
  assert(code_offset >= offset_);
  if (code_offset == offset_) return;
  uint32_t distance = std::exchange(offset_, code_offset);
  distance = code_offset - distance;
  bytes_.push_back(k_advance4);
  for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<uint8_t>(distance >> shift));
}

void CfiWriter::cfa(uint8_t reg, int32_t distance) {
  assert(distance >= 0);
  bytes_.push_back(k_def_cfa);
  append_uleb(bytes_, reg);
  append_uleb(bytes_, static_cast<uint64_t>(distance));
}

void CfiWriter::cfa(const DwarfExpression& address) {
  bytes_.push_back(k_def_cfa_expression);
  append_expression(bytes_, address);
}

void CfiWriter::saved(uint8_t reg, int32_t distance) {
  assert(reg < 64 && distance >= 0);
  bytes_.push_back(static_cast<uint8_t>(k_offset | reg));
  append_uleb(bytes_, static_cast<uint64_t>(distance / -k_data_alignment));
}

void CfiWriter::saved(uint8_t reg, const DwarfExpression& address) {
  bytes_.push_back(k_expression);
  append_uleb(bytes_, reg);
  append_expression(bytes_, address);
}

void CfiWriter::moved(uint8_t reg, uint8_t to) {
  bytes_.push_back(k_register);
  append_uleb(bytes_, reg);
  append_uleb(bytes_, to);
}

void CfiWriter::remember() { bytes_.push_back(k_remember); }
void CfiWriter::restore() { bytes_.push_back(k_restore); }

std::vector<uint8_t> CfiWriter::take() {
  offset_ = 0;
  return std::exchange(bytes_, {});
}

}  // namespace lindvm::jit
