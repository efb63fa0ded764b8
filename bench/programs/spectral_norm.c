// Power iteration on an implicit matrix: integer index arithmetic, conversions and divisions.
#include <math.h>

#include "program.h"

static double element(uint32_t i, uint32_t j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double* v, double* out, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    out[i] = 0;
    for (uint32_t j = 0; j < n; j++) out[i] += element(i, j) * v[j];
  }
}

static void transposed_times(const double* v, double* out, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    out[i] = 0;
    for (uint32_t j = 0; j < n; j++) out[i] += element(j, i) * v[j];
  }
}

int main(int argc, char** argv) {
  const uint32_t n = problem_size(argc, argv, 1000);
  double* u = malloc(n * sizeof *u);
  double* v = malloc(n * sizeof *v);
  double* w = malloc(n * sizeof *w);
  for (uint32_t i = 0; i < n; i++) u[i] = 1;
  for (int round = 0; round < 10; round++) {
    times(u, w, n);
    transposed_times(w, v, n);
    times(v, w, n);
    transposed_times(w, u, n);
  }
  double uv = 0, vv = 0;
  for (uint32_t i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return report("spectral_norm", mix_double(0, sqrt(uv / vv)));
}
