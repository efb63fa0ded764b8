#include <fmt/format.h>

#include <cassert>

#include "memory/linear_memory.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/const_eval.h"
#include "vm/runtime/extern_types.h"
#include "vm/runtime/operations.h"
#include "vm/runtime/store.h"

namespace lindvm {

/// One instantiation (spec 4.5.4), step by step in the specification's order. Until add_to_store(), nothing
/// that others can see has changed but the creation of unreferenced objects.
class Instantiation {
 public:
  Instantiation(Store& store, std::shared_ptr<CompiledModule> compiled)
      : store_(store),
        module_(compiled->module()),
        owner_(new Instance(store, std::move(compiled), 0)),
        instance_(*owner_) {}

  Result<Instance*> run(const Store::Resolver& resolve) {
    TRY(link_imports(resolve));
    instance_.index_ = static_cast<uint32_t>(store_.instance_count());  // resolvers may have instantiated
    TRY(allocate_objects());
    allocate_functions();
    describe_globals();
    add_to_store();
    TRY(initialise_globals());
    collect_exports();
    TRY(initialise_tables());
    TRY(evaluate_elements());
    TRY(run_element_segments());
    TRY(run_data_segments());
    TRY(run_start());
    return &instance_;
  }

 private:
  Result<void> link_imports(const Store::Resolver& resolve) {
    for (const Import& import : module_.imports()) {
      const External* external = resolve(import);
      TRY(check_import(module_, import, external));
      link(*external);
    }
    return {};
  }

  void link(const External& external) {
    switch (external.kind) {
      case ExternKind::function:
        link_function(*external.function);
        break;
      case ExternKind::table:
        instance_.tables_.push_back(external.table);
        break;
      case ExternKind::memory:
        instance_.memories_.push_back(external.memory);
        break;
      case ExternKind::global:
        instance_.globals_.push_back(external.global);
        break;
      case ExternKind::tag:
        instance_.tags_.push_back(external.tag);
        break;
    }
  }

  void link_function(const Function& function) {
    instance_.functions_.push_back(&function);
    instance_.imports_.push_back({function.code, function.instance_index, function.type});
  }

  Result<void> allocate_objects() {
    for (size_t i = module_.imported_tables(); i < module_.tables().size(); ++i) {
      instance_.tables_.push_back(TRY(store_.add_table(module_.tables()[i].type)));
    }
    for (size_t i = module_.imported_memories(); i < module_.memories().size(); ++i) {
      instance_.memories_.push_back(TRY(store_.add_memory(module_.memories()[i])));
    }
    for (const auto& memory : instance_.memories_) instance_.memory_pointers_.push_back(memory.get());
    for (size_t i = module_.imported_tags(); i < module_.tags().size(); ++i) {
      instance_.tags_.push_back(store_.add_tag(module_.tags()[i].type));
    }
    return {};
  }

  void allocate_functions() {
    uint32_t imported = module_.imported_functions();
    for (uint32_t i = imported; i < module_.functions().size(); ++i) {
      FunctionCode& code = instance_.compiled().code(i - imported);
      instance_.functions_.push_back(&store_.add_function(code, instance_.index()));
    }
  }

  void describe_globals() {
    size_t imported = module_.imported_globals();
    size_t defined = module_.globals().size() - imported;
    instance_.initial_globals_.resize(defined, GlobalCell{});
    for (uint32_t i = 0; i < defined; ++i) {
      const GlobalType& type = module_.globals()[imported + i].type;
      instance_.globals_.push_back({instance_.index(), i, type.type, type.is_mutable});
    }
  }

  void add_to_store() {
    instance_.element_segments_.resize(module_.element_segments().size());
    instance_.dropped_data_.resize(module_.data_segments().size());
    for (Callee& callee : instance_.imports_) {  // host functions run in the context of their caller
      if (callee.code->host) callee.instance_index = instance_.index();
    }
    store_.instances_.push_back(std::move(owner_));
    for (const auto& thread : store_.threads_) thread->add_instance(instance_);
  }

