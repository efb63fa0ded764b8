// Two processes count in turns in a file that both have mapped.
//
// usage: shared_writes FILE FIRST|SECOND
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { k_turns = 2000, k_page = 4096 };

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  uint32_t me = !strcmp(argv[2], "SECOND");
  int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, 3 * k_page) != 0) return perror(argv[1]), 1;
  // The second has the page mapped at another offset, as part of a longer mapping.
  char *base = mmap(0, me ? 3 * k_page : k_page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, me ? 0 : 2 * k_page);
  if (base == MAP_FAILED) return perror("mmap"), 1;
  volatile uint32_t *counter = (volatile uint32_t *)(base + (me ? 2 * k_page : 0));
  for (uint32_t turn = me; turn < k_turns; turn += 2) {
    while (__atomic_load_n(counter, __ATOMIC_SEQ_CST) != turn) nanosleep(&(struct timespec){0, 20000}, 0);
    if (__atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST) != turn) return 1;
  }
  if (me) {
    uint32_t count = 0;
    if (pread(fd, &count, sizeof count, 2 * k_page) != sizeof count) return 1;
    printf("%u turns\n", count);
  }
  return 0;
}
