#include "tools/lind-vm/spec/spectest.h"

#include <vector>

#include "vm/runtime/engine.h"

namespace lindvm::spec {
namespace {

/// The print functions are called for their signatures alone: what they would print is of no interest.
HostStatus print_nothing(HostCall& call, void*) { return call.ok(); }

const std::vector<HostFunction>& print_functions() {
  auto print = [](const char* name, std::vector<ValType> params) {
    return HostFunction{"spectest", name, FuncType{std::move(params), {}}, print_nothing, nullptr};
  };
  static const std::vector<HostFunction> functions = {
      print("print", {}),
      print("print_i32", {k_i32}),
      print("print_i64", {k_i64}),
      print("print_f32", {k_f32}),
      print("print_f64", {k_f64}),
      print("print_i32_f32", {k_i32, k_f32}),
      print("print_f64_f64", {k_f64, k_f64}),
  };
  return functions;
}

}  // namespace

void SpecTestHost::add_functions(Store& store) {
  for (const HostFunction& function : print_functions()) {
    externals_.emplace(function.name, to_external(store.add_host_function(function)));
  }
}

void SpecTestHost::add_globals(Store& store) {
  auto add = [&](const char* name, const Value& value) {
    externals_.emplace(name, to_external(store.add_global(value, false)));
  };
  add("global_i32", Value::of(k_i32, uint32_t{666}));
  add("global_i64", Value::of(k_i64, uint64_t{666}));
  add("global_f32", Value::of(k_f32, 666.6f));
  add("global_f64", Value::of(k_f64, 666.6));
}

Result<void> SpecTestHost::add_table(Store& store, const char* name, bool is64) {
  externals_.emplace(name, to_external(TRY(store.add_table({k_funcref, {10, 20}, is64}))));
  return {};
}

Result<void> SpecTestHost::add_memory(Store& store, const char* name, bool is_shared) {
  externals_.emplace(name, to_external(TRY(store.add_memory({{1, 2}, false, is_shared}))));
  return {};
}

Result<SpecTestHost> SpecTestHost::create(Store& store) {
  SpecTestHost host;
  host.add_functions(store);
  host.add_globals(store);
  TRY(host.add_table(store, "table", false));
  TRY(host.add_table(store, "table64", true));
  TRY(host.add_memory(store, "memory", false));
  TRY(host.add_memory(store, "shared_memory", true));
  return host;
}

const External* SpecTestHost::find(std::string_view name) const {
  auto found = externals_.find(name);
  return found == externals_.end() ? nullptr : &found->second;
}

}  // namespace lindvm::spec
