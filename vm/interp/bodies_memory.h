#pragma once
// Handler bodies: linear memory. Hot forms address memory 0 through its guard pages without a check. Every
// memory opcode also has a *guarded* and a *checked* slot form with an operand unit (offset, memory index):
// guarded for memory 0 with guard pages, checked for 64-bit, multi- and byte-paged memories.

#include <atomic>

#include "memory/linear_memory.h"
#include "vm/interp/bodies_numeric.h"
#include "vm/runtime/operations.h"

namespace lindvm::interp {

template <class M, class V, IntKind D, IntKind K>
LINDVM_BODY void load_int(Registers& r) {
  uint64_t address = int_operand<uint64_t, K>(r, r.ip->y) + r.ip->offset;
  put_int<uint64_t, D>(r, r.ip->x, guarded_load_word<M, V>(r.mem, address, r.ip, r.fp));
  ++r.ip;
}
template <class M, IntKind K, IntKind L>
LINDVM_BODY void store_int(Registers& r) {
  uint64_t address = int_operand<uint64_t, K>(r, r.ip->x) + r.ip->offset;
  M value;
  if constexpr (L == I) {
    value = static_cast<M>(static_cast<int64_t>(r.ip->y));
  } else {
    value = static_cast<M>(int_operand<uint64_t, L>(r, r.ip->y));
  }
  guarded_store<M>(r.mem, address, value, r.ip, r.fp);
  ++r.ip;
}
template <class T, FloatKind D, IntKind K>
LINDVM_BODY void load_float(Registers& r) {
  uint64_t address = int_operand<uint64_t, K>(r, r.ip->y) + r.ip->offset;
  put_float<T, D>(r, r.ip->x, guarded_load<T>(r.mem, address, r.ip, r.fp));
  ++r.ip;
}
template <class T, IntKind K, FloatKind L>
LINDVM_BODY void store_float(Registers& r) {
  uint64_t address = int_operand<uint64_t, K>(r, r.ip->x) + r.ip->offset;
  guarded_store<T>(r.mem, address, float_operand<T, L>(r, r.ip->y), r.ip, r.fp);
  ++r.ip;
}

/// How an address is made from one operand: with the 16-bit constant in z and the offset in w, or (AddWide)
/// with imm.
enum class Indexing { AddI, Shl, AddWide };
template <Indexing How, IntKind K>
LINDVM_BODY uint64_t indexed_address(const Registers& r) {
  uint32_t index = int_operand<uint32_t, K>(r, r.ip->y);
  if constexpr (How == Indexing::AddWide) return index + r.ip->offset;
  if constexpr (How == Indexing::AddI) {
    index += static_cast<uint32_t>(r.ip->z);
  } else {
    index <<= r.ip->z;
  }
  return uint64_t{index} + static_cast<uint16_t>(r.ip->w);
}
template <IntKind K, IntKind L>
LINDVM_BODY uint64_t sum_address(const Registers& r) {
  uint32_t index = int_operand<uint32_t, K>(r, r.ip->y) + int_operand<uint32_t, L>(r, r.ip->z);
  return uint64_t{index} + static_cast<uint16_t>(r.ip->w);
}
template <class M, class V, Indexing How, IntKind D, IntKind K>
LINDVM_BODY void load_int_indexed(Registers& r) {
  put_int<uint64_t, D>(r, r.ip->x, guarded_load_word<M, V>(r.mem, indexed_address<How, K>(r), r.ip, r.fp));
  ++r.ip;
}
template <class M, class V, IntKind D, IntKind K, IntKind L>
LINDVM_BODY void load_int_add(Registers& r) {
  put_int<uint64_t, D>(r, r.ip->x, guarded_load_word<M, V>(r.mem, sum_address<K, L>(r), r.ip, r.fp));
  ++r.ip;
}
template <class T, Indexing How, FloatKind D, IntKind K>
LINDVM_BODY void load_float_indexed(Registers& r) {
  put_float<T, D>(r, r.ip->x, guarded_load<T>(r.mem, indexed_address<How, K>(r), r.ip, r.fp));
  ++r.ip;
}
template <class T, FloatKind D, IntKind K, IntKind L>
LINDVM_BODY void load_float_add(Registers& r) {
  put_float<T, D>(r, r.ip->x, guarded_load<T>(r.mem, sum_address<K, L>(r), r.ip, r.fp));
  ++r.ip;
}
/// x: destination, y: left operand, z: address of the right one, w: offset.
template <class Op, class T, FloatKind D, FloatKind K, IntKind L>
LINDVM_BODY void float_load_op(Registers& r) {
  uint64_t address = int_operand<uint64_t, L>(r, r.ip->z) + static_cast<uint16_t>(r.ip->w);
  T left = float_operand<T, K>(r, r.ip->y), right = guarded_load<T>(r.mem, address, r.ip, r.fp);
  put_float<T, D>(r, r.ip->x, Op::call(left, right));
  ++r.ip;
}

// --- slot forms ----------------------------------------------------------------------------------------

/// Where an access goes: base and index for the guarded accessors.
struct Place {
  std::byte* base;
  uint64_t index;
};

enum class Checking { guarded, checked };

/// Address of an access of `width` bytes whose address operand is in slot `slot`; false if it trapped.
template <Checking C>
LINDVM_BODY bool locate(Registers& r, int slot, uint32_t width, Place& place) {
  uint64_t address = r.fp[slot], offset = r.ip[1].data();
  if constexpr (C == Checking::guarded) {
    place = {r.mem, address + offset};
    return true;
  } else {
    LinearMemory& memory = *r.ctx->memories[r.ip[1].imm];
    uint64_t begin, end;
    if (__builtin_add_overflow(address, offset, &begin) || __builtin_add_overflow(begin, width, &end) ||
        end > memory.size_bytes()) [[unlikely]] {
      trap(r, Trap::OutOfBoundsMemoryAccess);
      return false;
    }
    place = {memory.base(), begin};
    return true;
  }
}

/// What memory opcodes do, named as in the opcode table's meaning column.
namespace access {

template <class M, class V>
struct load {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->y, sizeof(M), place)) return;
    if constexpr (std::is_integral_v<V>) {
      put_slot(r, r.ip->x, guarded_load_word<M, V>(place.base, place.index, r.ip, r.fp));
    } else {
      put_slot<V>(r, r.ip->x, guarded_load<M>(place.base, place.index, r.ip, r.fp));
    }
    r.ip += 2;
  }
};
template <class V, class M>
struct store {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->x, sizeof(M), place)) return;
    guarded_store<M>(place.base, place.index, static_cast<M>(read_slot<V>(r, r.ip->y)), r.ip, r.fp);
    r.ip += 2;
  }
};
/// A load whose bytes make up a vector in the way of Make.
template <class T, V128 (*Make)(const void*)>
struct vector_load {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->y, sizeof(T), place)) return;
    T bytes = guarded_load<T>(place.base, place.index, r.ip, r.fp);
    put_slot(r, r.ip->x, Make(&bytes));
    r.ip += 2;
  }
};
template <class T>
struct load_splat : vector_load<T, sem::load_splat<T>> {};
template <class T>
struct load_zero : vector_load<T, sem::load_zero<T>> {};
template <class From, class To>
struct load_extend : vector_load<uint64_t, sem::load_extend<From, To>> {};

