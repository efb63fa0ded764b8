// The few 128-bit operations that the SIMD programs need and that GNU vector extensions do not
// spell portably: wasm_simd128.h where it exists, plain loops over lanes (which the native compiler
// turns into SSE2 or NEON) elsewhere. Arithmetic on the vector types themselves needs no help.
#ifndef LINDVM_BENCH_SIMD_H
#define LINDVM_BENCH_SIMD_H

#include <stdint.h>
#include <string.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

typedef float F32x4 __attribute__((vector_size(16)));
typedef double F64x2 __attribute__((vector_size(16)));
typedef uint8_t U8x16 __attribute__((vector_size(16)));

static inline U8x16 load_u8x16(const uint8_t* p) {
  U8x16 v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void store_u8x16(uint8_t* p, U8x16 v) { memcpy(p, &v, sizeof v); }

static inline U8x16 splat_u8x16(uint8_t x) { return (U8x16){0} + x; }

// (a + b + 1) / 2 in each lane, without overflow.
static inline U8x16 average_u8x16(U8x16 a, U8x16 b) {
#ifdef __wasm_simd128__
  return (U8x16)wasm_u8x16_avgr((v128_t)a, (v128_t)b);
#else
  return (a | b) - ((a ^ b) >> 1);
#endif
}

static inline U8x16 saturating_subtract_u8x16(U8x16 a, U8x16 b) {
#ifdef __wasm_simd128__
  return (U8x16)wasm_u8x16_sub_sat((v128_t)a, (v128_t)b);
#else
  return (a - b) & (U8x16)(a > b);
#endif
}

// One bit per lane that equals, lane 0 in bit 0.
static inline uint32_t equal_mask_u8x16(U8x16 a, U8x16 b) {
#ifdef __wasm_simd128__
  return wasm_i8x16_bitmask(wasm_i8x16_eq((v128_t)a, (v128_t)b));
#elif defined(__SSE2__)
  typedef char C8x16 __attribute__((vector_size(16)));
  return (uint32_t)__builtin_ia32_pmovmskb128((C8x16)(a == b));
#else
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) mask |= (uint32_t)(a[i] == b[i]) << i;
  return mask;
#endif
}

#endif
