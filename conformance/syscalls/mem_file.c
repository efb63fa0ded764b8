// Mappings of files: shared and private, their ends, msync, mincore.
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)

static int make_file(int pages) {
  int fd = memfd_create("file", MFD_CLOEXEC);
  NEED(fd >= 0 && ftruncate(fd, (off_t)pages * PAGE) == 0);
  for (int page = 0; page < pages; ++page) {
    char byte = (char)(page + 1);
    NEED(pwrite(fd, &byte, 1, (off_t)page * PAGE) == 1);
  }
  return fd;
}
static int file_byte(int fd, int page) {
  char byte = -1;
  pread(fd, &byte, 1, (off_t)page * PAGE);
  return byte;
}
/// Through the kernel, since the page may be beyond the end of the file.
static void show_byte(const char *name, const char *address) {
  int pipes[2];
  char byte = 0;
  NEED(pipe(pipes) == 0);
  if (write(pipes[1], address, 1) == 1) {
    NEED(read(pipes[0], &byte, 1) == 1);
    printf("%s: %d\n", name, byte);
  } else {
    printf("%s: %s\n", name, errno_name(errno));
  }
  close(pipes[0]);
  close(pipes[1]);
}

static void sharing(void) {
  int fd = make_file(4);
  char *shared = mmap(0, 4 * PAGE, RW, MAP_SHARED, fd, 0);
  char *second = mmap(0, 2 * PAGE, RW, MAP_SHARED, fd, 2 * PAGE);
  char *own = mmap(0, 4 * PAGE, RW, MAP_PRIVATE, fd, 0);
  NEED(shared != MAP_FAILED && second != MAP_FAILED && own != MAP_FAILED);
  printf("%d %d %d\n", shared[3 * PAGE], second[PAGE], own[3 * PAGE]);
  own[3 * PAGE] = 50;
  second[PAGE] = 60;
  printf("%d %d %d file %d\n", shared[3 * PAGE], second[PAGE], own[3 * PAGE], file_byte(fd, 3));
  char byte = 70;
  NEED(pwrite(fd, &byte, 1, 0) == 1);
  printf("%d %d\n", shared[0], own[0]);
  SHOW(madvise(own, 4 * PAGE, MADV_DONTNEED));
  printf("%d\n", own[3 * PAGE]);
  SHOW(close(fd));
  shared[0] = 71;
  printf("%d\n", own[0]);
  SHOW(munmap(own, 4 * PAGE));
}

static void ends(void) {
  int fd = make_file(3);
  char *base = mmap(0, 5 * PAGE, RW, MAP_SHARED, fd, 0);
  NEED(base != MAP_FAILED);
  show_byte("inside", base + 2 * PAGE);
  show_byte("beyond the end", base + 3 * PAGE);
  NEED(ftruncate(fd, PAGE + 10) == 0);
  show_byte("in the last page", base + PAGE + 100);
  show_byte("cut off", base + 2 * PAGE);
  NEED(ftruncate(fd, 4 * PAGE) == 0);
  show_byte("there again", base + 2 * PAGE);
  SHOW(mremap(base, 5 * PAGE, 2 * PAGE, 0) == base);
  base[PAGE] = 33;
  printf("file %d\n", file_byte(fd, 1));
}

static void sync_and_residency(void) {
  int fd = make_file(4);
  char *base = mmap(0, 6 * PAGE, RW, MAP_SHARED, fd, 0);
  NEED(base != MAP_FAILED);
  munmap(base + 4 * PAGE, 2 * PAGE);
  SHOW(msync(base, 4 * PAGE, MS_SYNC));
  SHOW(msync(base, 4 * PAGE, MS_ASYNC));
  SHOW(msync(base, 4 * PAGE, MS_INVALIDATE));
  SHOW(msync(base, 4 * PAGE, MS_SYNC | MS_ASYNC));
  SHOW(msync(base, 4 * PAGE, 64));
  SHOW(msync(base + 1, PAGE, MS_SYNC));
  SHOW(msync(base, 5 * PAGE, MS_SYNC));
  SHOW(msync(base, 0, MS_SYNC));
  unsigned char pages[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  base[0] = 1;
  SHOW(mincore(base, 4 * PAGE, pages));
  printf("%d %d\n", pages[0] & 1, pages[4]);
  SHOW(mincore(base, 5 * PAGE, pages));
  SHOW(mincore(base + 1, PAGE, pages));
  SHOW(mincore(base, PAGE, (unsigned char *)16));
  SHOW(mincore(base, 0, pages));
}

static void memfds(void) {
  char name[260];
  memset(name, 'n', sizeof name);
  name[250] = 0;
  SHOW(memfd_create(name, 0));
  name[249] = 0;
  SHOW_OK(memfd_create(name, 0));
  SHOW(memfd_create("flags", 0x4000));
  int fd = memfd_create("sealed", MFD_ALLOW_SEALING);
  NEED(fd >= 0);
  SHOW(ftruncate(fd, 100));
  SHOW(lseek(fd, 0, SEEK_END));
}

int main(void) {
  sharing();
  ends();
  sync_and_residency();
  memfds();
  return 0;
}
