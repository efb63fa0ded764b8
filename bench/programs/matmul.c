// Dense matrix product in doubles, three plain loops: strided loads and multiply-adds.
#include "program.h"

static void multiply(const double* a, const double* b, double* c, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    for (uint32_t j = 0; j < n; j++) {
      double sum = 0;
      for (uint32_t k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

int main(int argc, char** argv) {
  const uint32_t n = problem_size(argc, argv, 440);
  double* a = malloc(n * n * sizeof *a);
  double* b = malloc(n * n * sizeof *b);
  double* c = malloc(n * n * sizeof *c);
  Random random = {99};
  for (uint32_t i = 0; i < n * n; i++) {
    a[i] = random_unit(&random);
    b[i] = random_unit(&random);
  }
  multiply(a, b, c, n);
  multiply(c, a, b, n);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n * n; i += n + 1) sum = mix_double(sum, b[i]);
  return report("matmul", sum);
}
