// Copy, scale, add and triad over arrays of doubles, and bulk memcpy/memset of the same bytes.
#include <string.h>

#include "program.h"

enum { k_count = 1 << 17 };
static double a[k_count], b[k_count], c[k_count];

static void stream_round(double scale) {
  for (uint32_t i = 0; i < k_count; i++) c[i] = a[i];
  for (uint32_t i = 0; i < k_count; i++) b[i] = scale * c[i];
  for (uint32_t i = 0; i < k_count; i++) c[i] = a[i] + b[i];
  for (uint32_t i = 0; i < k_count; i++) a[i] = b[i] + scale * c[i];
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 350);
  Random random = {5};
  for (uint32_t i = 0; i < k_count; i++) a[i] = random_unit(&random);
  for (uint32_t r = 0; r < rounds; r++) {
    stream_round(0.41);
    // Odd sizes and shifts keep the copies from being aligned.
    memcpy((char*)b + r % 8, (char*)a + 3, sizeof a - 16);
    memmove((char*)b + 64, b, sizeof b - 64 - r % 16);
    memset(c, (int)(r & 0x3f), sizeof c);
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < k_count; i += 257) sum = mix_double(mix_double(sum, a[i]), b[i] * 0);
  return report("stream", mix_double(sum, c[7]));
}
