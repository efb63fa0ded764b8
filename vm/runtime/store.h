#pragma once
// Store and instances: the run-time objects of the WebAssembly specification (section 4.2),
// linked together. A Store owns functions, tables, memories, globals, tags, exceptions, instances
// and guest threads; references on guest stacks and in tables are handles into it [R6]:
//   funcref   0 = null, else 1 + index into the store's functions
//   exnref    0 = null, else a handle of the exception heap (vm/runtime/exceptions.h)
//   externref 0 = null, else 1 + the host's value (opaque, below 2^63 - 1)
//   i31ref    bit 63 set, the 31 bits in the low ones; externref and anyref convert to each other unchanged
// Linking and instantiation happen on one thread at a time; running guests read the objects only.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "memory/linear_memory.h"
#include "vm/base/result.h"
#include "vm/module/module.h"
#include "vm/runtime/code.h"
#include "vm/runtime/context.h"
#include "vm/runtime/exceptions.h"
#include "vm/runtime/host_function.h"
#include "vm/runtime/table.h"
#include "vm/runtime/value.h"

namespace lindvm {

/// A function instance. Immovable; its index in the store plus one is its funcref handle. Host functions name
/// the host's pseudo-instance, but run in the context of whichever instance calls them.
struct Function {
  FunctionCode* code = nullptr;
  TypeId type{};
  uint32_t instance_index = 0;  ///< of the instance it closes over
  uint64_t handle = 0;
};

/// A tag instance: identity matters, so imports share the object.
struct Tag {
  TypeId type{};
  uint32_t payload_slots = 0;
};

/// A global of some instance, by owner: the cell itself lives in each thread's context block.
struct GlobalRef {
  uint32_t instance_index = 0;
  uint32_t own_index = 0;  ///< among the owner's defined globals
  ValType type{};
  bool is_mutable = false;
};

/// What an export (or an import to be satisfied) denotes.
struct External {
  ExternKind kind{};
  const Function* function = nullptr;
  Table* table = nullptr;
  std::shared_ptr<LinearMemory> memory;
  GlobalRef global;
  const Tag* tag = nullptr;
};

class Store;

/// A module linked into a store. The host's own pseudo-instance (index 0) has no module and owns globals
/// only.
class Instance {
 public:
  const Module& module() const { return compiled_->module(); }
  CompiledModule& compiled() const { return *compiled_; }
  Store& store() const { return store_; }
  uint32_t index() const { return index_; }

  const Function& function(uint32_t index) const { return *functions_[index]; }
  Table& table(uint32_t index) const { return *tables_[index]; }
  LinearMemory& memory(uint32_t index) const { return *memories_[index]; }
  const GlobalRef& global(uint32_t index) const { return globals_[index]; }
  const Tag& tag(uint32_t index) const { return *tags_[index]; }
  size_t memory_count() const { return memories_.size(); }
  size_t table_count() const { return tables_.size(); }
  const std::vector<GlobalRef>& globals() const { return globals_; }
  size_t own_global_count() const { return initial_globals_.size(); }
  /// What a new thread's own globals start with.
  std::span<const GlobalCell> initial_globals() const { return initial_globals_; }

  /// Null if there is no such export.
  const External* find_export(std::string_view name) const;
  External external(ExternKind kind, uint32_t index) const;

  /// Fills in what a context block holds of the instance: all but `thread` and the global cells.
  void describe(InstanceContext& block) const;

  /// Values of an element segment still usable by table.init (empty once dropped).
  std::span<const uint64_t> element_segment(uint32_t index) const;
  void drop_element_segment(uint32_t index);
  /// Bytes of a data segment still usable by memory.init (empty once dropped).
  std::span<const uint8_t> data_segment(uint32_t index) const;
  void drop_data_segment(uint32_t index);

 private:
  friend class Store;
  friend class Instantiation;
  Instance(Store& store, std::shared_ptr<CompiledModule> compiled, uint32_t index)
      : store_(store), compiled_(std::move(compiled)), index_(index) {}

