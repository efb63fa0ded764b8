// cachestat: how much of a file is in memory.
// needs: Linux 6.5
#include "paths.h"

#include "calls.h"

typedef struct {
  uint64_t offset, length;
} Range;

typedef struct {
  uint64_t cached, dirty, writeback, evicted, recently_evicted;
} Counts;

int main(void) {
  make_file("file", "contents");
  int file = open("file", O_RDWR), ends[2];
  NEED(file >= 0 && pipe(ends) == 0);
  Range all = {0, 0}, one = {0, 1}, beyond = {1 << 20, 4096};
  Counts counts = {.cached = 77};
  CALL(cachestat, file, &all, &counts, 0);
  printf("%d\n", (int)counts.cached);
  CALL(cachestat, file, &one, &counts, 0);
  printf("%d\n", (int)counts.cached);
  CALL(cachestat, file, &beyond, &counts, 0);
  printf("%d\n", (int)counts.cached);
  CALL(cachestat, file, &all, &counts, 1);
  CALL(cachestat, file, nowhere, &counts, 0);
  CALL(cachestat, file, NULL, &counts, 0);
  CALL(cachestat, file, &all, nowhere, 0);
  CALL(cachestat, 999, &all, &counts, 0);
  CALL(cachestat, ends[0], &all, &counts, 0);
  return 0;
}
