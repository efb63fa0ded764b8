// Takeuchi and Ackermann functions: calls with several arguments, deep stacks.
#include "program.h"

__attribute__((noinline)) static int tak(int x, int y, int z) {
  return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 40);
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    sum = mix(sum, (uint64_t)tak(18 + (int)(r % 2), 12, 6));
    sum = mix(sum, ackermann(2, 300 + r % 16));
    sum = mix(sum, ackermann(3, 6));
  }
  return report("tak", sum);
}
