// Directories are listed whole, whatever the buffer's size, and from any cookie.
#include <dirent.h>

#include "check.h"

enum { k_files = 200 };

static void raw_listing(int dir, uint32_t size) {
  static uint8_t buffer[65536];
  static char seen[k_files];
  memset(seen, 0, sizeof seen);
  int total = 0;
  __wasi_dircookie_t cookie = 0;
  for (;;) {
    __wasi_size_t used;
    EQUAL(__wasi_fd_readdir((__wasi_fd_t)dir, buffer, size, cookie, &used), 0);
    uint32_t at = 0;
    while (at + sizeof(__wasi_dirent_t) <= used) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + at, sizeof entry);
      if (at + sizeof entry + entry.d_namlen > used) break;
      int number = -1;
      char name[64] = {0};
      memcpy(name, buffer + at + sizeof entry, entry.d_namlen < 63 ? entry.d_namlen : 63);
      if (sscanf(name, "file-%d", &number) == 1) {
        CHECK(number >= 0 && number < k_files && !seen[number]);
        EQUAL(entry.d_type, __WASI_FILETYPE_REGULAR_FILE);
        seen[number] = 1;
      }
      total++;
      cookie = entry.d_next;
      at += sizeof entry + entry.d_namlen;
    }
    if (used < size) break;
    CHECK(at > 0);
    if (at == 0) return;
  }
  for (int i = 0; i < k_files; i++) CHECK(seen[i]);
  EQUAL(total, k_files + 2);
}

int main(void) {
  for (int i = 0; i < k_files; i++) {
    char name[32];
    snprintf(name, sizeof name, "/list/file-%d", i);
    if (i == 0) EQUAL(__wasi_path_create_directory(preopen("/"), "list"), 0);
    FILE* file = fopen(name, "w");
    CHECK(file != NULL);
    if (file) fclose(file);
  }
  __wasi_fd_t dir;
  EQUAL(open_at(preopen("/"), "list", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, &dir), 0);
  raw_listing((int)dir, 65536);
  raw_listing((int)dir, 300);
  raw_listing((int)dir, 50);
  DIR* libc_dir = opendir("/list");
  CHECK(libc_dir != NULL);
  int count = 0;
  while (libc_dir && readdir(libc_dir)) count++;
  EQUAL(count, k_files + 2);
  return finish();
}
