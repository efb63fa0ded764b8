#pragma once
// Handler bodies: numeric operations. `Op` is Meaning<Op::id> (meanings.h): the one definition in
// vm/isa/semantics.h. Cold forms use slots only; hot forms are instantiated per operand kind.

#include "vm/interp/bodies_control.h"
#include "vm/interp/meanings.h"

namespace lindvm::interp {

template <class Op, class T, IntKind D, IntKind K, IntKind L>
LINDVM_BODY void int_binary(Registers& r) {
  T left = int_operand<T, K>(r, r.ip->y), right;
  if constexpr (L == I) {
    right = static_cast<T>(static_cast<int64_t>(r.ip->imm));
  } else {
    right = int_operand<T, L>(r, r.ip->z);
  }
  put_int<T, D>(r, r.ip->x, Op::call(left, right));
  ++r.ip;
}

template <class Op, class T, IntKind K, IntKind L>
LINDVM_BODY void int_compare(Registers& r) {
  T left = int_operand<T, K>(r, r.ip->y), right;
  if constexpr (L == I) {
    right = static_cast<T>(static_cast<int64_t>(r.ip->imm));
  } else {
    right = int_operand<T, L>(r, r.ip->z);
  }
  put_int<uint32_t, S>(r, r.ip->x, Op::call(left, right));
  ++r.ip;
}

template <class Op, class From, class To, IntKind D, IntKind K>
LINDVM_BODY void int_unary(Registers& r) {
  put_int<To, D>(r, r.ip->x, Op::call(int_operand<From, K>(r, r.ip->y)));
  ++r.ip;
}

template <class Op, class T, FloatKind D, FloatKind K, FloatKind L>
LINDVM_BODY void float_binary(Registers& r) {
  T left = float_operand<T, K>(r, r.ip->y), right = float_operand<T, L>(r, r.ip->z);
  put_float<T, D>(r, r.ip->x, Op::call(left, right));
  ++r.ip;
}

/// y ^ (z shifted by the constant in w)
template <class Shift, class T, IntKind D, IntKind K, IntKind L>
LINDVM_BODY void shift_xor(Registers& r) {
  T left = int_operand<T, K>(r, r.ip->y), right = int_operand<T, L>(r, r.ip->z);
  put_int<T, D>(r, r.ip->x, left ^ Shift::call(right, static_cast<T>(r.ip->w)));
  ++r.ip;
}

/// op(y, z * w)
template <class Multiply, class Op, class T, FloatKind D, FloatKind K, FloatKind L, FloatKind M>
LINDVM_BODY void multiply_then(Registers& r) {
  T left = float_operand<T, K>(r, r.ip->y);
  T product = Multiply::call(float_operand<T, L>(r, r.ip->z), float_operand<T, M>(r, r.ip->w));
  put_float<T, D>(r, r.ip->x, Op::call(left, product));
  ++r.ip;
}

template <class Op, class T, FloatKind D, FloatKind K>
LINDVM_BODY void float_unary(Registers& r) {
  put_float<T, D>(r, r.ip->x, Op::call(float_operand<T, K>(r, r.ip->y)));
  ++r.ip;
}

// --- cold forms: every operand in its slot (x: destination, then y, z, w) ----------------------------

/// Writes a result that may be a trap.
template <class T>
LINDVM_BODY void finish(Registers& r, T value) {
  put_slot(r, r.ip->x, value);
  ++r.ip;
}
template <class T>
LINDVM_BODY void finish(Registers& r, const sem::Outcome<T>& outcome) {
  if (outcome.trap != Trap::None) [[unlikely]]
    return trap(r, outcome.trap);
  finish(r, outcome.value);
}

template <class Op, class P>
LINDVM_BODY void cold1(Registers& r) {
  finish(r, Op::call(read_slot<P>(r, r.ip->y)));
}
template <class Op, class P, class Q>
LINDVM_BODY void cold2(Registers& r) {
  finish(r, Op::call(read_slot<P>(r, r.ip->y), read_slot<Q>(r, r.ip->z)));
}
template <class Op, class P, class Q, class X>
LINDVM_BODY void cold3(Registers& r) {
  finish(r, Op::call(read_slot<P>(r, r.ip->y), read_slot<Q>(r, r.ip->z), read_slot<X>(r, r.ip->w)));
}
/// Lane immediates are in w.
template <class Op, class P>
LINDVM_BODY void lane1(Registers& r) {
  finish(r, Op::call(read_slot<P>(r, r.ip->y), static_cast<unsigned>(r.ip->w)));
}
template <class Op, class P, class Q>
LINDVM_BODY void lane2(Registers& r) {
  finish(r, Op::call(read_slot<P>(r, r.ip->y), read_slot<Q>(r, r.ip->z), static_cast<unsigned>(r.ip->w)));
}
/// The lane selectors are the next unit.
template <class Op>
LINDVM_BODY void shuffle(Registers& r) {
  V128 lanes;
  __builtin_memcpy(&lanes, r.ip + 1, 16);
  V128 result = Op::call(read_slot<V128>(r, r.ip->y), read_slot<V128>(r, r.ip->z), lanes);
  put_slot(r, r.ip->x, result);
  r.ip += 2;
}
/// Two i64 results, in slots x (low) and x - 1 (high); operands from y downward.
template <class Op>
LINDVM_BODY void wide4(Registers& r) {
  const uint64_t* in = r.fp + r.ip->y;
  auto result = Op::call(in[0], in[-1], in[-2], in[-3]);
  r.fp[r.ip->x] = result.low;
  r.fp[r.ip->x - 1] = result.high;
  ++r.ip;
}
template <class Op>
LINDVM_BODY void wide2(Registers& r) {
  const uint64_t* in = r.fp + r.ip->y;
  auto result = Op::call(in[0], in[-1]);
  r.fp[r.ip->x] = result.low;
  r.fp[r.ip->x - 1] = result.high;
  ++r.ip;
}

// --- globals and references --------------------------------------------------------------------------

template <IntKind D>
LINDVM_BODY void global_get_own(Registers& r) {
  const char* cell = reinterpret_cast<const char*>(r.ctx) + r.ip->imm;
  uint64_t word;
  __builtin_memcpy(&word, cell, 8);
  put_int<uint64_t, D>(r, r.ip->x, word);
  ++r.ip;
}
template <IntKind K>
LINDVM_BODY void global_set_own(Registers& r) {
  char* cell = reinterpret_cast<char*>(r.ctx) + r.ip->imm;
  uint64_t word = int_operand<uint64_t, K>(r, r.ip->x);
  __builtin_memcpy(cell, &word, 8);
  ++r.ip;
}
/// Any global by index (imm), e.g. an imported one; T: uint64_t, float, double (for the accumulators) or
/// V128.
template <class T>
LINDVM_BODY void global_get(Registers& r) {
  T value;
  __builtin_memcpy(&value, r.ctx->global_cells[r.ip->imm], sizeof value);
  put_slot(r, r.ip->x, value);
  ++r.ip;
}
template <class T>
LINDVM_BODY void global_set(Registers& r) {
  T value = read_slot<T>(r, r.ip->x);
  __builtin_memcpy(r.ctx->global_cells[r.ip->imm], &value, sizeof value);
  ++r.ip;
}
LINDVM_BODY void ref_func(Registers& r) {
  put_slot<uint64_t>(r, r.ip->x, r.ctx->instance->function(static_cast<uint32_t>(r.ip->imm)).handle);
  ++r.ip;
}
LINDVM_BODY void ref_is_null(Registers& r) { finish<uint32_t>(r, r.fp[r.ip->y] == 0); }
LINDVM_BODY void ref_eq(Registers& r) { finish<uint32_t>(r, r.fp[r.ip->y] == r.fp[r.ip->z]); }
LINDVM_BODY void ref_as_non_null(Registers& r) {
  if (r.fp[r.ip->x] == 0) [[unlikely]]
    return trap(r, Trap::NullReference);
  ++r.ip;
}

}  // namespace lindvm::interp
