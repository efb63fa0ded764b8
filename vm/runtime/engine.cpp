#include "vm/runtime/engine.h"

#include <fmt/format.h>

#include "vm/module/load.h"
#include "vm/types/canonical.h"

namespace lindvm {
namespace {

bool arguments_match(const FuncType& type, std::span<const Value> arguments) {
  if (type.params.size() != arguments.size()) return false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!is_subtype(arguments[i].type, type.params[i])) return false;
  }
  return true;
}

}  // namespace

Result<std::shared_ptr<CompiledModule>> compile(std::span<const uint8_t> bytes, const Features& features) {
  return std::make_shared<CompiledModule>(TRY(load_module(bytes, features)));
}

Result<std::shared_ptr<CompiledModule>> compile_file(const std::string& path, const Features& features) {
  return std::make_shared<CompiledModule>(TRY(load_module_file(path, features)));
}

void Linker::define(std::string module, std::string name, External external) {
  namespaces_[std::move(module)].externals.insert_or_assign(std::move(name), std::move(external));
}

void Linker::define(const HostFunction& function) {
  define(function.module, function.name, to_external(store_.add_host_function(function)));
}

void Linker::define_instance(std::string module, const Instance& instance) {
  namespaces_[std::move(module)] = {{}, &instance};
}

const External* Linker::find(std::string_view module, std::string_view name) const {
  auto names = namespaces_.find(module);
  if (names == namespaces_.end()) return nullptr;
  auto found = names->second.externals.find(name);
  if (found != names->second.externals.end()) return &found->second;
  return names->second.instance ? names->second.instance->find_export(name) : nullptr;
}

Result<Instance*> Linker::instantiate(std::shared_ptr<CompiledModule> module) {
  const Module& importer = module->module();
  return store_.instantiate(std::move(module), [&](const Import& import) -> const External* {
    const External* found = find(import.module, import.name);
    return found || !fallback_ ? found : fallback_(importer, import);
  });
}

External to_external(const Function* function) {
  External external;
  external.kind = ExternKind::function;
  external.function = function;
  return external;
}
External to_external(Table* table) {
  External external;
  external.kind = ExternKind::table;
  external.table = table;
  return external;
}
External to_external(std::shared_ptr<LinearMemory> memory) {
  External external;
  external.kind = ExternKind::memory;
  external.memory = std::move(memory);
  return external;
}
External to_external(const GlobalRef& global) {
  External external;
  external.kind = ExternKind::global;
  external.global = global;
  return external;
}
External to_external(const Tag* tag) {
  External external;
  external.kind = ExternKind::tag;
  external.tag = tag;
  return external;
}

CallResult call(Store& store, const Function& function, std::span<const Value> arguments) {
  CallResult result;
  result.results.resize(func_type(function.type).results.size());
  result.completion = invoke(store.main_thread(), function, arguments, result.results);
  return result;
}

Result<CallResult> call_export(Instance& instance, std::string_view name, std::span<const Value> arguments) {
  const External* found = instance.find_export(name);
  if (!found) return Error{ErrorKind::unlinkable, fmt::format("unknown export \"{}\"", name)};
  if (found->kind != ExternKind::function) {
    return Error{ErrorKind::unlinkable, fmt::format("export \"{}\" is not a function", name)};
  }
  const FuncType& type = func_type(found->function->type);
  if (!arguments_match(type, arguments)) {
    return Error{ErrorKind::unlinkable,
                 fmt::format("wrong arguments for \"{}\", which is {}", name, to_string(type))};
  }
  return call(instance.store(), *found->function, arguments);
}

}  // namespace lindvm
