// Solutions of the n queens problem by bit masks: short recursive calls, branches and bit tricks.
#include "program.h"

static uint32_t place(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
  if (columns == all) return 1;
  uint32_t solutions = 0;
  uint32_t free = all & ~(columns | left | right);
  while (free != 0) {
    const uint32_t bit = free & -free;
    free ^= bit;
    solutions += place(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return solutions;
}

int main(int argc, char** argv) {
  const uint32_t n = problem_size(argc, argv, 12);
  uint64_t sum = 0;
  for (uint32_t k = 4; k <= n; k++) sum = mix(sum, place((1u << k) - 1, 0, 0, 0));
  return report("nqueens", sum);
}
