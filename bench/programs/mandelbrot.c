// Escape times of the Mandelbrot set: a tight loop of double arithmetic that stays in locals.
#include "program.h"

enum { k_limit = 200 };

static uint32_t escape_time(double cr, double ci) {
  double zr = 0, zi = 0;
  uint32_t n = 0;
  for (; n < k_limit && zr * zr + zi * zi <= 4; n++) {
    const double next = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = next;
  }
  return n;
}

int main(int argc, char** argv) {
  const uint32_t size = problem_size(argc, argv, 1000);
  uint64_t sum = 0;
  for (uint32_t y = 0; y < size; y++) {
    uint32_t row = 0;
    for (uint32_t x = 0; x < size; x++) {
      row += escape_time(-2 + 3.0 * x / size, -1.5 + 3.0 * y / size);
    }
    sum = mix(sum, row);
  }
  return report("mandelbrot", sum);
}
