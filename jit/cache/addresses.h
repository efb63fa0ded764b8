#pragma once
// Stubs and helpers by number: what machine code refers to outside itself, as cache files name it. Immutable;
// any thread.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "jit/stubs.h"

namespace lindvm::jit {

class AddressTable {
 public:
  explicit AddressTable(const Stubs& stubs);

  uint32_t size() const { return static_cast<uint32_t>(addresses_.size()); }
  uint64_t address(uint32_t number) const { return addresses_[number]; }
  /// Nothing if it is none of the table's.
  std::optional<uint32_t> number(uint64_t address) const;

 private:
  std::vector<uint64_t> addresses_;
  std::unordered_map<uint64_t, uint32_t> numbers_;
};

}  // namespace lindvm::jit
