#pragma once
// Supplies whatever a module imports: host functions that all answer through one function, and fresh tables,
// memories, globals and tags. One thread.

#include <deque>
#include <functional>

#include "vm/runtime/engine.h"

namespace lindvm::sandbox {

/// How host functions answer: writes the results of the type's call.
using Answer = std::function<HostStatus(HostCall& call, const FuncType& type)>;

/// The host functions made; must outlive the store.
struct HostFunctions {
  struct Made {
    HostFunction function;
    const Answer* answer = nullptr;
  };
  explicit HostFunctions(Answer answers) : answer(std::move(answers)) {}
  HostFunctions(const HostFunctions&) = delete;
  HostFunctions& operator=(const HostFunctions&) = delete;

  Answer answer;
  std::deque<Made> made;
};

/// Answers with zeros and null references.
HostStatus answer_zeros(HostCall& call, const FuncType& type);

/// Zero, or a null reference.
inline Value zero(ValType type) { return Value{type, {}}; }

class ImportMaker {
 public:
  ImportMaker(Store& store, HostFunctions& functions) : store_(store), functions_(functions) {}

  /// Null where nothing fits: results or globals that have no default value, objects too large.
  const External* make(const Module& module, const Import& import);

 private:
  const External* function(const FuncType& type);
  const External* keep(External external) { return &externals_.emplace_back(std::move(external)); }
  template <class T>
  const External* keep(Result<T> made) {
    return made.ok() ? keep(to_external(std::move(made.value()))) : nullptr;
  }

  Store& store_;
  HostFunctions& functions_;
  std::deque<External> externals_;
};

}  // namespace lindvm::sandbox
