// Mappings of files by how these were opened, and what /proc says of them.
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define RW (PROT_READ | PROT_WRITE)

int main(void) {
  int both = open("file", O_RDWR | O_CREAT, 0600);
  NEED(both >= 0 && ftruncate(both, 3 * PAGE) == 0);
  int reader = open("file", O_RDONLY);
  int writer = open("file", O_WRONLY);
  int directory = open(".", O_RDONLY);
  NEED(reader >= 0 && writer >= 0 && directory >= 0);
  SHOW(mmap(0, PAGE, PROT_READ, MAP_SHARED, writer, 0));
  SHOW(mmap(0, PAGE, PROT_WRITE, MAP_SHARED, writer, 0));
  SHOW(mmap(0, PAGE, RW, MAP_SHARED, reader, 0));
  SHOW(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, directory, 0));
  SHOW(mmap(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x80000, reader, 0));
  char *shared = mmap(0, PAGE, PROT_READ, MAP_SHARED, reader, 0);
  NEED(shared != MAP_FAILED);
  SHOW(mprotect(shared, PAGE, RW));
  char *own = mmap(0, PAGE, RW, MAP_PRIVATE, reader, 0);
  NEED(own != MAP_FAILED);
  own[5] = 1;
  char *written = mmap(0, 2 * PAGE, RW, MAP_SHARED, both, PAGE);
  NEED(written != MAP_FAILED);
  memcpy(written, "mapped", 6);
  char text[7] = {0};
  NEED(pread(reader, text, 6, PAGE) == 6);
  printf("%s %d\n", text, shared[5]);
  int zero = open("/dev/zero", O_RDWR);
  NEED(zero >= 0);
  char *zeroes = mmap(0, PAGE, RW, MAP_PRIVATE, zero, 0);
  NEED(zeroes != MAP_FAILED);
  printf("%d\n", zeroes[10]++);
  SHOW(unlink("file"));
  return 0;
}