/// Lane number in w, vector in z (load) or y (store).
template <class T>
struct load_lane {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->y, sizeof(T), place)) return;
    T value = guarded_load<T>(place.base, place.index, r.ip, r.fp);
    put_slot(r, r.ip->x,
             sem::load_lane<T>(&value, read_slot<V128>(r, r.ip->z), static_cast<unsigned>(r.ip->w)));
    r.ip += 2;
  }
};
template <class T>
struct store_lane {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->x, sizeof(T), place)) return;
    T value;
    sem::store_lane<T>(&value, read_slot<V128>(r, r.ip->y), static_cast<unsigned>(r.ip->w));
    guarded_store<T>(place.base, place.index, value, r.ip, r.fp);
    r.ip += 2;
  }
};

/// Where an atomic access goes; false if it trapped. Its faults tell inaccessible pages, as those of others.
template <Checking C, class M>
LINDVM_BODY bool locate_atomic(Registers& r, int slot, Place& place) {
  uint64_t address = r.fp[slot] + r.ip[1].data();
  if (address % sizeof(M) != 0) [[unlikely]]
    return trap(r, Trap::UnalignedAtomic), false;
  return locate<C>(r, slot, sizeof(M), place);
}
/// Puts change(old) in the place of old in one step; answers old. The operation of the opcode table's meaning
/// column is done on a copy.
template <class M, class Change>
LINDVM_BODY M update_atomic(const Registers& r, const Place& place, Change&& change) {
  M old = guarded_load<M>(place.base, place.index, r.ip, r.fp);
  for (;;) {
    M changed = old;
    change(changed);
    M found = guarded_compare_exchange<M>(place.base, place.index, old, changed, r.ip, r.fp);
    if (found == old) return old;
    old = found;
  }
}
template <class M, class V>
struct atomic_load {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate_atomic<C, M>(r, r.ip->y, place)) return;
    M value = guarded_load<M>(place.base, place.index, r.ip, r.fp);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    put_slot<V>(r, r.ip->x, sem::atomic_load<M, V>(&value));
    r.ip += 2;
  }
};
template <class V, class M>
struct atomic_store {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate_atomic<C, M>(r, r.ip->x, place)) return;
    V value = read_slot<V>(r, r.ip->y);
    update_atomic<M>(r, place, [&](M& cell) { sem::atomic_store<V, M>(&cell, value); });
    r.ip += 2;
  }
};
template <class M, class V, V (*Modify)(void*, V)>
struct atomic_rmw {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate_atomic<C, M>(r, r.ip->y, place)) return;
    V value = read_slot<V>(r, r.ip->z);
    put_slot<V>(r, r.ip->x, update_atomic<M>(r, place, [&](M& cell) { Modify(&cell, value); }));
    r.ip += 2;
  }
};
template <class M, class V>
struct atomic_add : atomic_rmw<M, V, sem::atomic_add<M, V>> {};
template <class M, class V>
struct atomic_sub : atomic_rmw<M, V, sem::atomic_sub<M, V>> {};
template <class M, class V>
struct atomic_and : atomic_rmw<M, V, sem::atomic_and<M, V>> {};
template <class M, class V>
struct atomic_or : atomic_rmw<M, V, sem::atomic_or<M, V>> {};
template <class M, class V>
struct atomic_xor : atomic_rmw<M, V, sem::atomic_xor<M, V>> {};
template <class M, class V>
struct atomic_xchg : atomic_rmw<M, V, sem::atomic_xchg<M, V>> {};
template <class M, class V>
struct atomic_cmpxchg {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate_atomic<C, M>(r, r.ip->y, place)) return;
    V expected = read_slot<V>(r, r.ip->z), replacement = read_slot<V>(r, r.ip->w);
    M old =
        update_atomic<M>(r, place, [&](M& cell) { sem::atomic_cmpxchg<M, V>(&cell, expected, replacement); });
    put_slot<V>(r, r.ip->x, old);
    r.ip += 2;
  }
};

}  // namespace access

}  // namespace lindvm::interp
