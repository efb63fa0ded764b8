#pragma once
// What the interpreter keeps in machine registers, and how handler bodies reach operands.
//
// Hot locals of a function are *pinned* to R0.. (integers), F0.. (f64) and G0.. (f32), chosen by the
// translator per function. Pinned registers are write-through caches: the local's slot is always
// current, so any handler may read the slot, calls spill nothing, and traps, unwinding and stack
// cloning see complete frames. A handler that writes a pinned local's slot by other means is followed
// by a reload. The accumulators hold the value written last, so that the next instruction need not wait for
// the slot.

#include <cstdint>

#include "vm/interp/dispatcher.h"
#include "vm/interp/instr.h"
#include "vm/runtime/context.h"

namespace lindvm::interp {

inline constexpr int k_int_pins = LINDVM_INT_PINS;
inline constexpr int k_float_pins = LINDVM_FLOAT_PINS;

/// Where an integer operand lives. As a destination, S also sets the accumulator; A sets only it; R* set
/// the slot as well. I (an immediate) is a source only.
enum IntKind : uint8_t { S, A, R0, R1, R2, I = 2 + k_int_pins };
/// Where a float operand lives: slot, float accumulator, pinned register.
enum FloatKind : uint8_t { FS, FA, F0, F1 };

inline constexpr int k_int_dst_kinds = 2 + k_int_pins;
inline constexpr int k_int_src_kinds = 2 + k_int_pins;
inline constexpr int k_int_imm_kinds = 3 + k_int_pins;
inline constexpr int k_float_kinds = 2 + k_float_pins;

struct Registers {
  const Instr* ip;
  uint64_t* fp;
  InstanceContext* ctx;
  std::byte* mem;
  uint64_t acc;
  uint64_t r0, r1, r2;
  double fa, f0, f1;  // f64 accumulator and pins
  float ga, g0, g1;   // f32 accumulator and pins
};

#define LINDVM_BODY [[gnu::always_inline]] inline

template <class T>
LINDVM_BODY T bits_to(uint64_t word) {
  if constexpr (sizeof(T) == 8) {
    return __builtin_bit_cast(T, word);
  } else {
    return __builtin_bit_cast(T, static_cast<uint32_t>(word));
  }
}
template <class T>
LINDVM_BODY uint64_t to_bits(T value) {
  if constexpr (sizeof(T) == 8) {
    return __builtin_bit_cast(uint64_t, value);
  } else {
    return __builtin_bit_cast(uint32_t, value);
  }
}

template <class T>
LINDVM_BODY T read_slot(const Registers& r, int slot) {
  if constexpr (sizeof(T) == 16) {
    T value;
    __builtin_memcpy(&value, r.fp + slot - 1, 16);
    return value;
  } else {
    return bits_to<T>(r.fp[slot]);
  }
}

/// Integer operand of kind K; `slot` is ignored unless K is S.
template <class T, IntKind K>
LINDVM_BODY T int_operand(const Registers& r, int slot) {
  if constexpr (K == S) return read_slot<T>(r, slot);
  if constexpr (K == A) return static_cast<T>(r.acc);
  if constexpr (K == R0) return static_cast<T>(r.r0);
  if constexpr (K == R1) return static_cast<T>(r.r1);
  if constexpr (K == R2) return static_cast<T>(r.r2);
}

template <class T, IntKind K>
LINDVM_BODY void put_int(Registers& r, int slot, T value) {
  uint64_t word = value;
  if constexpr (K != A) r.fp[slot] = word;
  if constexpr (K == S || K == A) r.acc = word;
  if constexpr (K == R0) r.r0 = word;
  if constexpr (K == R1) r.r1 = word;
  if constexpr (K == R2) r.r2 = word;
}

template <class T, FloatKind K>
LINDVM_BODY T float_operand(const Registers& r, int slot) {
  constexpr bool is_double = sizeof(T) == 8;
  if constexpr (K == FS) return read_slot<T>(r, slot);
  if constexpr (K == FA) return is_double ? static_cast<T>(r.fa) : static_cast<T>(r.ga);
  if constexpr (K == F0) return is_double ? static_cast<T>(r.f0) : static_cast<T>(r.g0);
  if constexpr (K == F1) return is_double ? static_cast<T>(r.f1) : static_cast<T>(r.g1);
}

template <class T, FloatKind K>
LINDVM_BODY void put_float(Registers& r, int slot, T value) {
  if constexpr (K != FA) r.fp[slot] = to_bits(value);
  if constexpr (sizeof(T) == 8) {
    if constexpr (K == FS || K == FA) r.fa = value;
    if constexpr (K == F0) r.f0 = value;
    if constexpr (K == F1) r.f1 = value;
  } else {
    if constexpr (K == FS || K == FA) r.ga = value;
    if constexpr (K == F0) r.g0 = value;
    if constexpr (K == F1) r.g1 = value;
  }
}

/// Writes a result to its slot and the accumulator of its type.
template <class T>
LINDVM_BODY void put_slot(Registers& r, int slot, T value) {
  if constexpr (sizeof(T) == 16) {
    __builtin_memcpy(r.fp + slot - 1, &value, 16);
  } else if constexpr (__is_same(T, float) || __is_same(T, double)) {
    put_float<T, FS>(r, slot, value);
  } else {
    put_int<T, S>(r, slot, value);
  }
}

}  // namespace lindvm::interp
