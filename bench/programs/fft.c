// In-place radix-2 FFT in doubles, forward and back: power-of-two strides, bit reversal.
#include <math.h>

#include "program.h"

typedef struct {
  double re, im;
} Complex;

// One root of unity by repeated half-angle steps, which needs nothing but sqrt.
static Complex root_of_unity(uint32_t order) {
  Complex root = {-1, 0};
  for (uint32_t n = 2; n < order; n *= 2) {
    const double re = sqrt((1 + root.re) / 2);
    root = (Complex){re, re == 0 ? 1 : root.im / (2 * re)};
  }
  return root;
}

static void reverse_order(Complex* data, uint32_t n) {
  for (uint32_t i = 1, j = 0; i < n; i++) {
    uint32_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const Complex swap = data[i];
      data[i] = data[j];
      data[j] = swap;
    }
  }
}

static void transform(Complex* data, uint32_t n, const Complex* roots, double sign) {
  reverse_order(data, n);
  for (uint32_t half = 1; half < n; half *= 2) {
    const uint32_t step = n / (2 * half);
    for (uint32_t start = 0; start < n; start += 2 * half) {
      for (uint32_t k = 0; k < half; k++) {
        const Complex w = {roots[k * step].re, sign * roots[k * step].im};
        Complex* low = &data[start + k];
        Complex* high = low + half;
        const double re = w.re * high->re - w.im * high->im;
        const double im = w.re * high->im + w.im * high->re;
        *high = (Complex){low->re - re, low->im - im};
        *low = (Complex){low->re + re, low->im + im};
      }
    }
  }
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 110);
  const uint32_t n = 1 << 14;
  Complex* data = malloc(n * sizeof *data);
  Complex* roots = malloc(n / 2 * sizeof *roots);
  const Complex root = root_of_unity(n);
  roots[0] = (Complex){1, 0};
  for (uint32_t i = 1; i < n / 2; i++) {
    const Complex r = roots[i - 1];
    roots[i] = (Complex){r.re * root.re - r.im * root.im, r.re * root.im + r.im * root.re};
  }
  Random random = {31337};
  for (uint32_t i = 0; i < n; i++) data[i] = (Complex){random_unit(&random), random_unit(&random)};
  for (uint32_t r = 0; r < rounds; r++) {
    transform(data, n, roots, 1);
    transform(data, n, roots, -1);
    for (uint32_t i = 0; i < n; i++) data[i] = (Complex){data[i].re / n, data[i].im / n};
  }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n; i += 101) sum = mix_double(sum, data[i].re + data[i].im);
  return report("fft", sum);
}
