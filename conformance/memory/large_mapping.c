// Writes and reads a page here and there of a file mapping of 1,920 MiB (libc refuses 2 GiB and more), and gives the pages back as it goes.
//
// usage: large_mapping FILE
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const size_t page = 4096, piece = 16u << 20, size = 120 * piece;
  int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, (off_t)size) != 0) return perror(argv[1]), 1;
  unsigned char *base = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return perror("mmap"), 1;
  for (size_t at = 0; at < size; at += piece) {
    memset(base + at, (int)(at / piece), page);
    for (size_t next = at; next < at + piece; next += 16 * page) base[at] += base[next] & 0;
    if (msync(base + at, piece, MS_ASYNC) != 0 || madvise(base + at, piece, MADV_DONTNEED) != 0) return 1;
  }
  uint64_t sum = 0;
  for (size_t at = 0; at < size; at += piece) sum += base[at + page - 1];
  unsigned char last = 0;
  if (pread(fd, &last, 1, (off_t)(size - piece)) != 1) return 1;
  printf("sum %llu last %d\n", (unsigned long long)sum, last);
  fflush(stdout);
  getchar();
  return munmap(base, size) != 0;
}
