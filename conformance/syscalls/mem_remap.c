// mremap: shrinking, growing, moving, duplicating.
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *reserve(int pages) {
  char *base = mmap(0, (size_t)pages * PAGE, PROT_NONE, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  munmap(base, (size_t)pages * PAGE);
  return base;
}
static char *map_at(char *base, int pages) {
  NEED(mmap(base, (size_t)pages * PAGE, RW, ANON | MAP_FIXED, -1, 0) == base);
  for (int page = 0; page < pages; ++page) base[page * PAGE] = (char)(page + 1);
  return base;
}
static void show_bytes(const char *name, const char *base, int pages) {
  printf("%s:", name);
  for (int page = 0; page < pages; ++page) printf(" %d", base[page * PAGE]);
  printf("\n");
}

static void errors(char *base) {
  map_at(base, 4);
  SHOW(mremap(base + 1, PAGE, PAGE, 0));
  SHOW(mremap(base, PAGE, 0, 0));
  SHOW(mremap(base, PAGE, PAGE, 64));
  SHOW(mremap(base, PAGE, PAGE, MREMAP_FIXED, base + 8 * PAGE));
  SHOW(mremap(base, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, base + PAGE));
  SHOW(mremap(base, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, base + 8 * PAGE + 1));
  SHOW(mremap(base + 8 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
  SHOW(mremap(base, 0, PAGE, MREMAP_MAYMOVE));
  SHOW(mremap(base, 6 * PAGE, 7 * PAGE, MREMAP_MAYMOVE));
  SHOW(mremap(base, PAGE, 2 * PAGE, 0));
  SHOW(munmap(base, 4 * PAGE));
}

static void in_place(char *base) {
  map_at(base, 4);
  SHOW(mremap(base, 4 * PAGE, 4 * PAGE, 0) == base);
  SHOW(mremap(base, 4 * PAGE, 2 * PAGE, 0) == base);
  SHOW(mmap(base + 2 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0) == base + 2 * PAGE);
  SHOW(munmap(base + 2 * PAGE, PAGE));
  SHOW(mremap(base, 2 * PAGE, 5 * PAGE, 0) == base);
  base[4 * PAGE] = 9;
  show_bytes("grown", base, 5);
  SHOW(munmap(base, 5 * PAGE));
}

static void moves(char *base) {
  map_at(base, 3);
  char *to = base + 8 * PAGE;
  map_at(to, 6);
  SHOW(mremap(base, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
  show_bytes("moved", to, 6);
  SHOW(mmap(base, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == base);
  SHOW(munmap(base, PAGE));
  SHOW(mremap(to, 4 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, base) == base);
  show_bytes("moved back", base, 2);
  map_at(base + 2 * PAGE, 1);
  char *elsewhere = mremap(base, 2 * PAGE, 20 * PAGE, MREMAP_MAYMOVE);
  NEED(elsewhere != MAP_FAILED);
  SHOW(elsewhere != base);
  show_bytes("elsewhere", elsewhere, 20);
  SHOW(mremap(elsewhere, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, base) == base);
  show_bytes("left", elsewhere, 3);
  show_bytes("taken", base, 2);
  SHOW(munmap(elsewhere, 20 * PAGE));
  SHOW(munmap(base, 16 * PAGE));
}

static void shared(void) {
  char *one = mmap(0, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  NEED(one != MAP_FAILED);
  char *other = mremap(one, 0, 2 * PAGE, MREMAP_MAYMOVE);
  NEED(other != MAP_FAILED);
  one[0] = 5;
  other[PAGE] = 6;
  show_bytes("one", one, 2);
  show_bytes("other", other, 2);
  SHOW(munmap(one, 2 * PAGE));
  show_bytes("other", other, 2);
}

/// What realloc does with large blocks: grows and moves, again and again.
static void growing(void) {
  size_t size = PAGE;
  unsigned char *block = mmap(0, size, RW, ANON, -1, 0);
  int wrong = 0;
  for (int step = 1; step < 200; ++step) {
    block[size - PAGE] = (unsigned char)step;
    if (step % 5 == 0) mmap(0, PAGE, RW, ANON, -1, 0);
    unsigned char *larger = mremap(block, size, size + 3 * PAGE, MREMAP_MAYMOVE);
    NEED(larger != MAP_FAILED);
    block = larger;
    for (int past = 1; past <= step; ++past) wrong += block[(size_t)(past - 1) * 3 * PAGE] != (unsigned char)past;
    size += 3 * PAGE;
  }
  printf("growing: %d wrong\n", wrong);
}

int main(void) {
  char *base = reserve(64) + 16 * PAGE;
  errors(base);
  in_place(base);
  moves(base);
  shared();
  growing();
  return 0;
}
