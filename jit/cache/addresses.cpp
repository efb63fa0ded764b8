#include "jit/cache/addresses.h"

#include "jit/baseline/helpers.h"

namespace lindvm::jit {

AddressTable::AddressTable(const Stubs& stubs) {
  auto add = [this](const void* address) {
    numbers_.try_emplace(reinterpret_cast<uint64_t>(address), size());
    addresses_.push_back(reinterpret_cast<uint64_t>(address));
  };
  for (const void* stub : {stubs.interrupt, stubs.throw_tag, stubs.throw_ref, stubs.helper,
                           stubs.find_function, stubs.resolve_callee}) {
    add(stub);
  }
  for (const void* trap : stubs.traps) add(trap);
#define HELPER(name) add(reinterpret_cast<const void*>(&helpers::name));
#include "jit/baseline/helpers.def"
#undef HELPER
}

std::optional<uint32_t> AddressTable::number(uint64_t address) const {
  auto found = numbers_.find(address);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lindvm::jit