  GlobalCell* const* cells() { return context().global_cells; }
  InstanceContext& context() { return store_.main_thread().instance_context(instance_.index()); }
  Result<GlobalCell> value_of(ConstExpr expr) { return evaluate(instance_, expr, cells()); }

  Result<void> initialise_globals() {
    size_t imported = module_.imported_globals();
    for (uint32_t i = 0; i < instance_.own_global_count(); ++i) {
      GlobalCell value = TRY(value_of(module_.globals()[imported + i].init));
      instance_.initial_globals_[i] = value;
      for (const auto& thread : store_.threads_) {
        thread->instance_context(instance_.index()).own_globals()[i] = value;
      }
    }
    return {};
  }

  void collect_exports() {
    for (const Export& entry : module_.exports()) {
      instance_.exports_.push_back(instance_.external(entry.kind, entry.index));
    }
  }

  Result<void> initialise_tables() {
    for (uint32_t i = module_.imported_tables(); i < module_.tables().size(); ++i) {
      const ModuleTable& declared = module_.tables()[i];
      if (!declared.init) continue;
      uint64_t ref = TRY(value_of(*declared.init)).i64;
      TRY(check(ops::table_fill(context(), i, 0, ref, instance_.table(i).size)));
    }
    return {};
  }

  Result<void> evaluate_elements() {
    for (uint32_t i = 0; i < module_.element_segments().size(); ++i) {
      const ElementSegment& segment = module_.element_segments()[i];
      std::vector<uint64_t>& refs = instance_.element_segments_[i];
      refs.reserve(segment.size());
      for (uint32_t function : module_.element_functions(segment)) {
        refs.push_back(instance_.function(function).handle);
      }
      for (ConstExpr expr : module_.element_exprs(segment)) refs.push_back(TRY(value_of(expr)).i64);
    }
    return {};
  }

  Result<void> run_element_segments() {
    for (uint32_t i = 0; i < module_.element_segments().size(); ++i) {
      const ElementSegment& segment = module_.element_segments()[i];
      if (segment.mode == SegmentMode::passive) continue;
      if (segment.mode == SegmentMode::active) {
        uint64_t offset = TRY(value_of(segment.offset)).i64;
        TRY(check(ops::table_init(context(), i, segment.table, offset, 0, segment.size())));
      }
      ops::elem_drop(context(), i);
    }
    return {};
  }

  Result<void> run_data_segments() {
    for (uint32_t i = 0; i < module_.data_segments().size(); ++i) {
      const DataSegment& segment = module_.data_segments()[i];
      if (segment.mode != SegmentMode::active) continue;
      uint64_t offset = TRY(value_of(segment.offset)).i64;
      TRY(check(ops::memory_init(context(), i, segment.memory, offset, 0, segment.bytes.size())));
      ops::data_drop(context(), i);
    }
    return {};
  }

  Result<void> run_start() {
    if (!module_.start()) return {};
    ThreadContext& thread = store_.main_thread();
    switch (invoke(thread, instance_.function(*module_.start()), {}, {})) {
      case Completion::returned:
        return {};
      case Completion::trapped:
        return uninstantiable(trap_message(thread.trap));
      case Completion::threw:
        return uninstantiable("uncaught exception");
      case Completion::exited:
        break;
    }
    return uninstantiable(fmt::format("the start function exited with status {}", thread.exit_code));
  }

  /// Traps of segment initialisation happen outside guest code: there is no frame to name.
  Result<void> check(Trap kind) {
    if (kind == Trap::None) return {};
    TrapState& trap = store_.main_thread().trap;
    trap = {};
    trap.kind = kind;
    return uninstantiable(trap_message(trap));
  }

  static Error uninstantiable(std::string message) { return {ErrorKind::uninstantiable, std::move(message)}; }

  Store& store_;
  const Module& module_;
  std::unique_ptr<Instance> owner_;
  Instance& instance_;
};

Result<Instance*> Store::instantiate(std::shared_ptr<CompiledModule> module, const Resolver& resolve) {
  return Instantiation(*this, std::move(module)).run(resolve);
}

}  // namespace lindvm
