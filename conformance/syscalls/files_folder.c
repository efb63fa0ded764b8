// getdents64: names in pieces, positions, small buffers, what is no directory.
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int by_name(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static long entries(int fd, void* buffer, unsigned size) { return syscall(SYS_getdents64, fd, buffer, size); }

static void whole(void) {
  DIR* folder = opendir(".");
  NEED(folder);
  static char* names[200];
  int count = 0, folders = 0, links = 0;
  struct dirent* entry;
  while ((entry = readdir(folder))) {
    folders += entry->d_type == DT_DIR;
    links += entry->d_type == DT_LNK;
    names[count++] = strdup(entry->d_name);
  }
  qsort(names, (size_t)count, sizeof *names, by_name);
  printf("%d names, %d folders, %d links: %s %s %s ... %s\n", count, folders, links, names[0], names[1],
         names[2], names[count - 1]);
  rewinddir(folder);
  int again = 0;
  long position = 0;
  char* at_position = NULL;
  while ((entry = readdir(folder))) {
    if (++again == 50) position = telldir(folder);
    if (again == 51) at_position = strdup(entry->d_name);
  }
  printf("%d names\n", again);
  seekdir(folder, position);
  entry = readdir(folder);
  SHOW(entry && !strcmp(entry->d_name, at_position));
  closedir(folder);
}

int main(void) {
  static char buffer[1000];
  char name[30];
  for (int i = 0; i < 100; i++) {
    snprintf(name, sizeof name, "name-%03d", i);
    NEED(close(open(name, O_CREAT | O_WRONLY, 0600)) == 0);
  }
  NEED(mkdir("folder", 0700) == 0 && symlink("folder", "link") == 0);
  whole();
  int fd = open(".", O_RDONLY | O_DIRECTORY), file = open("name-000", O_RDONLY), ends[2];
  NEED(fd >= 0 && file >= 0 && pipe(ends) == 0);
  SHOW(entries(fd, buffer, 10));
  SHOW(entries(fd, (void*)-16L, 16));
  SHOW(entries(file, buffer, sizeof buffer));
  SHOW(entries(ends[0], buffer, sizeof buffer));
  SHOW(entries(77, buffer, sizeof buffer));
  int empty = open("folder", O_RDONLY);
  long first = entries(empty, buffer, sizeof buffer);
  SHOW(first);
  SHOW(entries(empty, buffer, sizeof buffer));
  SHOW(lseek(empty, 0, SEEK_SET));
  SHOW(entries(empty, buffer, sizeof buffer) == first);
  NEED(rmdir("folder") == 0);
  SHOW(lseek(empty, 0, SEEK_SET));
  SHOW(entries(empty, buffer, sizeof buffer));
  return 0;
}
