#pragma once
// Binds the imports of a module to the personality that their module name stands for. A function that the
// personality does not know still links: it answers ENOSYS, or traps where its type has no error number to
// answer with. Owned by whoever links; one thread at a time.

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "syscalls/kernel/process.h"
#include "vm/runtime/host_function.h"
#include "vm/runtime/store.h"

namespace lindvm {

struct PersonalityRow;

/// What the data pointer of a personality's host function points to.
struct CallBinding {
  const PersonalityRow* row = nullptr;  ///< null for a function that the personality does not know
  const HostFunction* function = nullptr;
};

/// One function of a personality.
struct PersonalityRow {
  std::string_view name;  ///< of the import
  std::string_view call;  ///< row of syscalls.def that it is mapped to, or "" if it needs no kernel
  FuncType (*type)();     ///< wasm signature, derived from the argument kinds
  HostCallable enter;     ///< checks and copies the arguments, calls the handler
};

/// One guest ABI: a table of functions.
struct Personality {
  std::string_view module;  ///< name of the import module
  std::span<const PersonalityRow> rows;
};

std::span<const Personality> personalities();
/// Null if no personality has that import module.
const Personality* find_personality(std::string_view import_module);

class ProcessImports {
 public:
  /// Makes the store's main thread the process's. Both must outlive every call of the functions.
  ProcessImports(Store& store, Process& process) : store_(store) { process.add_thread(store.main_thread()); }

  /// Null if the import is no function or its module no personality's.
  const External* resolve(const Module& module, const Import& import);
  /// The descriptor behind a function of a known personality, made at the first question; null likewise.
  const HostFunction* function(std::string_view module, std::string_view name, const FuncType& declared);

 private:
  struct Bound {
    HostFunction function;
    CallBinding binding;
    External external;
  };
  Bound* bind(std::string_view module, std::string_view name, const FuncType& declared);

  Store& store_;
  std::deque<Bound> bound_;  // descriptors never move
  std::map<std::string, Bound*, std::less<>> by_name_;
};

}  // namespace lindvm
