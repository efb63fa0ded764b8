#include "vm/runtime/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "vm/interp/interpreter.h"
#include "vm/runtime/call_mismatch.h"
#include "vm/runtime/tier.h"
#include "vm/types/canonical.h"

namespace lindvm {

Store::Store(StoreLimits limits) : limits_(limits) {
  instances_.emplace_back(new Instance(*this, nullptr, 0));
  threads_.push_back(std::make_unique<ThreadContext>(*this));
}

Store::~Store() = default;

void Store::set_call_adapters(std::unique_ptr<CallAdapters> adapters) {
  call_adapters_ = std::move(adapters);
}

Function& Store::add_function(FunctionCode& code, uint32_t instance_index) {
  functions_.push_back({&code, code.type, instance_index, functions_.size() + 1});
  return functions_.back();
}

const Function* Store::add_host_function(const HostFunction& function) {
  FunctionCode& code = host_codes_.emplace_back();
  code.entry.store(host_entry(), std::memory_order_relaxed);
  code.type = canonicalize(function.type);
  code.param_slots = slot_count(function.type.params);
  code.result_slots = slot_count(function.type.results);
  code.host = &function;
  if (compiling_tier()) code.machine_entry = compiling_tier()->host_entry(code);
  return &add_function(code, 0);
}

Result<Table*> Store::add_table(const TableType& type) {
  uint64_t maximum = std::min(type.limits.max.value_or(Table::k_max_entries), Table::k_max_entries);
  if (type.limits.min > maximum) {
    return Error{ErrorKind::unsupported,
                 fmt::format("table of {} elements: the limit is {}", type.limits.min, Table::k_max_entries)};
  }
  Table& table = tables_.emplace_back();
  std::optional<Reservation> storage =
      Reservation::reserve(std::max<uint64_t>(maximum, 1) * sizeof(TableEntry));
  if (storage) table.storage = std::move(*storage);
  table.entries = reinterpret_cast<TableEntry*>(table.storage.base());
  table.maximum = maximum;
  table.declared_maximum = type.limits.max;
  table.is64 = type.is64;
  table.element_type = type.element;
  if (!table.storage || table.grow(type.limits.min, {}) != 0) {
    tables_.pop_back();
    return Error{ErrorKind::unsupported, fmt::format("table of {} elements: out of memory", type.limits.min)};
  }
  return &table;
}

Result<std::shared_ptr<LinearMemory>> Store::add_memory(const MemoryType& type) {
  LinearMemoryShape shape{type.limits.min, type.limits.max, type.page_size_log2, type.is64, type.is_shared};
  std::error_code error;
  std::shared_ptr<LinearMemory> memory = LinearMemory::create(shape, limits_.max_memory_bytes, error);
  if (memory) return memory;
  return Error{ErrorKind::unsupported,
               fmt::format("memory of {} pages: {}", type.limits.min, error.message())};
}

const Tag* Store::add_tag(TypeId type) {
  tags_.push_back({type, slot_count(func_type(type).params)});
  return &tags_.back();
}

GlobalRef Store::add_global(const Value& initial, bool is_mutable) {
  Instance& host = *instances_.front();
  GlobalRef global{0, static_cast<uint32_t>(host.globals_.size()), initial.type, is_mutable};
  host.globals_.push_back(global);
  GlobalCell& cell = host.initial_globals_.emplace_back();
  cell.v128 = initial.bits;
  for (const auto& thread : threads_) thread->extend_instance(host);
  return global;
}

TableEntry Store::entry_for(uint64_t ref, ValType element_type) const {
  if (ref == 0) return {};
  if (top_of(element_type.heap()) != HeapKind::func) return {{}, 0, nullptr, ref};
  const Function& target = function(ref);
  return {target.type, target.instance_index, target.code, ref};
}

Value Store::read_global(const GlobalRef& global) {
  GlobalCell& cell = main_thread().instance_context(global.instance_index).own_globals()[global.own_index];
  return {global.type, cell.v128};
}

void Store::write_global(const GlobalRef& global, const Value& value) {
  assert(value.type == global.type);
  main_thread().instance_context(global.instance_index).own_globals()[global.own_index].v128 = value.bits;
}

uint64_t Store::allocate_exception(const Tag& tag, std::span<const uint64_t> payload) {
  if (exceptions_.is_full() && threads_.size() == 1) collect_exceptions(payload);
  return exceptions_.allocate(tag, payload);
}

void Store::collect_exceptions(std::span<const uint64_t> payload) {
  exceptions_.mark(payload);
  for (const auto& thread : threads_) {
    const uint64_t* low = thread->live_low ? thread->live_low : thread->stack.limit();
    exceptions_.mark({low, thread->stack.top()});
    exceptions_.mark(thread->pending_exception);
    for (size_t i = 0; i < thread->block_count(); ++i) {
      const GlobalCell* cells = thread->blocks()[i]->own_globals();
      size_t words = instances_[i]->own_global_count() * sizeof(GlobalCell) / sizeof(uint64_t);
      exceptions_.mark({reinterpret_cast<const uint64_t*>(cells), words});
    }
  }
  for (const Table& table : tables_) {
    if (top_of(table.element_type.heap()) != HeapKind::exn) continue;
    for (uint64_t i = 0; i < table.size; ++i) exceptions_.mark(table.entries[i].ref);
  }
  for (const auto& instance : instances_) {
    for (const auto& segment : instance->element_segments_) exceptions_.mark(segment);
  }
  exceptions_.sweep();
}

}  // namespace lindvm
