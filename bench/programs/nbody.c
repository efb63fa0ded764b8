// Gravitational n-body simulation in doubles: struct fields, multiply-adds, a square root per pair.
#include <math.h>

#include "program.h"

enum { k_bodies = 8 };

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

static Body bodies[k_bodies];

static void advance(double dt) {
  for (int i = 0; i < k_bodies; i++) {
    Body* a = &bodies[i];
    for (int j = i + 1; j < k_bodies; j++) {
      Body* b = &bodies[j];
      const double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      const double square = dx * dx + dy * dy + dz * dz + 0.01;
      const double pull = dt / (square * sqrt(square));
      a->vx -= dx * b->mass * pull, a->vy -= dy * b->mass * pull, a->vz -= dz * b->mass * pull;
      b->vx += dx * a->mass * pull, b->vy += dy * a->mass * pull, b->vz += dz * a->mass * pull;
    }
  }
  for (int i = 0; i < k_bodies; i++) {
    Body* a = &bodies[i];
    a->x += dt * a->vx, a->y += dt * a->vy, a->z += dt * a->vz;
  }
}

int main(int argc, char** argv) {
  const uint32_t steps = problem_size(argc, argv, 700000);
  Random random = {4711};
  for (int i = 0; i < k_bodies; i++) {
    bodies[i] = (Body){random_unit(&random) * 10,  random_unit(&random) * 10,  random_unit(&random) * 10,
                       random_unit(&random) - 0.5, random_unit(&random) - 0.5, random_unit(&random) - 0.5,
                       random_unit(&random) + 0.1};
  }
  for (uint32_t n = 0; n < steps; n++) advance(0.001);
  uint64_t sum = 0;
  for (int i = 0; i < k_bodies; i++) sum = mix_double(mix_double(sum, bodies[i].x), bodies[i].vz);
  return report("nbody", sum);
}
