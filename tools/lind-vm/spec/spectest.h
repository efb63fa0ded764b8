#pragma once
// The "spectest" module that spec scripts import: the reference interpreter's host functions, globals, tables
// and memories, as objects of one store. Used by the thread that runs the script.

#include <map>
#include <string>
#include <string_view>

#include "vm/base/result.h"
#include "vm/runtime/store.h"

namespace lindvm::spec {

class SpecTestHost {
 public:
  /// The store must outlive the host.
  static Result<SpecTestHost> create(Store& store);

  /// Null if there is none of that name.
  const External* find(std::string_view name) const;

 private:
  void add_functions(Store& store);
  void add_globals(Store& store);
  Result<void> add_table(Store& store, const char* name, bool is64);
  Result<void> add_memory(Store& store, const char* name, bool is_shared);

  std::map<std::string, External, std::less<>> externals_;
};

}  // namespace lindvm::spec
