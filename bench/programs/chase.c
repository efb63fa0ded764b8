// Pointer chasing through a random cycle larger than the first cache levels: one dependent load
// per step, so the engine's cost per load hides behind the memory or does not.
#include "program.h"

typedef struct Node {
  struct Node* next;
  uint32_t value;
} Node;

int main(int argc, char** argv) {
  const uint32_t steps = problem_size(argc, argv, 25000000);
  const uint32_t count = 1 << 16;
  Node* nodes = malloc(count * sizeof *nodes);
  uint32_t* order = malloc(count * sizeof *order);
  Random random = {1};
  for (uint32_t i = 0; i < count; i++) order[i] = i;
  for (uint32_t i = count - 1; i > 0; i--) {
    const uint32_t j = random_next(&random) % (i + 1);
    const uint32_t swap = order[i];
    order[i] = order[j];
    order[j] = swap;
  }
  for (uint32_t i = 0; i < count; i++) {
    nodes[order[i]] = (Node){&nodes[order[(i + 1) % count]], order[i]};
  }
  uint32_t sum = 0;
  const Node* node = nodes;
  for (uint32_t n = 0; n < steps; n++) {
    sum = sum * 3 + node->value;
    node = node->next;
  }
  return report("chase", sum);
}
