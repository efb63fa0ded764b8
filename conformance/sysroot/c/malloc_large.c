// Large blocks, which the allocator may hand out again: zeroes of calloc, contents, growth, alignment.
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { k_blocks = 100, k_steps = 3000 };
static const size_t k_kib = 1024;

static unsigned char *blocks[k_blocks];
static size_t sizes[k_blocks];

static uint32_t next_random(void) {
  static uint32_t state = 99;
  state = state * 1664525 + 1013904223;
  return state >> 8;
}

static int holds(const unsigned char *block, size_t size, unsigned char byte) {
  return size == 0 || (block[0] == byte && memcmp(block, block + 1, size - 1) == 0);
}

static void free_all(void) {
  for (int i = 0; i < k_blocks; ++i) {
    free(blocks[i]);
    blocks[i] = NULL;
    sizes[i] = 0;
  }
}

static void used_blocks_are_zeroed(void) {
  for (int i = 0; i < k_blocks; ++i) memset(blocks[i] = malloc((200 + i) * k_kib), 0xee, (200 + i) * k_kib);
  free_all();
  int zeroed = 0;
  for (int i = 0; i < k_blocks; ++i) {
    blocks[i] = calloc(150 + i, k_kib);
    zeroed += holds(blocks[i], (150 + i) * k_kib, 0);
  }
  printf("%d of %d zeroed\n", zeroed, k_blocks);
  free_all();
}

static void sparse_ones_stay_so(void) {
  unsigned char *sparse = calloc(1, 512 * k_kib * k_kib);
  if (!sparse) return puts("no sparse block"), (void)0;
  for (size_t at = 0; at < 512 * k_kib * k_kib; at += 64 * k_kib * k_kib) sparse[at] += 1;
  printf("sparse %d %d\n", sparse[0], sparse[1]);
  free(sparse);
}

static void aligned_ones(void) {
  for (size_t alignment = 4096; alignment <= 1024 * k_kib; alignment *= 4) {
    unsigned char *aligned = aligned_alloc(alignment, 2048 * k_kib);
    memset(aligned, 7, 2048 * k_kib);
    printf("aligned %d usable %d\n", (int)((uintptr_t)aligned % alignment), malloc_usable_size(aligned) >= 2048 * k_kib);
    aligned = realloc(aligned, 3000 * k_kib);
    printf("grown %d\n", holds(aligned, 2048 * k_kib, 7));
    free(aligned);
    aligned = calloc(2500, k_kib);
    printf("zeroed %d\n", holds(aligned, 2500 * k_kib, 0));
    free(aligned);
  }
}

static void shrunk_ones(void) {
  for (size_t kib = 2048; kib >= 1; kib /= 3) {
    unsigned char *shrunk = malloc(4096 * k_kib);
    memset(shrunk, 9, 4096 * k_kib);
    shrunk = realloc(shrunk, kib * k_kib);
    printf("shrunk %d\n", holds(shrunk, kib * k_kib, 9));
    shrunk = realloc(shrunk, 3000 * k_kib);
    printf("grown again %d\n", holds(shrunk, kib * k_kib, 9));
    free(shrunk);
  }
}

/// Freed blocks without neighbours, more than an allocator may care to remember, then their neighbours.
static void many_apart(void) {
  enum { k_many = 1200 };
  static unsigned char *many[k_many];
  for (int i = 0; i < k_many; ++i) memset(many[i] = malloc(130 * k_kib), i % 251, 130 * k_kib);
  for (int i = 0; i < k_many; i += 2) free(many[i]);
  int kept = 0;
  for (int i = 1; i < k_many; i += 2) {
    kept += holds(many[i], 130 * k_kib, (unsigned char)(i % 251));
    free(many[i]);
  }
  printf("%d of %d kept\n", kept, k_many / 2);
}

/// What has been freed is there for a block of another size, whatever the allocator has kept of it.
static void all_of_a_limit(void) {
  enum { k_most = 200, k_mib = 1024 * 1024 };
  static unsigned char *each[k_most];
  setrlimit(RLIMIT_AS, &(struct rlimit){800u * k_mib, 800u * k_mib});
  int count = 0;
  while (count < k_most && (each[count] = malloc(8 * k_mib)) != NULL) ++count;
  printf("limited %d\n", count > 50 && count < 100);
  for (int i = 0; i < count; i += 2) free(each[i]);
  unsigned char *large = malloc(200 * k_mib);
  printf("large %d\n", large != NULL);
  free(large);
  for (int i = 1; i < count; i += 2) free(each[i]);
  large = calloc(500, k_mib);
  printf("larger %d\n", large != NULL);
  free(large);
}

static void step(void) {
  unsigned at = next_random() % k_blocks, how = next_random() % 4;
  size_t size = next_random() % (next_random() % 16 == 0 ? 4000000 : 300000);
  if (!holds(blocks[at], sizes[at], (unsigned char)at)) puts("a block has changed");
  if (how == 0) {
    blocks[at] = realloc(blocks[at], size + 1);
    if (!holds(blocks[at], size < sizes[at] ? size : sizes[at], (unsigned char)at)) puts("realloc lost something");
  } else {
    free(blocks[at]);
    blocks[at] = how == 1 ? calloc(1, size + 1) : malloc(size + 1);
    if (how == 1 && !holds(blocks[at], size + 1, 0)) puts("calloc gave something");
  }
  sizes[at] = size;
  memset(blocks[at], (int)at, size);
}

int main(void) {
  used_blocks_are_zeroed();
  sparse_ones_stay_so();
  aligned_ones();
  shrunk_ones();
  many_apart();
  for (int i = 0; i < k_steps; ++i) step();
  free_all();
  all_of_a_limit();
  puts("done");
}
