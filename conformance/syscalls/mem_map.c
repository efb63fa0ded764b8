// mmap, munmap and mprotect of anonymous memory.
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/// What a page reads as through the kernel: its first byte, or the error.
static void show_page(const char *base, int page) {
  int pipes[2];
  char byte = 0;
  NEED(pipe(pipes) == 0);
  if (write(pipes[1], base + page * PAGE, 1) == 1) {
    NEED(read(pipes[0], &byte, 1) == 1);
    printf("page %d: %d\n", page, byte);
  } else {
    printf("page %d: %s\n", page, errno_name(errno));
  }
  close(pipes[0]);
  close(pipes[1]);
}
static void show_pages(const char *base, int count) {
  for (int page = 0; page < count; ++page) show_page(base, page);
}
static void fill(char *base, int count) {
  for (int page = 0; page < count; ++page) base[page * PAGE] = (char)(page + 1);
}

static void errors(void) {
  SHOW(mmap(0, 0, RW, ANON, -1, 0));
  SHOW(mmap(0, PAGE, RW, MAP_ANONYMOUS, -1, 0));
  SHOW(mmap(0, PAGE, RW, MAP_ANONYMOUS | MAP_SHARED_VALIDATE, -1, 0));
  SHOW(mmap((void *)5, PAGE, RW, ANON | MAP_FIXED, -1, 0));
  SHOW(mmap(0, PAGE, RW, MAP_PRIVATE, -1, 0));
  SHOW(mmap(0, PAGE, RW, MAP_PRIVATE, 99, 0));
  SHOW(mmap(0, PAGE, RW, MAP_PRIVATE, -1, 5));
  SHOW(mmap(0, SIZE_MAX - 4 * PAGE, RW, ANON, -1, 0));
  int pipes[2];
  NEED(pipe(pipes) == 0);
  SHOW(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, pipes[0], 0));
  SHOW(munmap((void *)5, PAGE));
  SHOW(munmap((void *)PAGE, 0));
  SHOW(syscall(SYS_mprotect, 5, PAGE, PROT_READ));
  SHOW(syscall(SYS_mprotect, PAGE, 0, PROT_READ));
}

static void placement(void) {
  char *base = mmap(0, 16 * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  SHOW(munmap(base, 16 * PAGE));
  SHOW(mmap(base + 4 * PAGE, PAGE, RW, ANON, -1, 0) == base + 4 * PAGE);
  SHOW(mmap(base + 4 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
  SHOW(mmap(base + 3 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
  SHOW(mmap(base + 2 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == base + 2 * PAGE);
  SHOW(mmap(base + 4 * PAGE, PAGE, RW, ANON, -1, 0) != base + 4 * PAGE);
  SHOW(mmap(base, 16 * PAGE, PROT_NONE, ANON | MAP_FIXED | MAP_NORESERVE | MAP_STACK, -1, 0) == base);
  show_pages(base, 2);
  SHOW(munmap(base, 16 * PAGE));
}

static void pieces(void) {
  char *base = mmap(0, 8 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
  NEED(base != MAP_FAILED);
  fill(base, 8);
  SHOW(munmap(base + PAGE, 1));
  SHOW(mprotect(base + 3 * PAGE, 2 * PAGE, PROT_NONE));
  SHOW(mprotect(base + 4 * PAGE, PAGE, PROT_READ));
  show_pages(base, 8);
  SHOW(mprotect(base, 8 * PAGE, RW));
  show_pages(base, 8);
  SHOW(mprotect(base + 2 * PAGE, 6 * PAGE, RW));
  show_pages(base, 8);
  SHOW(mmap(base, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == base);
  show_pages(base, 8);
  SHOW(read(0, base + 7 * PAGE, 0));
  SHOW(munmap(base, 8 * PAGE));
  SHOW(munmap(base, 8 * PAGE));
  show_page(base, 0);
}

static void many(void) {
  enum { k_count = 5000 };
  static char *maps[k_count];
  for (int i = 0; i < k_count; ++i) {
    maps[i] = mmap(0, PAGE * (1 + i % 3), i % 2 ? RW : PROT_READ, ANON, -1, 0);
    NEED(maps[i] != MAP_FAILED);
    if (i % 2) maps[i][0] = (char)i;
  }
  int wrong = 0;
  for (int i = 0; i < k_count; ++i) {
    wrong += maps[i][0] != (i % 2 ? (char)i : 0);
    wrong += munmap(maps[i], PAGE * (1 + i % 3)) != 0;
  }
  printf("many: %d wrong\n", wrong);
}

int main(void) {
  errors();
  placement();
  pieces();
  many();
  return 0;
}
