// What the tests of paths share: files with contents, and what is in them.
#ifndef PATHS_H
#define PATHS_H

#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void make_file(const char *path, const char *text) {
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  NEED(fd >= 0);
  NEED(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

/// Prints a file's contents, or why it cannot be read.
static inline void show_file(int dir, const char *path) {
  char text[64];
  int fd = openat(dir, path, O_RDONLY | O_NONBLOCK);
  if (fd < 0) {
    printf("%s: %s\n", path, errno_name(errno));
    return;
  }
  ssize_t count = read(fd, text, sizeof text);
  if (count < 0) {
    printf("%s: read: %s\n", path, errno_name(errno));
  } else {
    printf("%s: \"%.*s\"\n", path, (int)count, text);
  }
  close(fd);
}

/// Prints type, permissions, links and size of a file, or why they are not known.
static inline void show_status(int dir, const char *path, int flags) {
  struct stat status;
  if (fstatat(dir, path, &status, flags) != 0) {
    printf("%s: %s\n", path, errno_name(errno));
    return;
  }
  long long size = S_ISDIR(status.st_mode) ? -1 : (long long)status.st_size;
  int links = S_ISDIR(status.st_mode) ? -1 : (int)status.st_nlink;
  printf("%s: mode %o, links %d, size %lld\n", path, (unsigned)status.st_mode, links, size);
}

#endif
