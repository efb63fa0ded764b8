// Advice, locks and barriers that the memory at hand, its files or a missing privilege do not allow.
#include "calls.h"

#include <fcntl.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };
enum { POPULATE_READ = 22, POPULATE_WRITE = 23 };

static int open_pages(const char *name, int pages) {
  int fd = open(name, O_RDWR | O_CREAT, 0600);
  NEED(fd >= 0 && ftruncate(fd, pages * PAGE) == 0);
  return fd;
}

static void advice_on_files(void) {
  open_pages("file", 1);
  int fd = open("file", O_RDWR), reader = open("file", O_RDONLY);
  NEED(fd >= 0 && reader >= 0);
  char *written = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0), *read = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0);
  char *own = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
  NEED(written != MAP_FAILED && read != MAP_FAILED && own != MAP_FAILED);
  written[5] = own[5] = 7;
  SHOW(madvise(read, PAGE, MADV_REMOVE));
  SHOW(madvise(own, PAGE, MADV_REMOVE));
  SHOW(madvise(own, PAGE, MADV_FREE));
  SHOW(madvise(written, PAGE, MADV_FREE));
  SHOW(madvise(written, PAGE, POPULATE_WRITE));
  SHOW(madvise(read, PAGE, POPULATE_WRITE));
  SHOW(madvise(written, 2 * PAGE, POPULATE_READ));
  SHOW(madvise(written + PAGE, PAGE, POPULATE_WRITE));
  SHOW(madvise(written, PAGE, MADV_REMOVE));
  printf("%d %d\n", written[5], own[5]);
  SHOW(mlock(written + PAGE, PAGE));
}

static void advice_on_locked(void) {
  char *base = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  NEED(mlock(base + PAGE, PAGE) == 0);
  SHOW(madvise(base, 4 * PAGE, MADV_DONTNEED));
  SHOW(madvise(base, 4 * PAGE, MADV_FREE));
  SHOW(madvise(base, (size_t)-PAGE, MADV_DONTNEED));
  SHOW(madvise(base, (size_t)-1, MADV_DONTNEED));
}

static void lengths(void) {
  char *base = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  size_t around = (size_t)0 - 2 * PAGE, last = (size_t)-1;
  CALL(mlock, base, around);
  CALL(mlock2, base, around, 1);
  CALL(munlock, base, around);
  CALL(mlock, base, last);
  CALL(munlock, base, last);
  CALL(mprotect, base, around, RW);
  CALL(munmap, base, around);
  CALL(msync, base, around, MS_ASYNC);
  CALL(mincore, base, around, base);
  CALL(mincore, base + 1, PAGE, nowhere);
  CALL(mincore, base, PAGE, nowhere);
  CALL(mremap, base, PAGE, around, MREMAP_MAYMOVE);
  CALL(mremap, base, around, PAGE, MREMAP_MAYMOVE);
}

static void barriers(void) {
  CALL(membarrier, 8, 0, 0);
  CALL(membarrier, 16, 0, 0);
  CALL(membarrier, 8, 0, 0);
  CALL(membarrier, 4, 0, 0);
  CALL(membarrier, 2, 0, 0);
  CALL(membarrier, 3, 0, 0);
  CALL(membarrier, 24, 0, 0);
}

int main(void) {
  advice_on_files();
  advice_on_locked();
  lengths();
  barriers();
  return 0;
}
