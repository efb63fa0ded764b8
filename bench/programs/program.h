// What every benchmark program shares: its problem size from the command line, a deterministic
// random stream, and the checksum line by which runs in different engines are compared. The
// programs are plain C/C++ so that one source serves the native build and the WASI build; they
// use nothing whose result depends on the platform (libm beyond sqrt, pointer values, sizeof).
#ifndef LINDVM_BENCH_PROGRAM_H
#define LINDVM_BENCH_PROGRAM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline uint32_t problem_size(int argc, char** argv, uint32_t fallback) {
  return argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : fallback;
}

typedef struct {
  uint32_t state;
} Random;

static inline uint32_t random_next(Random* random) {
  uint32_t x = random->state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return random->state = x;
}

static inline double random_unit(Random* random) { return (double)(random_next(random) >> 8) / 16777216.0; }

static inline uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}

static inline uint64_t mix_double(uint64_t hash, double value) {
  union {
    double number;
    uint64_t bits;
  } pun = {value};
  return mix(hash, pun.bits);
}

static inline int report(const char* name, uint64_t checksum) {
  printf("%s %016" PRIx64 "\n", name, checksum);
  return 0;
}

#endif
