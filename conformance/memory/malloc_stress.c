// Mixed allocator operations on blocks of 1 byte to 64 MiB, most of them small, each checked for the bytes that were
// written into it. Says "live" and "freed" and waits for a line after each, so that the runner can look at its memory.
// Of large blocks a byte every 64 KiB is written, or all of them.
//
// usage: malloc_stress OPERATIONS sparse|filled [quiet]
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { k_slots = 20000, k_mark_distance = 65536 };

struct block {
  unsigned char *bytes;
  uint32_t size;
  unsigned char mark;
};
static struct block blocks[k_slots];
static uint64_t live_bytes, wrong;
static int is_filled;
static uint64_t state = 88172645463325252u;

static uint32_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 32);
}

/// Of 4096 blocks 3500 are below 256 bytes, 500 below 8 KiB, 90 below 256 KiB, 5 below 4 MiB, 1 below 64 MiB.
static uint32_t random_size(void) {
  uint32_t kind = next_random() % 4096;
  uint32_t limit = kind < 3500 ? 256 : kind < 4000 ? 8192 : kind < 4090 ? 262144 : kind < 4095 ? 4194304 : 67108864;
  return 1 + next_random() % limit;
}

/// Marks the ends and a byte here and there.
static void mark(struct block *block) {
  if (is_filled) memset(block->bytes, block->mark, block->size);
  for (uint32_t at = 0; at < block->size; at += k_mark_distance) block->bytes[at] = block->mark;
  block->bytes[block->size - 1] = block->mark;
}
static void check(const struct block *block, uint32_t size) {
  for (uint32_t at = 0; at < size; at += k_mark_distance) wrong += block->bytes[at] != block->mark;
}

static void release(struct block *block) {
  check(block, block->size);
  free(block->bytes);
  live_bytes -= block->size;
  *block = (struct block){0};
}

static void step(void) {
  const uint64_t most = 400u << 20;
  struct block *block = &blocks[next_random() % k_slots];
  uint32_t size = random_size();
  if (block->bytes && next_random() % 4) {
    release(block);
    return;
  }
  while (live_bytes + size > most) {
    struct block *victim = &blocks[next_random() % k_slots];
    if (victim->bytes) release(victim);
  }
  uint32_t old_size = block->size;
  unsigned char *bytes = realloc(block->bytes, size);
  if (!bytes) {
    fprintf(stderr, "no memory for %u bytes\n", size);
    exit(1);
  }
  block->bytes = bytes;
  if (old_size) check(block, old_size < size ? old_size : size);
  block->size = size;
  block->mark = (unsigned char)next_random();
  live_bytes += size;
  live_bytes -= old_size;
  mark(block);
}

static void say(const char *word, int is_quiet) {
  if (is_quiet) return;
  puts(word);
  fflush(stdout);
  getchar();
}

int main(int argc, char **argv) {
  if (argc < 3) return fputs("usage: malloc_stress OPERATIONS sparse|filled [quiet]\n", stderr), 2;
  long operations = atol(argv[1]);
  is_filled = strcmp(argv[2], "filled") == 0;
  int is_quiet = argc > 3;
  for (long i = 0; i < operations; ++i) step();
  printf("%llu live bytes\n", (unsigned long long)live_bytes);
  say("live", is_quiet);
  for (int i = 0; i < k_slots; ++i) {
    if (blocks[i].bytes) release(&blocks[i]);
  }
  say("freed", is_quiet);
  printf("%llu wrong\n", (unsigned long long)wrong);
  return wrong != 0;
}
