// What `tools/dev run` shows: a guest that computes, allocates, formats and reads its arguments.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void draw_mandelbrot(int columns, int rows) {
  static const char shades[] = " .:-=+*#%@";
  for (int row = 0; row < rows; row++) {
    char line[128];
    for (int column = 0; column < columns; column++) {
      double real = -2.2 + 3.2 * column / columns, imag = -1.2 + 2.4 * row / rows, x = 0, y = 0;
      int steps = 0;
      while (steps < 90 && x * x + y * y < 4) {
        double next = x * x - y * y + real;
        y = 2 * x * y + imag, x = next, steps++;
      }
      line[column] = shades[steps / 10];
    }
    line[columns] = 0;
    puts(line);
  }
}

static unsigned count_primes(unsigned limit) {
  unsigned char* composite = calloc(limit, 1);
  unsigned count = 0;
  for (unsigned n = 2; n < limit; n++) {
    if (composite[n]) continue;
    count++;
    for (uint64_t multiple = (uint64_t)n * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  free(composite);
  return count;
}

static int compare_words(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

int main(int argc, char** argv) {
  draw_mandelbrot(72, 24);
  printf("primes below 2000000: %u\n", count_primes(2000000));
  qsort(argv + 1, argc - 1, sizeof *argv, compare_words);
  printf("arguments, sorted:");
  for (int i = 1; i < argc; i++) printf(" %s", argv[i]);
  printf("\n");
  return 0;
}
