#include "vm/runtime/machine_code.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace lindvm {
namespace {

struct MachineCodeMap {
  std::shared_mutex mutex;
  std::map<const uint8_t*, std::unique_ptr<MachineCode>> by_start;
};

MachineCodeMap& machine_code_map() {
  static auto* map = new MachineCodeMap;  // outlives everything that may run guests
  return *map;
}

}  // namespace

const CodeSite* MachineCode::site_at(const void* pc) const {
  auto offset = static_cast<uint32_t>(static_cast<const uint8_t*>(pc) - begin);
  auto found = std::lower_bound(sites.begin(), sites.end(), offset,
                                [](const CodeSite& site, uint32_t wanted) { return site.offset < wanted; });
  return found != sites.end() && found->offset == offset ? &*found : nullptr;
}

const uint8_t* MachineCode::loop_entry(uint32_t wasm_offset) const {
  auto found =
      std::lower_bound(loops.begin(), loops.end(), wasm_offset,
                       [](const LoopEntry& entry, uint32_t wanted) { return entry.wasm_offset < wanted; });
  return found != loops.end() && found->wasm_offset == wasm_offset ? begin + found->offset : nullptr;
}

const MachineCode* MachineCode::add(std::unique_ptr<MachineCode> code) {
  std::unique_lock lock(machine_code_map().mutex);
  // Code is placed at ascending addresses, by one thread as a rule.
  auto& by_start = machine_code_map().by_start;
  return by_start.emplace_hint(by_start.end(), code->begin, std::move(code))->second.get();
}

const MachineCode* MachineCode::find(const void* pc) {
  std::shared_lock lock(machine_code_map().mutex);
  auto next = machine_code_map().by_start.upper_bound(static_cast<const uint8_t*>(pc));
  if (next == machine_code_map().by_start.begin()) return nullptr;
  const MachineCode* code = std::prev(next)->second.get();
  return code->contains(pc) ? code : nullptr;
}

}  // namespace lindvm
