#include "vm/interp/dump.h"

#include <fmt/format.h>

#include <unordered_map>

#include "vm/interp/handlers.h"
#include "vm/interp/instr.h"

namespace lindvm {

namespace {

constexpr const char* k_names[] = {
#define LINDVM_HANDLER(name, ...) #name,
#include "vm/interp/handlers.def"
#undef LINDVM_HANDLER
};

const std::unordered_map<const void*, const char*>& names_by_address() {
  static const auto names = [] {
    std::unordered_map<const void*, const char*> map;
    for (uint32_t id = 0; id < interp::k_handler_count; ++id)
      map.emplace(interp::handler_address(id), k_names[id]);
    return map;
  }();
  return names;
}

}  // namespace

std::string dump(const FunctionTranslation& translation) {
  std::string text;
  for (uint32_t i = 0; i < translation.instr_count; ++i) {
    const Instr& instr = translation.instrs[i];
    auto name = names_by_address().find(instr.handler);
    if (name == names_by_address().end()) {
      text += fmt::format("{:5}           + {:#x} x={} y={} z={} w={}\n", i, instr.data(), instr.x, instr.y,
                          instr.z, instr.w);
    } else {
      text +=
          fmt::format("{:5} {:#8x}  {:24} x={} y={} z={} w={} imm={}\n", i, translation.wasm_offset(&instr),
                      name->second, instr.x, instr.y, instr.z, instr.w, instr.imm);
    }
  }
  return text;
}

}  // namespace lindvm
