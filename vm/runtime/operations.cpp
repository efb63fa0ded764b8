#include "vm/runtime/operations.h"

#include <algorithm>

#include "memory/guarded_bytes.h"
#include "memory/linear_memory.h"
#include "memory/os/guarded_call.h"
#include "vm/runtime/store.h"
#include "vm/types/canonical.h"

namespace lindvm::ops {
namespace {

bool in_range(uint64_t start, uint64_t count, uint64_t size) {
  return count <= size && start <= size - count;
}

/// Of a bulk operation that met an inaccessible page, or not.
Trap memory_result(InstanceContext& ctx, bool done) {
  if (done) return Trap::None;
  GuardedFault fault = last_guarded_fault();
  ctx.thread->host_fault = fault.address;
  return trap_of_fault(fault.signal);
}

TableEntry entry_for(InstanceContext& ctx, const Table& table, uint64_t ref) {
  return ctx.thread->store().entry_for(ref, table.element_type);
}

/// Host address of an aligned atomic cell of a memory.
template <class T>
Trap atomic_address(LinearMemory& memory, uint64_t index, uint64_t offset, T*& address) {
  uint64_t effective;
  bool overflows = __builtin_add_overflow(index, offset, &effective);
  if (overflows || !in_range(effective, sizeof(T), memory.size_bytes())) return Trap::OutOfBoundsMemoryAccess;
  if (effective % sizeof(T) != 0) return Trap::UnalignedAtomic;
  address = reinterpret_cast<T*>(memory.base() + effective);
  return Trap::None;
}

template <class T>
Trap memory_wait(InstanceContext& ctx, uint32_t memory_index, uint64_t index, uint64_t offset, T expected,
                 int64_t timeout_ns, uint32_t& result) {
  LinearMemory& memory = *ctx.memories[memory_index];
  T* address = nullptr;
  if (Trap trap = atomic_address(memory, index, offset, address); trap != Trap::None) return trap;
  if (!memory.is_shared()) return Trap::ExpectedSharedMemory;
  ThreadContext& thread = *ctx.thread;
  WaitOutcome outcome =
      wait_on_address(address, expected, timeout_ns, {thread.parker, thread.interrupts(), k_interrupt_stop});
  if (outcome == WaitOutcome::interrupted) return Trap::Interrupted;
  if (outcome == WaitOutcome::fault) return memory_result(ctx, false);
  result = static_cast<uint32_t>(outcome);
  return Trap::None;
}

}  // namespace

bool is_callable_as(ThreadContext& thread, TypeId found, TypeId expected) {
  if (is_subtype(found, expected)) return true;
  thread.trap.detail =
      "expected " + to_string(func_type(expected)) + ", found " + to_string(func_type(found));
  return false;
}

Trap table_get(InstanceContext& ctx, uint32_t table_index, uint64_t index, uint64_t& ref) {
  const Table& table = *ctx.tables[table_index];
  if (index >= table.size) return Trap::OutOfBoundsTableAccess;
  ref = table.entries[index].ref;
  return Trap::None;
}

Trap table_set(InstanceContext& ctx, uint32_t table_index, uint64_t index, uint64_t ref) {
  Table& table = *ctx.tables[table_index];
  if (index >= table.size) return Trap::OutOfBoundsTableAccess;
  table.entries[index] = entry_for(ctx, table, ref);
  return Trap::None;
}

uint64_t table_size(InstanceContext& ctx, uint32_t table) { return ctx.tables[table]->size; }

uint64_t table_grow(InstanceContext& ctx, uint32_t table_index, uint64_t ref, uint64_t delta) {
  Table& table = *ctx.tables[table_index];
  return table.grow(delta, entry_for(ctx, table, ref));
}

Trap table_fill(InstanceContext& ctx, uint32_t table_index, uint64_t start, uint64_t ref, uint64_t count) {
  Table& table = *ctx.tables[table_index];
  if (!in_range(start, count, table.size)) return Trap::OutOfBoundsTableAccess;
  std::fill_n(table.entries + start, count, entry_for(ctx, table, ref));
  return Trap::None;
}

Trap table_copy(InstanceContext& ctx, uint32_t to_table, uint32_t from_table, uint64_t to, uint64_t from,
                uint64_t count) {
  Table& target = *ctx.tables[to_table];
  const Table& source = *ctx.tables[from_table];
  if (!in_range(from, count, source.size) || !in_range(to, count, target.size)) {
    return Trap::OutOfBoundsTableAccess;
  }
  const TableEntry* first = source.entries + from;
  if (target.entries + to <= first) {
    std::copy_n(first, count, target.entries + to);
  } else {
    std::copy_backward(first, first + count, target.entries + to + count);
  }
  return Trap::None;
}

Trap table_init(InstanceContext& ctx, uint32_t segment, uint32_t table_index, uint64_t to, uint64_t from,
                uint64_t count) {
  Table& table = *ctx.tables[table_index];
  std::span<const uint64_t> refs = ctx.instance->element_segment(segment);
  if (!in_range(from, count, refs.size()) || !in_range(to, count, table.size)) {
    return Trap::OutOfBoundsTableAccess;
  }
  for (uint64_t i = 0; i < count; ++i) table.entries[to + i] = entry_for(ctx, table, refs[from + i]);
  return Trap::None;
}

void elem_drop(InstanceContext& ctx, uint32_t segment) { ctx.instance->drop_element_segment(segment); }

uint64_t memory_size(InstanceContext& ctx, uint32_t memory) { return ctx.memories[memory]->size_pages(); }

uint64_t memory_grow(InstanceContext& ctx, uint32_t memory, uint64_t delta_pages) {
  return ctx.memories[memory]->grow(delta_pages);
}

Trap memory_fill(InstanceContext& ctx, uint32_t memory_index, uint64_t start, uint8_t value, uint64_t count) {
  LinearMemory& memory = *ctx.memories[memory_index];
  if (!in_range(start, count, memory.size_bytes())) return Trap::OutOfBoundsMemoryAccess;
  return memory_result(ctx, guarded_fill(memory.base() + start, value, count));
}

Trap memory_copy(InstanceContext& ctx, uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from,
                 uint64_t count) {
  LinearMemory& target = *ctx.memories[to_memory];
  LinearMemory& source = *ctx.memories[from_memory];
  if (!in_range(from, count, source.size_bytes()) || !in_range(to, count, target.size_bytes())) {
    return Trap::OutOfBoundsMemoryAccess;
  }
  return memory_result(ctx, guarded_move(target.base() + to, source.base() + from, count));
}

Trap memory_init(InstanceContext& ctx, uint32_t segment, uint32_t memory_index, uint64_t to, uint64_t from,
                 uint64_t count) {
  LinearMemory& memory = *ctx.memories[memory_index];
  std::span<const uint8_t> bytes = ctx.instance->data_segment(segment);
  if (!in_range(from, count, bytes.size()) || !in_range(to, count, memory.size_bytes())) {
    return Trap::OutOfBoundsMemoryAccess;
  }
  return memory_result(ctx, guarded_write(memory.base() + to, bytes.data() + from, count));
}

void data_drop(InstanceContext& ctx, uint32_t segment) { ctx.instance->drop_data_segment(segment); }

Trap memory_wait32(InstanceContext& ctx, uint32_t memory, uint64_t index, uint64_t offset, uint32_t expected,
                   int64_t timeout_ns, uint32_t& result) {
  return memory_wait<uint32_t>(ctx, memory, index, offset, expected, timeout_ns, result);
}

Trap memory_wait64(InstanceContext& ctx, uint32_t memory, uint64_t index, uint64_t offset, uint64_t expected,
                   int64_t timeout_ns, uint32_t& result) {
  return memory_wait<uint64_t>(ctx, memory, index, offset, expected, timeout_ns, result);
}

Trap memory_notify(InstanceContext& ctx, uint32_t memory_index, uint64_t index, uint64_t offset,
                   uint32_t count, uint32_t& woken) {
  LinearMemory& memory = *ctx.memories[memory_index];
  uint32_t* address = nullptr;
  if (Trap trap = atomic_address(memory, index, offset, address); trap != Trap::None) return trap;
  woken = memory.is_shared() ? notify_address(address, count) : 0;
  return Trap::None;
}

}  // namespace lindvm::ops
