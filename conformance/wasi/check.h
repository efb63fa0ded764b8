#pragma once
// What the guests in this folder share: each checks functions from inside, prints what is wrong, and ends
// with 0 if nothing is. The runner gives the guest an empty directory "/" to write to, and "/ro", read-only,
// which holds a file "data" with the text "read only\n".

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static int failures;

#define CHECK(condition)                                     \
  do {                                                       \
    if (!(condition)) {                                      \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      failures++;                                            \
    }                                                        \
  } while (0)

/// Both sides are evaluated once and shown as numbers.
#define EQUAL(actual, expected)                                                                 \
  do {                                                                                          \
    long long actual_ = (long long)(actual), expected_ = (long long)(expected);                 \
    if (actual_ != expected_) {                                                                 \
      printf("%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, actual_, expected_); \
      failures++;                                                                               \
    }                                                                                           \
  } while (0)

static inline int finish(void) {
  if (!failures) puts("ok");
  return failures != 0;
}

/// The descriptor of a preopened directory, -1 if there is none.
static inline int preopen(const char* name) {
  for (__wasi_fd_t fd = 3;; fd++) {
    __wasi_prestat_t stat;
    if (__wasi_fd_prestat_get(fd, &stat)) return -1;
    char path[256] = {0};
    if (stat.u.dir.pr_name_len >= sizeof path) continue;
    if (__wasi_fd_prestat_dir_name(fd, (uint8_t*)path, stat.u.dir.pr_name_len)) return -1;
    if (!strcmp(path, name)) return (int)fd;
  }
}

static inline __wasi_errno_t open_at(int dir, const char* path, int how, uint64_t rights, __wasi_fd_t* fd) {
  return __wasi_path_open((__wasi_fd_t)dir, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, (__wasi_oflags_t)how,
                          rights, rights, 0, fd);
}
