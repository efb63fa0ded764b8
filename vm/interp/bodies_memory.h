#pragma once
// Handler bodies: linear memory. Hot forms address memory 0 through its guard pages without a check. Every memory
// opcode also has a *guarded* and a *checked* slot form with an operand unit (offset, memory index): guarded for
// memory 0 with guard pages, checked for 64-bit, multi- and byte-paged memories.

#include "memory/linear_memory.h"
#include "vm/interp/bodies_numeric.h"
#include "vm/runtime/operations.h"

namespace lindvm::interp {

template <class V, class M>
LINDVM_BODY V widen(M value) {
  if constexpr (std::is_integral_v<M> && std::is_signed_v<M>) {
    return static_cast<V>(static_cast<std::make_signed_t<V>>(value));
  } else {
    return static_cast<V>(value);
  }
}

template <class M, class V, IntKind D, IntKind K>
LINDVM_BODY void load_int(Registers& r) {
  uint64_t address = int_operand<uint64_t, K>(r, r.ip->y) + r.ip->offset;
  put_int<V, D>(r, r.ip->x, widen<V>(guarded_load<M>(r.mem, address, r.ip, r.fp)));
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
    put_slot<V>(r, r.ip->x, widen<V>(guarded_load<M>(place.base, place.index, r.ip, r.fp)));
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
/// A load of a T that becomes a vector by `Widen`.
template <class T, class Widen>
struct vector_load {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->y, sizeof(T), place)) return;
    V128 value = Widen::make(guarded_load<T>(place.base, place.index, r.ip, r.fp));
    put_slot(r, r.ip->x, value);
    r.ip += 2;
  }
};
template <class T>
struct SplatLanes {
  LINDVM_BODY static V128 make(T value) {
    V128 result;
    for (unsigned i = 0; i < 16; i += sizeof(T)) __builtin_memcpy(result.bytes + i, &value, sizeof(T));
    return result;
  }
};
template <class T>
struct ZeroLanes {
  LINDVM_BODY static V128 make(T value) {
    V128 result{};
    __builtin_memcpy(result.bytes, &value, sizeof(T));
    return result;
  }
};
template <class From, class To>
struct ExtendLanes {
  LINDVM_BODY static V128 make(uint64_t packed) {
    From from[8 / sizeof(From)];
    To to[16 / sizeof(To)];
    __builtin_memcpy(from, &packed, 8);
    for (unsigned i = 0; i < 8 / sizeof(From); ++i) to[i] = from[i];
    V128 result;
    __builtin_memcpy(&result, to, 16);
    return result;
  }
};
template <class T>
struct load_splat : vector_load<T, SplatLanes<T>> {};
template <class T>
struct load_zero : vector_load<T, ZeroLanes<T>> {};
template <class From, class To>
struct load_extend : vector_load<uint64_t, ExtendLanes<From, To>> {};

/// Lane number in w, vector in z (load) or y (store).
template <class T>
struct load_lane {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->y, sizeof(T), place)) return;
    T value = guarded_load<T>(place.base, place.index, r.ip, r.fp);
    V128 vector = read_slot<V128>(r, r.ip->z);
    __builtin_memcpy(vector.bytes + static_cast<unsigned>(r.ip->w) * sizeof(T), &value, sizeof(T));
    put_slot(r, r.ip->x, vector);
    r.ip += 2;
  }
};
template <class T>
struct store_lane {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    Place place;
    if (!locate<C>(r, r.ip->x, sizeof(T), place)) return;
    V128 vector = read_slot<V128>(r, r.ip->y);
    T value;
    __builtin_memcpy(&value, vector.bytes + static_cast<unsigned>(r.ip->w) * sizeof(T), sizeof(T));
    guarded_store<T>(place.base, place.index, value, r.ip, r.fp);
    r.ip += 2;
  }
};

/// Host address of an atomic access; null if it trapped. Always checked: the read-modify-write instructions are the
/// compiler's own and cannot be fault sites, so a read of the same bytes probes the page first.
template <Checking C, class M>
LINDVM_BODY M* locate_atomic(Registers& r, int slot) {
  uint64_t address = r.fp[slot] + r.ip[1].data();
  if (address % sizeof(M) != 0) [[unlikely]]
    return trap(r, Trap::UnalignedAtomic), nullptr;
  Place place;
  if (!locate<Checking::checked>(r, slot, sizeof(M), place)) return nullptr;
  guarded_load<M>(place.base, place.index, r.ip, r.fp);
  return reinterpret_cast<M*>(place.base + place.index);
}
template <class M, class V>
struct atomic_load {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    if (M* cell = locate_atomic<C, M>(r, r.ip->y)) {
      put_slot<V>(r, r.ip->x, __atomic_load_n(cell, __ATOMIC_SEQ_CST));
      r.ip += 2;
    }
  }
};
template <class V, class M>
struct atomic_store {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    if (M* cell = locate_atomic<C, M>(r, r.ip->x)) {
      __atomic_store_n(cell, static_cast<M>(read_slot<V>(r, r.ip->y)), __ATOMIC_SEQ_CST);
      r.ip += 2;
    }
  }
};
#define LINDVM_ATOMIC_RMW(name, builtin)                                               \
  template <class M, class V>                                                          \
  struct name {                                                                        \
    template <Checking C>                                                              \
    LINDVM_BODY static void run(Registers& r) {                                        \
      if (M* cell = locate_atomic<C, M>(r, r.ip->y)) {                                 \
        M operand = static_cast<M>(read_slot<V>(r, r.ip->z));                          \
        put_slot<V>(r, r.ip->x, builtin(cell, operand, __ATOMIC_SEQ_CST));             \
        r.ip += 2;                                                                     \
      }                                                                                \
    }                                                                                  \
  }
LINDVM_ATOMIC_RMW(atomic_add, __atomic_fetch_add);
LINDVM_ATOMIC_RMW(atomic_sub, __atomic_fetch_sub);
LINDVM_ATOMIC_RMW(atomic_and, __atomic_fetch_and);
LINDVM_ATOMIC_RMW(atomic_or, __atomic_fetch_or);
LINDVM_ATOMIC_RMW(atomic_xor, __atomic_fetch_xor);
LINDVM_ATOMIC_RMW(atomic_xchg, __atomic_exchange_n);
#undef LINDVM_ATOMIC_RMW
template <class M, class V>
struct atomic_cmpxchg {
  template <Checking C>
  LINDVM_BODY static void run(Registers& r) {
    if (M* cell = locate_atomic<C, M>(r, r.ip->y)) {
      V expected_wide = read_slot<V>(r, r.ip->z);
      M expected = static_cast<M>(expected_wide), desired = static_cast<M>(read_slot<V>(r, r.ip->w));
      if (static_cast<V>(expected) == expected_wide) {
        __atomic_compare_exchange_n(cell, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
      } else {  // an expected value wider than the cell never matches
        expected = __atomic_load_n(cell, __ATOMIC_SEQ_CST);
      }
      put_slot<V>(r, r.ip->x, expected);
      r.ip += 2;
    }
  }
};

}  // namespace access

}  // namespace lindvm::interp
