// The guest side of the micro-benchmarks: one exported loop per operation, compiled freestanding
// for wasm32. Each takes the number of iterations; the empty asm statements keep the compiler from
// seeing through a call or hoisting a load.

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name), noinline))
#define NOINLINE __attribute__((noinline))
#define OPAQUE(value) __asm__ volatile("" : "+r"(value))

__attribute__((import_module("bench"), import_name("nop"))) uint32_t host_nop(uint32_t);

enum { k_words = 4096 };
static uint32_t words[k_words];
static uint8_t source[4096], target[4096];

EXPORT("nothing") uint32_t nothing(uint32_t n) { return n; }

EXPORT("loop") uint32_t loop(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) {
    sum += i;
    OPAQUE(sum);
  }
  return sum;
}

EXPORT("arithmetic") uint32_t arithmetic(uint32_t n) {
  uint32_t x = 2463534242u;
  for (uint32_t i = 0; i < n; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
  }
  return x;
}

static NOINLINE uint32_t leaf(uint32_t x) {
  OPAQUE(x);
  return x + 1;
}

EXPORT("call_direct") uint32_t call_direct(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum = leaf(sum);
  return sum;
}

#define LEAF(k)                                  \
  static NOINLINE uint32_t leaf##k(uint32_t x) { \
    OPAQUE(x);                                   \
    return x + k;                                \
  }
LEAF(1)
LEAF(2)
LEAF(3)
LEAF(4)
LEAF(5)
LEAF(6)
LEAF(7)
LEAF(8)

static uint32_t (*volatile leaves[8])(uint32_t) = {leaf1, leaf2, leaf3, leaf4, leaf5, leaf6, leaf7, leaf8};

EXPORT("call_indirect_one") uint32_t call_indirect_one(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum = leaves[3](sum);
  return sum;
}

EXPORT("call_indirect_eight") uint32_t call_indirect_eight(uint32_t n) {
  uint32_t sum = 0, x = 1;
  for (uint32_t i = 0; i < n; i++) {
    x = x * 1664525u + 1013904223u;
    sum = leaves[x >> 29](sum);
  }
  return sum;
}

EXPORT("call_host") uint32_t call_host(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum = host_nop(sum);
  return sum;
}

EXPORT("memory_load") uint32_t memory_load(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < n; i++) sum += ((volatile uint32_t*)words)[i % k_words];
  return sum;
}

EXPORT("memory_store") uint32_t memory_store(uint32_t n) {
  for (uint32_t i = 0; i < n; i++) ((volatile uint32_t*)words)[i % k_words] = i;
  return n;
}

static void copy(uint32_t n, size_t size) {
  uint8_t *to = target, *from = source;
  OPAQUE(to);
  OPAQUE(from);
  for (uint32_t i = 0; i < n; i++) {
    __builtin_memcpy(to, from, size);
    __asm__ volatile("" ::: "memory");
  }
}

EXPORT("memory_copy_256") uint32_t memory_copy_256(uint32_t n) {
  size_t size = 256;
  OPAQUE(size);
  copy(n, size);
  return n;
}

EXPORT("memory_copy_4096") uint32_t memory_copy_4096(uint32_t n) {
  size_t size = 4096;
  OPAQUE(size);
  copy(n, size);
  return n;
}
