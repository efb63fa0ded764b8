// The allocator: sizes, alignment, growth, zeroing, reuse, and a checked random mix.
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { k_slots = 500, k_steps = 20000 };

static unsigned char* blocks[k_slots];
static size_t sizes[k_slots];

static uint32_t next_random(void) {
  static uint32_t state = 12345;
  return state = state * 1664525 + 1013904223;
}

static int is_filled(const unsigned char* block, size_t size, unsigned char with) {
  for (size_t i = 0; i < size; i++) {
    if (block[i] != with) return 0;
  }
  return 1;
}

static size_t pick_size(void) {
  uint32_t kind = next_random() >> 28;
  if (kind == 0) return next_random() % 200000;
  if (kind < 4) return next_random() % 5000;
  return next_random() % 200;
}

static void step(void) {
  size_t slot = (next_random() >> 8) % k_slots;
  unsigned char mark = slot & 0xff;
  if (!is_filled(blocks[slot], sizes[slot], mark)) {
    puts("a block has changed");
    exit(1);
  }
  size_t size = pick_size();
  if (next_random() & 0x100) {
    free(blocks[slot]);
    blocks[slot] = malloc(size);
  } else {
    size_t kept = size < sizes[slot] ? size : sizes[slot];
    blocks[slot] = realloc(blocks[slot], size + 1);
    if (!is_filled(blocks[slot], kept, mark)) puts("realloc lost something");
  }
  sizes[slot] = size;
  memset(blocks[slot], mark, size);
}

int main(void) {
  for (int i = 0; i < k_steps; i++) step();
  for (int i = 0; i < k_slots; i++) free(blocks[i]);
  for (size_t alignment = 8; alignment <= 65536; alignment *= 2) {
    void* aligned = NULL;
    int error = posix_memalign(&aligned, alignment, 100);
    printf("%zu %d %d\n", alignment, error, (int)((uintptr_t)aligned % alignment));
    free(aligned);
    void* other = aligned_alloc(alignment, alignment * 2);
    printf("%d\n", (int)((uintptr_t)other % alignment));
    free(other);
  }
  unsigned char* zeroed = calloc(1000, 1000);
  printf("%d\n", is_filled(zeroed, 1000000, 0));
  free(zeroed);
  printf("%d %d\n", calloc(SIZE_MAX / 2, 4) == NULL, malloc(PTRDIFF_MAX) == NULL);
  void* none = malloc(0);
  printf("%d\n", none != NULL);
  free(none);
  free(NULL);
  char* text = strdup("duplicated");
  printf("%s %s\n", text, strndup(text, 3));
  printf("%d\n", malloc_usable_size(text) >= 11);
  return 0;
}
