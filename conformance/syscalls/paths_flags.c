// file_getattr and file_setattr: the flags and project of files.
// needs: Linux 6.17
#include "paths.h"

#include "calls.h"

typedef struct {
  uint64_t flags;
  uint32_t extent_size, extents, project, copy_extent_size;
} Attributes;

int main(void) {
  make_file("file", "contents");
  NEED(symlink("file", "link") == 0);
  int dir = open(".", O_RDONLY | O_DIRECTORY), fd = open("file", O_RDWR);
  NEED(dir >= 0 && fd >= 0);
  Attributes got = {.extents = 77}, more[2] = {{0}, {.flags = 5}};
  CALL(file_getattr, dir, "file", &got, sizeof got, 0);
  CALL(file_getattr, AT_FDCWD, "link", &got, sizeof got, 0);
  CALL(file_getattr, fd, "", &got, sizeof got, AT_EMPTY_PATH);
  printf("%llx %u %u %u\n", (unsigned long long)got.flags, got.extent_size, got.extents, got.project);
  CALL(file_getattr, fd, "", &got, sizeof got, 0);
  CALL(file_getattr, dir, "nothing", &got, sizeof got, 0);
  CALL(file_getattr, dir, "file", &got, sizeof got, 1);
  CALL(file_getattr, dir, "file", &got, 23, 0);
  CALL(file_getattr, dir, "file", &got, 0, 0);
  CALL(file_getattr, dir, "file", &got, 4097, 0);
  CALL(file_getattr, dir, "file", more, sizeof more, 0);
  printf("%llx\n", (unsigned long long)more[1].flags);
  CALL(file_getattr, dir, "file", nowhere, sizeof got, 0);
  CALL(file_getattr, dir, nowhere, &got, sizeof got, 0);
  CALL(file_getattr, 999, "file", &got, sizeof got, 0);
  CALL(file_getattr, fd, "file", &got, sizeof got, 0);
  got.extents = 0;
  CALL(file_setattr, dir, "file", &got, sizeof got, 0);
  CALL(file_setattr, dir, "nothing", &got, sizeof got, 0);
  CALL(file_setattr, dir, "file", &got, 23, 0);
  CALL(file_setattr, dir, "file", &got, 4097, 0);
  CALL(file_setattr, dir, "file", &got, sizeof got, 1);
  CALL(file_setattr, dir, "file", nowhere, sizeof got, 0);
  CALL(file_setattr, dir, nowhere, &got, sizeof got, 0);
  CALL(file_setattr, 999, "file", &got, sizeof got, 0);
  got.flags = 1ull << 60;
  CALL(file_setattr, dir, "file", &got, sizeof got, 0);
  more[1].flags = 5;
  CALL(file_setattr, dir, "file", more, sizeof more, 0);
  return 0;
}
