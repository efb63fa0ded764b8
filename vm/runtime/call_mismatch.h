#pragma once
// Indirect calls whose callee has another type than the call says. A subtype is right; everything else traps,
// with a text that names both sides, unless calls are lenient: then the callee is reached through an adapter
// that treats arguments as the native calling conventions would, by dropping what the callee does not take
// and giving it zeros for what is missing, and likewise for results. An adapter is a function of a module
// made for it, so that frames, backtraces and exceptions need not know of it. The slow path of every tier.
// CallAdapters belongs to its store; like linking, it is used by one thread at a time.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "vm/runtime/store.h"

namespace lindvm {

/// Where a call is.
struct CallSite {
  const FunctionCode* caller = nullptr;
  uint64_t module_offset = 0;
};

class CallAdapters {
 public:
  /// `warn` gets one line per call site, without a newline.
  explicit CallAdapters(std::function<void(const std::string&)> warn) : warn_(std::move(warn)) {}

  /// A function of the type `expected` that calls `callee`; null if an argument or result that both have is
  /// of different types, or if the types have references.
  const Function* adapt(Store& store, TypeId expected, const Function& callee);
  bool has_warned(const CallSite& site) const;
  /// Once per call site.
  void warn(const CallSite& site, const std::string& text);

 private:
  std::function<void(const std::string&)> warn_;
  std::map<std::pair<uint64_t, TypeId>, const Function*> adapters_;  // by callee and expected type
  std::set<std::pair<const CompiledModule*, uint64_t>> warned_;
};

/// The function that an indirect call of a non-null entry enters. Null if it must trap with
/// IndirectCallTypeMismatch: the thread's trap detail is set.
const Function* resolve_indirect_call(ThreadContext& thread, const CallSite& site, TypeId expected,
                                      const TableEntry& entry);

}  // namespace lindvm
