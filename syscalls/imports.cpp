#include "syscalls/imports.h"

#include "syscalls/linux/personality.h"
#include "syscalls/table/sys_result.h"
#include "syscalls/wasi/personality.h"
#include "vm/runtime/engine.h"

namespace lindvm {
namespace {

const PersonalityRow* find_row(const Personality& personality, std::string_view name) {
  for (const PersonalityRow& row : personality.rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

/// A function that its personality does not have.
HostStatus enter_unknown(HostCall& call, void* data) {
  const HostFunction& function = *static_cast<const CallBinding*>(data)->function;
  if (function.type.results == std::vector<ValType>{k_i32}) return call.ok<uint32_t>(wasi_error(ENOSYS));
  return call.fail(Trap::Unsupported, "import " + function.module + "." + function.name);
}

}  // namespace

std::span<const Personality> personalities() {
  static const Personality k_personalities[] = {
      {"wasi_snapshot_preview1", wasi::preview1_rows()},
      {"wasi_unstable", wasi::preview0_rows()},
      {"linux", linux_abi::rows()},
  };
  return k_personalities;
}

const Personality* find_personality(std::string_view import_module) {
  for (const Personality& personality : personalities()) {
    if (personality.module == import_module) return &personality;
  }
  return nullptr;
}

const External* ProcessImports::resolve(const Module& module, const Import& import) {
  if (import.kind != ExternKind::function) return nullptr;
  const FuncType& declared = func_type(module.functions()[import.index].type);
  Bound* bound = bind(import.module, import.name, declared);
  if (!bound) return nullptr;
  if (!bound->external.function) bound->external = to_external(store_.add_host_function(bound->function));
  return &bound->external;
}

const HostFunction* ProcessImports::function(std::string_view module, std::string_view name,
                                             const FuncType& declared) {
  Bound* bound = bind(module, name, declared);
  return bound ? &bound->function : nullptr;
}

ProcessImports::Bound* ProcessImports::bind(std::string_view module, std::string_view name,
                                            const FuncType& declared) {
  const Personality* personality = find_personality(module);
  if (!personality) return nullptr;
  const PersonalityRow* row = find_row(*personality, name);
  std::string key = std::string(module) + '\0' + std::string(name);
  if (!row)
    key += '\0' + to_string(declared);  // each import of an unknown function gets the type it asks for
  auto [slot, is_new] = by_name_.try_emplace(key);
  if (!is_new) return slot->second;
  Bound& bound = bound_.emplace_back();
  bound.function = {std::string(module), std::string(name), row ? row->type() : declared,
                    row ? row->enter : enter_unknown, &bound.binding};
  bound.binding = {row, &bound.function};
  return slot->second = &bound;
}

}  // namespace lindvm
