#include "conformance/sandbox/import_maker.h"

namespace lindvm::sandbox {

namespace {

bool is_answerable(const FuncType& type) {
  for (ValType result : type.results)
    if (!result.is_defaultable()) return false;
  return true;
}

HostStatus call_answer(HostCall& call, void* data) {
  auto* made = static_cast<const HostFunctions::Made*>(data);
  return (*made->answer)(call, made->function.type);
}

}  // namespace

HostStatus answer_zeros(HostCall& call, const FuncType& type) {
  uint32_t slots = slot_count(type.results);
  for (uint32_t slot = 0; slot < slots; slot++) call.set_result(slot, uint64_t{0});
  return call.ok();
}

const External* ImportMaker::make(const Module& module, const Import& import) {
  switch (import.kind) {
    case ExternKind::function:
      return function(func_type(module.functions()[import.index].type));
    case ExternKind::table:
      return keep(store_.add_table(module.tables()[import.index].type));
    case ExternKind::memory:
      return keep(store_.add_memory(module.memories()[import.index]));
    case ExternKind::tag:
      return keep(to_external(store_.add_tag(module.tags()[import.index].type)));
    case ExternKind::global:
      break;
  }
  const GlobalType& type = module.globals()[import.index].type;
  if (!type.type.is_defaultable()) return nullptr;
  return keep(to_external(store_.add_global(zero(type.type), type.is_mutable)));
}

const External* ImportMaker::function(const FuncType& type) {
  if (!is_answerable(type)) return nullptr;
  HostFunctions::Made& made = functions_.made.emplace_back();
  made = {{"", "", type, call_answer, &made}, &functions_.answer};
  return keep(to_external(store_.add_host_function(made.function)));
}

}  // namespace lindvm::sandbox