  Store& store_;
  std::shared_ptr<CompiledModule> compiled_;
  uint32_t index_;
  std::vector<const Function*> functions_;
  std::vector<Callee> imports_;
  std::vector<Table*> tables_;
  std::vector<std::shared_ptr<LinearMemory>> memories_;
  std::vector<LinearMemory*> memory_pointers_;
  std::vector<GlobalRef> globals_;
  std::vector<const Tag*> tags_;
  std::vector<GlobalCell> initial_globals_;  // one per defined global
  std::vector<std::vector<uint64_t>> element_segments_;
  std::vector<bool> dropped_data_;
  std::vector<External> exports_;  // parallel to the module's
};

class CallAdapters;

/// Limits an embedder sets for everything a store creates.
struct StoreLimits {
  uint64_t max_memory_bytes = UINT64_MAX;  ///< per linear memory (--max-memory)
  size_t guest_stack_bytes = 8u << 20;     ///< control stack of each guest thread
};

/// Owner of all run-time objects of one cage.
class Store {
 public:
  explicit Store(StoreLimits limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const StoreLimits& limits() const { return limits_; }

  /// The thread that start functions and invoke() run on; created with the store.
  ThreadContext& main_thread() { return *threads_.front(); }

  Instance& instance(uint32_t index) const { return *instances_[index]; }
  size_t instance_count() const { return instances_.size(); }

  /// Links and instantiates a module (spec 4.5.4): resolves every import through `resolve` (null = unknown
  /// import), allocates, initialises tables and memories, and runs the start function. On a trap the error is
  /// `uninstantiable` with the trap's wording, main_thread().trap tells more, and effects so far remain: the
  /// instance lives on in the store, since functions of it may be in shared tables.
  using Resolver = std::function<const External*(const Import& import)>;
  Result<Instance*> instantiate(std::shared_ptr<CompiledModule> module, const Resolver& resolve);

  /// Makes indirect calls lenient (vm/runtime/call_mismatch.h); null, as at the start: they trap.
  void set_call_adapters(std::unique_ptr<CallAdapters> adapters);
  CallAdapters* call_adapters() const { return call_adapters_.get(); }

  // Host objects, to be put in Externals.
  /// Function identity is per call: importing the same External twice gives equal references.
  const Function* add_host_function(const HostFunction& function);
  /// Fails with ErrorKind::unsupported if `min` is more than an engine table can hold.
  Result<Table*> add_table(const TableType& type);
  /// Fails if the pages cannot be reserved or are more than StoreLimits allow.
  Result<std::shared_ptr<LinearMemory>> add_memory(const MemoryType& type);
  const Tag* add_tag(TypeId type);
  /// A global owned by the store itself (instance index 0 is the host's own pseudo-instance).
  GlobalRef add_global(const Value& initial, bool is_mutable);

  /// `handle` must be a non-null funcref of this store.
  const Function& function(uint64_t handle) const { return functions_[handle - 1]; }
  /// The table entry that denotes a reference of any type.
  TableEntry entry_for(uint64_t ref, ValType element_type) const;

  /// New exception object; returns its handle. May collect unreachable ones first (conservative marking of
  /// guest stacks from ThreadContext::live_low up, globals and tables), unless the store has several threads:
  /// that takes stopping them.
  uint64_t allocate_exception(const Tag& tag, std::span<const uint64_t> payload);
  const Exception& exception(uint64_t handle) const { return exceptions_.get(handle); }
  size_t live_exceptions() const { return exceptions_.live_count(); }

  /// As the main thread sees it.
  Value read_global(const GlobalRef& global);
  void write_global(const GlobalRef& global, const Value& value);

 private:
  friend class Instantiation;
  Function& add_function(FunctionCode& code, uint32_t instance_index);
  void collect_exceptions(std::span<const uint64_t> payload);

  StoreLimits limits_;
  std::deque<Function> functions_;  // deques: records never move
  std::deque<FunctionCode> host_codes_;
  std::deque<Table> tables_;
  std::deque<Tag> tags_;
  ExceptionHeap exceptions_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<ThreadContext>> threads_;
  std::unique_ptr<CallAdapters> call_adapters_;
};

}  // namespace lindvm
