// Sieve of Eratosthenes over odd numbers, one byte each, repeated: byte stores with a stride.
#include <string.h>

#include "program.h"

enum { k_odds = 1 << 17 };
static uint8_t composite[k_odds];

static uint32_t count_primes(uint32_t odds) {
  uint32_t primes = 0;
  memset(composite, 0, odds);
  for (uint32_t i = 1; i < odds; i++) {
    if (composite[i]) continue;
    primes++;
    const uint32_t step = 2 * i + 1;
    for (uint64_t k = (uint64_t)i * (step + 1); k < odds; k += step) composite[k] = 1;
  }
  return primes;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 500);
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) sum = mix(sum, count_primes(k_odds - r % 64));
  return report("sieve", sum);
}
