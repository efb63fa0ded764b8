#pragma once
// The engine for embedders: load a module, link it, call it. Example:
//
//   Result<std::shared_ptr<CompiledModule>> module = compile_file("add.wasm");
//   if (!module) return report(module.error());
//   Store store;
//   Linker linker(store);
//   linker.define(g_print);                            // a HostFunction: module, name, type, callable
//   Result<Instance*> instance = linker.instantiate(*module);
//   if (!instance) return report(instance.error());
//   linker.define_instance("add", **instance);         // later modules may import from it
//   Result<CallResult> call = call_export(**instance, "add", {Value::of(k_i32, 1), Value::of(k_i32, 2)});
//   if (!call) return report(call.error());            // no such export, or wrong arguments
//   if (call->completion == Completion::returned) use(call->results[0].as<uint32_t>());
//   if (call->completion == Completion::trapped) {     // vm/runtime/backtrace.h
//     show(to_text(store.main_thread().trap, capture_backtrace(store.main_thread())));
//   }
//
// A Linker belongs to one store and is used by one thread at a time.

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vm/base/result.h"
#include "vm/interp/interpreter.h"
#include "vm/module/features.h"
#include "vm/runtime/store.h"

namespace lindvm {

Result<std::shared_ptr<CompiledModule>> compile(std::span<const uint8_t> bytes,
                                                const Features& features = {});
Result<std::shared_ptr<CompiledModule>> compile_file(const std::string& path, const Features& features = {});

/// The names that imports of a store's modules are resolved with.
class Linker {
 public:
  explicit Linker(Store& store) : store_(store) {}

  /// Later definitions of a name replace earlier ones.
  void define(std::string module, std::string name, External external);
  /// Under the descriptor's own names. It must outlive the store.
  void define(const HostFunction& function);
  /// All exports of the instance, under a module name.
  void define_instance(std::string module, const Instance& instance);
  /// Asked for names that nothing defines; its Externals must stay valid until the instantiation is over.
  using Fallback = std::function<const External*(const Module& module, const Import& import)>;
  void set_fallback(Fallback fallback) { fallback_ = std::move(fallback); }

  /// Null if the name is not defined (the fallback is not asked).
  const External* find(std::string_view module, std::string_view name) const;

  Result<Instance*> instantiate(std::shared_ptr<CompiledModule> module);

 private:
  struct Namespace {
    std::map<std::string, External, std::less<>> externals;
    const Instance* instance = nullptr;
  };

  Store& store_;
  std::map<std::string, Namespace, std::less<>> namespaces_;
  Fallback fallback_;
};

/// Externals of host objects.
External to_external(const Function* function);
External to_external(Table* table);
External to_external(std::shared_ptr<LinearMemory> memory);
External to_external(const GlobalRef& global);
External to_external(const Tag* tag);

struct CallResult {
  Completion completion{};
  std::vector<Value> results;  ///< valid if completion is `returned`
};

/// Calls a function on the store's main thread. Arguments must match its type.
CallResult call(Store& store, const Function& function, std::span<const Value> arguments);

/// Why an export could not be called: unknown name, not a function, or arguments of the wrong types.
Result<CallResult> call_export(Instance& instance, std::string_view name, std::span<const Value> arguments);
inline Result<CallResult> call_export(Instance& instance, std::string_view name,
                                      std::initializer_list<Value> arguments = {}) {
  return call_export(instance, name, std::span(arguments.begin(), arguments.size()));
}

}  // namespace lindvm
