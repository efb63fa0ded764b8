#pragma once
// The table and memory instructions that are more than a load or store (spec 4.6), as plain
// functions on the context of the instance that executes them. The interpreter's slow paths, instantiation
// and later the JIT's call the same ones. Indices and counts are zero-extended for 32-bit tables and
// memories. Guest thread's own host thread; tables and memories may be shared with others.

#include <cstdint>

#include "vm/base/trap.h"
#include "vm/runtime/context.h"
#include "vm/runtime/table.h"

namespace lindvm::ops {

/// May a function of type `found` be called where `expected` is? If not, TrapState::detail names both.
bool is_callable_as(ThreadContext& thread, TypeId found, TypeId expected);

/// What table.grow and memory.grow give when they fail; truncate for 32-bit ones.
inline constexpr uint64_t k_grow_failed = ~uint64_t{0};

// Tables. Traps: out of bounds table access.
[[nodiscard]] Trap table_get(InstanceContext& ctx, uint32_t table, uint64_t index, uint64_t& ref);
[[nodiscard]] Trap table_set(InstanceContext& ctx, uint32_t table, uint64_t index, uint64_t ref);
uint64_t table_size(InstanceContext& ctx, uint32_t table);
/// Old size or k_grow_failed.
uint64_t table_grow(InstanceContext& ctx, uint32_t table, uint64_t ref, uint64_t delta);
[[nodiscard]] Trap table_fill(InstanceContext& ctx, uint32_t table, uint64_t start, uint64_t ref,
                              uint64_t count);
[[nodiscard]] Trap table_copy(InstanceContext& ctx, uint32_t to_table, uint32_t from_table, uint64_t to,
                              uint64_t from, uint64_t count);
[[nodiscard]] Trap table_init(InstanceContext& ctx, uint32_t segment, uint32_t table, uint64_t to,
                              uint64_t from, uint64_t count);
void elem_drop(InstanceContext& ctx, uint32_t segment);

// Memories. Traps: out of bounds memory access (also for pages that are not mapped).
/// In pages.
uint64_t memory_size(InstanceContext& ctx, uint32_t memory);
/// Old size in pages or k_grow_failed.
uint64_t memory_grow(InstanceContext& ctx, uint32_t memory, uint64_t delta_pages);
[[nodiscard]] Trap memory_fill(InstanceContext& ctx, uint32_t memory, uint64_t start, uint8_t value,
                               uint64_t count);
[[nodiscard]] Trap memory_copy(InstanceContext& ctx, uint32_t to_memory, uint32_t from_memory, uint64_t to,
                               uint64_t from, uint64_t count);
[[nodiscard]] Trap memory_init(InstanceContext& ctx, uint32_t segment, uint32_t memory, uint64_t to,
                               uint64_t from, uint64_t count);
void data_drop(InstanceContext& ctx, uint32_t segment);

// Threads (spec threads proposal). `index` + `offset` is the address. Traps: unaligned atomic, out of bounds
// memory access, expected shared memory; interrupted, if the thread is to stop.
/// Results: 0 woken, 1 not equal, 2 timed out.
[[nodiscard]] Trap memory_wait32(InstanceContext& ctx, uint32_t memory, uint64_t index, uint64_t offset,
                                 uint32_t expected, int64_t timeout_ns, uint32_t& result);
[[nodiscard]] Trap memory_wait64(InstanceContext& ctx, uint32_t memory, uint64_t index, uint64_t offset,
                                 uint64_t expected, int64_t timeout_ns, uint32_t& result);
[[nodiscard]] Trap memory_notify(InstanceContext& ctx, uint32_t memory, uint64_t index, uint64_t offset,
                                 uint32_t count, uint32_t& woken);

}  // namespace lindvm::ops
