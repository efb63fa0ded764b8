// Accesses to pages that are not there end the program as they do natively.
// runs: null | null-write | unmapped | none | read-only | straddle | copy | fill | atomic | atomic-read-only | truncated | truncated-copy | gone
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)

static char *map_pages(int pages) {
  char *base = mmap(0, (size_t)pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(base != MAP_FAILED);
  return base;
}

static char *truncated(void) {
  int fd = memfd_create("file", 0);
  NEED(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0);
  char *base = mmap(0, 2 * PAGE, RW, MAP_SHARED, fd, 0);
  NEED(base != MAP_FAILED);
  base[PAGE] = 1;
  NEED(ftruncate(fd, PAGE) == 0);
  return base;
}

static int access_page(const char *what) {
  volatile char *base = map_pages(3);
  char *plain = (char *)base;
  volatile size_t length = 2 * PAGE;
  if (!strcmp(what, "null")) return *(volatile char *)(uintptr_t)(length - length);
  if (!strcmp(what, "null-write")) return *(volatile int *)(uintptr_t)(length - length + 4) = 1;
  if (!strcmp(what, "unmapped")) return munmap(plain, PAGE), base[5];
  if (!strcmp(what, "none")) return mprotect(plain, PAGE, PROT_NONE), base[5];
  if (!strcmp(what, "read-only")) return mprotect(plain, PAGE, PROT_READ), printf("%d\n", base[5]), base[5] = 1;
  if (!strcmp(what, "straddle")) {
    mprotect(plain + PAGE, PAGE, PROT_NONE);
    return (int)*(volatile uint64_t *)(base + PAGE - 4);
  }
  if (!strcmp(what, "copy")) return munmap(plain + PAGE, PAGE), memcpy(plain, plain + PAGE - 10, length), base[0];
  if (!strcmp(what, "fill")) return mprotect(plain + PAGE, PAGE, PROT_READ), memset(plain, 1, length), base[0];
  if (!strcmp(what, "atomic")) return munmap(plain, PAGE), __atomic_fetch_add((int *)plain, 1, __ATOMIC_SEQ_CST);
  if (!strcmp(what, "atomic-read-only")) {
    mprotect(plain, PAGE, PROT_READ);
    printf("%d\n", __atomic_load_n((int *)plain, __ATOMIC_SEQ_CST));
    fflush(stdout);
    return __atomic_fetch_or((int *)plain, 1, __ATOMIC_SEQ_CST);
  }
  if (!strcmp(what, "truncated")) return truncated()[PAGE];
  if (!strcmp(what, "truncated-copy")) return memcpy(plain, truncated(), length), base[0];
  if (!strcmp(what, "gone")) return memset(plain, 1, length), munmap(plain, 3 * PAGE), base[PAGE];
  return 99;
}

int main(int argc, char **argv) {
  NEED(argc == 2);
  printf("%s\n", argv[1]);
  fflush(stdout);
  printf("no fault: %d\n", access_page(argv[1]));
  return 0;
}
