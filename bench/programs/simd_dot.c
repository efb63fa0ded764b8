// Four-lane saxpy and dot product in floats, and a two-lane Horner polynomial in doubles.
#include "program.h"
#include "simd.h"

enum { k_vectors = 2048 };
static F32x4 x[k_vectors], y[k_vectors];

static void saxpy(float scale) {
  for (int i = 0; i < k_vectors; i++) y[i] = scale * x[i] + y[i] * 0.5f;
}

static float dot(void) {
  F32x4 even = {0}, odd = {0};
  for (int i = 0; i < k_vectors; i += 2) {
    even += x[i] * y[i];
    odd += x[i + 1] * y[i + 1];
  }
  even += odd;
  return (even[0] + even[1]) + (even[2] + even[3]);
}

static double polynomial(double at) {
  F64x2 sum = {0, 1}, z = {at, -at};
  for (int i = 0; i < 256; i++) sum = sum * z + (F64x2){0.25, 0.75};
  return sum[0] - sum[1];
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 60000);
  Random random = {8};
  for (int i = 0; i < k_vectors; i++) {
    for (int lane = 0; lane < 4; lane++) x[i][lane] = (float)random_unit(&random) - 0.5f;
  }
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    saxpy((float)(r & 7) * 0.125f);
    const float d = dot();
    sum = mix_double(sum, d + polynomial(d / (1 + d * d)));
  }
  return report("simd_dot", sum);
}
