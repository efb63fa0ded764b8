// madvise, mlock and their kin, membarrier, brk.
#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void advice(void) {
  char *base = mmap(0, 6 * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  munmap(base + 4 * PAGE, 2 * PAGE);
  memset(base, 7, 4 * PAGE);
  SHOW(madvise(base + PAGE, PAGE, MADV_DONTNEED));
  printf("%d %d %d\n", base[0], base[PAGE], base[2 * PAGE]);
  SHOW(madvise(base, 6 * PAGE, MADV_DONTNEED));
  printf("%d\n", base[0]);
  SHOW(madvise(base + 1, PAGE, MADV_DONTNEED));
  SHOW(madvise(base, 0, MADV_DONTNEED));
  SHOW(madvise(base, PAGE, 7777));
  SHOW(madvise(base, PAGE, MADV_NORMAL));
  SHOW(madvise(base, PAGE, MADV_RANDOM));
  SHOW(madvise(base, PAGE, MADV_SEQUENTIAL));
  SHOW(madvise(base, PAGE, MADV_WILLNEED));
  SHOW(madvise(base, PAGE, MADV_FREE));
  SHOW(madvise(base, PAGE, MADV_DONTFORK));
  SHOW(madvise(base, PAGE, MADV_DOFORK));
  SHOW(madvise(base, PAGE, MADV_DONTDUMP));
  SHOW(madvise(base, PAGE, MADV_DODUMP));
  SHOW(madvise(base, PAGE, MADV_REMOVE));
  SHOW(madvise(base, PAGE, 18));  // MADV_WIPEONFORK
  SHOW(madvise(base, PAGE, 19));  // MADV_KEEPONFORK
  SHOW(madvise(base, 4 * PAGE, 23));  // MADV_POPULATE_WRITE
  SHOW(madvise(base, 5 * PAGE, 22));  // MADV_POPULATE_READ
  mprotect(base, PAGE, PROT_NONE);
  SHOW(madvise(base, PAGE, 22));
  char *shared = mmap(0, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  NEED(shared != MAP_FAILED);
  shared[0] = 5;
  SHOW(madvise(shared, PAGE, MADV_DONTNEED));
  printf("%d\n", shared[0]);
  SHOW(madvise(shared, PAGE, MADV_FREE));
  SHOW(madvise(shared, PAGE, MADV_REMOVE));
  printf("%d\n", shared[0]);
}

static void locks(void) {
  char *base = mmap(0, 6 * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  munmap(base + 4 * PAGE, 2 * PAGE);
  SHOW(mlock(base + 5, PAGE));
  SHOW(madvise(base, PAGE, MADV_DONTNEED));
  SHOW(madvise(base + 2 * PAGE, PAGE, MADV_DONTNEED));
  SHOW(mlock(base, 5 * PAGE));
  SHOW(munlock(base, 5 * PAGE));
  SHOW(munlock(base, 4 * PAGE));
  SHOW(madvise(base, PAGE, MADV_DONTNEED));
  SHOW(syscall(SYS_mlock2, base, PAGE, 1));
  SHOW(syscall(SYS_mlock2, base, PAGE, 2));
  SHOW(msync(base, PAGE, MS_INVALIDATE));
  SHOW(mlockall(0));
  SHOW(mlockall(MCL_ONFAULT));
  SHOW(mlockall(64));
  SHOW(mlockall(MCL_FUTURE));
  SHOW(munlockall());
  SHOW(msync(base, PAGE, MS_INVALIDATE));
  mprotect(base, PAGE, PROT_NONE);
  SHOW(mlock(base, PAGE));
}

static void barriers(void) {
  long commands = syscall(SYS_membarrier, 0, 0, 0);
  printf("membarrier: %ld\n", commands & 0x1f);
  SHOW(syscall(SYS_membarrier, 0, 1, 0));
  SHOW(syscall(SYS_membarrier, 1 << 20, 0, 0));
  SHOW(syscall(SYS_membarrier, 16, 0, 0));
  SHOW(syscall(SYS_membarrier, 8, 0, 0));
}

static void breaks(void) {
  char *start = (char *)syscall(SYS_brk, 0);
  SHOW((char *)syscall(SYS_brk, start + 3 * PAGE) == start + 3 * PAGE);
  start[2 * PAGE] = 5;
  SHOW((char *)syscall(SYS_brk, 0) == start + 3 * PAGE);
  SHOW((char *)syscall(SYS_brk, 16) == start + 3 * PAGE);
  SHOW((char *)syscall(SYS_brk, start + 1) == start + 1);
  SHOW((char *)syscall(SYS_brk, start + 3 * PAGE) == start + 3 * PAGE);
  printf("%d\n", start[2 * PAGE]);
  char *wall = (char *)(((uintptr_t)start + 8 * PAGE) & ~(uintptr_t)(PAGE - 1));
  NEED(mmap(wall, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == wall);
  SHOW((char *)syscall(SYS_brk, wall + 2 * PAGE) == start + 3 * PAGE);
  SHOW((char *)syscall(SYS_brk, wall - PAGE) == wall - PAGE);
  SHOW((char *)syscall(SYS_brk, start) == start);
}

int main(void) {
  advice();
  locks();
  barriers();
  breaks();
  return 0;
}
