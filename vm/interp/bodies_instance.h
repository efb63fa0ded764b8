#pragma once
// Handler bodies: instructions on tables, memories and segments, by way of vm/runtime/operations.h. Operands
// are in slots; x is the result or the first operand as noted; an operand unit holds the two indices (x:
// first, y: second immediate) where there are two.

#include "vm/interp/bodies_memory.h"

namespace lindvm::interp {

/// Goes on behind `units` operand units, or traps.
LINDVM_BODY void finish_operation(Registers& r, Trap outcome, int units) {
  if (outcome != Trap::None) [[unlikely]]
    return trap(r, outcome);
  r.ip += 1 + units;
}
/// Index immediate of one-index instructions.
LINDVM_BODY uint32_t index_of(const Registers& r) { return static_cast<uint32_t>(r.ip->imm); }
/// Index immediates of two-index instructions: the operand unit's first word.
LINDVM_BODY uint32_t first_index(const Registers& r) { return static_cast<uint32_t>(r.ip[1].data()); }
LINDVM_BODY uint32_t second_index(const Registers& r) { return static_cast<uint32_t>(r.ip[1].data() >> 32); }

// x: result, y: index
LINDVM_BODY void table_get(Registers& r) {
  uint64_t ref = 0;
  Trap outcome = ops::table_get(*r.ctx, index_of(r), r.fp[r.ip->y], ref);
  if (outcome == Trap::None) put_slot(r, r.ip->x, ref);
  finish_operation(r, outcome, 0);
}
// x: index, y: reference
LINDVM_BODY void table_set(Registers& r) {
  finish_operation(r, ops::table_set(*r.ctx, index_of(r), r.fp[r.ip->x], r.fp[r.ip->y]), 0);
}
LINDVM_BODY void table_size(Registers& r) {
  put_slot(r, r.ip->x, ops::table_size(*r.ctx, index_of(r)));
  ++r.ip;
}
/// -1 in the width of the address type (w).
LINDVM_BODY uint64_t grow_result(uint64_t result, bool is64) {
  return result == ops::k_grow_failed && !is64 ? uint64_t{0xffffffff} : result;
}
// Three operands in slots y, y - 1, y - 2, or two; x: result. The operand unit: index, is64.
LINDVM_BODY void table_grow(Registers& r) {
  const uint64_t* in = r.fp + r.ip->y;
  uint64_t result = ops::table_grow(*r.ctx, first_index(r), in[0], in[-1]);
  put_slot(r, r.ip->x, grow_result(result, second_index(r)));
  r.ip += 2;
}
LINDVM_BODY void table_fill(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::table_fill(*r.ctx, first_index(r), in[0], in[-1], in[-2]), 1);
}
LINDVM_BODY void table_copy(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::table_copy(*r.ctx, first_index(r), second_index(r), in[0], in[-1], in[-2]), 1);
}
LINDVM_BODY void table_init(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::table_init(*r.ctx, first_index(r), second_index(r), in[0], in[-1], in[-2]), 1);
}
LINDVM_BODY void elem_drop(Registers& r) {
  ops::elem_drop(*r.ctx, index_of(r));
  ++r.ip;
}
LINDVM_BODY void memory_size(Registers& r) {
  put_slot(r, r.ip->x, ops::memory_size(*r.ctx, index_of(r)));
  ++r.ip;
}
// x: result, y: delta; the operand unit: index, is64.
LINDVM_BODY void memory_grow(Registers& r) {
  uint64_t result = ops::memory_grow(*r.ctx, first_index(r), r.fp[r.ip->y]);
  put_slot(r, r.ip->x, grow_result(result, second_index(r)));
  r.ip += 2;
}
LINDVM_BODY void memory_fill(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::memory_fill(*r.ctx, first_index(r), in[0], static_cast<uint8_t>(in[-1]), in[-2]),
                   1);
}
LINDVM_BODY void memory_copy(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::memory_copy(*r.ctx, first_index(r), second_index(r), in[0], in[-1], in[-2]), 1);
}
LINDVM_BODY void memory_init(Registers& r) {
  const uint64_t* in = r.fp + r.ip->x;
  finish_operation(r, ops::memory_init(*r.ctx, first_index(r), second_index(r), in[0], in[-1], in[-2]), 1);
}
LINDVM_BODY void data_drop(Registers& r) {
  ops::data_drop(*r.ctx, index_of(r));
  ++r.ip;
}
LINDVM_BODY void atomic_fence(Registers& r) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  ++r.ip;
}

/// i31 references carry their value: bit 63 set, the 31 bits below.
inline constexpr uint64_t k_i31_tag = uint64_t{1} << 63;
LINDVM_BODY void ref_i31(Registers& r) {
  put_slot<uint64_t>(r, r.ip->x, k_i31_tag | (r.fp[r.ip->y] & 0x7fffffff));
  ++r.ip;
}
template <class T>
LINDVM_BODY void i31_get(Registers& r) {
  uint64_t ref = r.fp[r.ip->y];
  if (ref == 0) [[unlikely]]
    return trap(r, Trap::NullI31Reference);
  put_slot<uint32_t>(r, r.ip->x, static_cast<uint32_t>(static_cast<T>(static_cast<uint32_t>(ref) << 1) >> 1));
  ++r.ip;
}

namespace access {

/// memory.atomic.notify: y: address, z: count.
struct atomic_notify {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    uint32_t woken = 0;
    Trap outcome = ops::memory_notify(*r.ctx, static_cast<uint32_t>(r.ip[1].imm), r.fp[r.ip->y],
                                      r.ip[1].data(), read_slot<uint32_t>(r, r.ip->z), woken);
    if (outcome == Trap::None) put_slot(r, r.ip->x, woken);
    finish_operation(r, outcome, 1);
  }
};
/// memory.atomic.wait32/64: y: address, z: expected value, w: timeout in ns.
template <class T>
struct atomic_wait {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    uint32_t memory = static_cast<uint32_t>(r.ip[1].imm), result = 0;
    uint64_t address = r.fp[r.ip->y], offset = r.ip[1].data();
    int64_t timeout = read_slot<int64_t>(r, r.ip->w);
    Trap outcome;
    if constexpr (sizeof(T) == 4) {
      outcome =
          ops::memory_wait32(*r.ctx, memory, address, offset, read_slot<T>(r, r.ip->z), timeout, result);
    } else {
      outcome =
          ops::memory_wait64(*r.ctx, memory, address, offset, read_slot<T>(r, r.ip->z), timeout, result);
    }
    if (outcome == Trap::None) put_slot(r, r.ip->x, result);
    finish_operation(r, outcome, 1);
  }
};

}  // namespace access

}  // namespace lindvm::interp
