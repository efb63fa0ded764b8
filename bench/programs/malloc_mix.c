// A live set of blocks of random sizes, replaced, resized and freed in random order.
#include <string.h>

#include "program.h"

enum { k_live = 4096 };

typedef struct {
  uint8_t* data;
  uint32_t size;
} Block;

static Block blocks[k_live];

static uint32_t random_size(Random* random) {
  const uint32_t bits = random_next(random);
  return 1 + (bits >> 8) % ((bits & 15) == 0 ? 4000 : 200);
}

int main(int argc, char** argv) {
  const uint32_t operations = problem_size(argc, argv, 4000000);
  Random random = {20261121};
  uint64_t sum = 0;
  for (uint32_t n = 0; n < operations; n++) {
    Block* block = &blocks[(random_next(&random) >> 4) % k_live];
    if (block->data == NULL) {
      block->size = random_size(&random);
      block->data = malloc(block->size);
      block->data[0] = block->data[block->size - 1] = (uint8_t)n;
    } else if ((n & 7) == 0) {
      const uint32_t size = random_size(&random);
      block->data = realloc(block->data, size);
      if (size > block->size) block->data[size - 1] = (uint8_t)n;
      block->data[0] ^= block->size > size ? 1 : block->data[block->size - 1];
      block->data[size - 1] = (uint8_t)n;
      block->size = size;
    } else {
      sum = mix(sum, block->data[0] + block->size + block->data[block->size - 1]);
      free(block->data);
      block->data = NULL;
    }
  }
  return report("malloc_mix", sum);
}
