// Calls on descriptors of the wrong kind, with counts and places that cannot be, and what files refuse at last.
#include "calls.h"
#include "path_calls.h"

#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static int file, folder, ends[2];

static void closed_descriptors(void) {
  struct statfs status;
  struct iovec vector = {&status, 1};
  loff_t place = 0;
  SHOW(lseek(999, 0, SEEK_SET));
  SHOW(posix_fadvise(999, 0, 0, POSIX_FADV_NORMAL));
  SHOW(fallocate(999, 0, 0, 10));
  SHOW(readahead(999, 0, 10));
  SHOW(sync_file_range(999, 0, 10, 0));
  SHOW(splice(999, NULL, ends[1], NULL, 1, 0));
  SHOW(splice(ends[0], NULL, 999, NULL, 1, 0));
  SHOW(tee(999, ends[1], 1, 0));
  SHOW(vmsplice(999, &vector, 1, 0));
  SHOW(sendfile(file, 999, NULL, 1));
  SHOW(copy_file_range(999, &place, file, NULL, 1, 0));
  SHOW(fstatfs(999, &status));
  SHOW(flock(999, LOCK_EX));
  SHOW(ftruncate(999, 0));
  CALL(fchdir, 999);
  CALL(fchmod, 999, 0600);
  CALL(fchown, 999, -1, -1);
  CALL(inotify_add_watch, 999, "file", IN_MODIFY);
  CALL(inotify_rm_watch, 999, 1);
}

static void wrong_kinds(void) {
  int reads = open("file", O_RDONLY), writes = open("file", O_WRONLY), path = open("file", O_PATH);
  char text[8];
  loff_t place = 0;
  SHOW(fallocate(reads, 0, 0, 10));
  SHOW(fallocate(ends[1], 0, 0, 10));
  SHOW(fallocate(folder, 0, 0, 10));
  SHOW(readahead(writes, 0, 10));
  SHOW(readahead(ends[0], 0, 10));
  SHOW(sync_file_range(ends[0], 0, 10, 0));
  SHOW(sync_file_range(path, 0, 10, 0));
  SHOW(sync_file_range(file, -1, 10, 0));
  SHOW(sync_file_range(file, 0, 10, 8));
  SHOW(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL));
  SHOW(posix_fadvise(path, 0, 0, POSIX_FADV_NORMAL));
  SHOW(posix_fadvise(file, 0, 0, 77));
  SHOW(copy_file_range(folder, NULL, file, NULL, 1, 0));
  SHOW(copy_file_range(file, &place, folder, NULL, 1, 0));
  SHOW(copy_file_range(writes, &place, file, NULL, 1, 0));
  SHOW(copy_file_range(file, &place, reads, NULL, 1, 0));
  SHOW(sendfile(writes, ends[0], &place, 1));
  SHOW(sendfile(writes, writes, NULL, 1));
  SHOW(sendfile(writes, folder, NULL, 1));
  SHOW(splice(writes, NULL, ends[1], NULL, 1, 0));
  SHOW(splice(ends[0], NULL, reads, NULL, 1, 0));
  SHOW(splice(ends[1], NULL, ends[0], NULL, 1, 0));
  SHOW(tee(ends[1], ends[0], 1, 0));
  SHOW(read(folder, text, 1));
  SHOW(read(writes, text, 1));
  SHOW(write(reads, text, 1));
  SHOW(write(folder, text, 1));
  CALL(fchdir, file);
  SHOW(flock(path, LOCK_EX));
  CALL(fchown, path, -1, -1);
  CALL(inotify_add_watch, file, "file", IN_MODIFY);
  CALL(inotify_rm_watch, file, 1);
  SHOW(fcntl(file, F_NOTIFY, 1 /* DN_ACCESS */));
  SHOW(fcntl(path, F_SETFL, 0));
  close(reads);
  close(writes);
  close(path);
}

static void elsewhere(void) {
  int memory = (int)syscall(SYS_memfd_create, "memory", 0);
  char text[8];
  NEED(memory >= 0);
  SHOW(copy_file_range(file, NULL, memory, NULL, 1, 0));
  int pipe_size = fcntl(ends[1], F_SETPIPE_SZ, 65536);
  NEED(pipe_size == 65536 && write(ends[1], (char[8192]){0}, 8192) == 8192);
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
  CALL(openat, AT_FDCWD, "/proc", O_RDWR | O_TMPFILE, 0600);
  CALL(openat, AT_FDCWD, "/proc/self/exe", O_WRONLY);
  SHOW(truncate("/proc/self/exe", 0));
  CALL(readlinkat, AT_FDCWD, "file", text, sizeof text);
  CALL(setxattr, "/proc/self/status", "user.name", text, 4, 0);
  close(memory);
}

/// Vectors whose sizes make no sense, and places before the beginning.
static void vectors(void) {
  char text[8];
  struct iovec good = {text, 4}, endless[2] = {{text, (size_t)-1 / 2}, {text, (size_t)-1 / 2}};
  SHOW(writev(ends[1], endless, 0));
  CALL(preadv, file, &good, 1, -5L, -1L);
  CALL(pwritev, file, &good, 1, -5L, -1L);
  CALL(preadv2, file, &good, 1, -5L, -1L, 0);
  CALL(pwritev2, file, &good, 1, -5L, -1L, 0);
  CALL(preadv2, file, &good, -1, 0L, 0L, 0);
  CALL(pwritev2, file, &good, 1025, 0L, 0L, 0);
  CALL(pwritev, file, &good, 1025, 0L, 0L);
  CALL(vmsplice, ends[1], &good, 1025, 0);
  CALL(vmsplice, ends[1], &good, 1, 0x100);
  CALL(vmsplice, ends[1], &good, 0, 0);
}

static void watches(void) {
  int fd = inotify_init1(IN_NONBLOCK);
  NEED(fd >= 0);
  SHOW(inotify_add_watch(fd, "file", IN_MODIFY));
  SHOW(inotify_add_watch(fd, "file", IN_MODIFY | IN_MASK_CREATE));
  SHOW(inotify_add_watch(fd, "file", IN_MASK_ADD | IN_MASK_CREATE | IN_MODIFY));
  SHOW(inotify_add_watch(fd, "file", IN_ONLYDIR | IN_MODIFY));
  SHOW(inotify_add_watch(fd, "file", 0));
  SHOW(inotify_rm_watch(fd, 77));
  close(fd);
}

static void handles(void) {
  Handle handle = {.bytes = 8, .type = 1};
  CALL(open_by_handle_at, AT_FDCWD, nowhere, O_RDONLY);
  CALL(open_by_handle_at, 999, &handle, O_RDONLY);
  CALL(open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
  handle.bytes = 0;
  CALL(open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
  handle.bytes = 129;
  CALL(open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
  handle.bytes = 128;
  CALL(open_by_handle_at, AT_FDCWD, page_end() - 8, O_RDONLY);
}

/// In one too deep for its path to be told, and with rooms for paths that are none.
static void directories(void) {
  enum { DEPTH = 20 };
  char name[256], path[8192];
  int level[DEPTH];
  memset(name, 'd', 255);
  name[255] = '\0';
  for (int i = 0; i < DEPTH; ++i) {
    level[i] = open(".", O_RDONLY | O_DIRECTORY);
    NEED(level[i] >= 0 && mkdir(name, 0700) == 0 && chdir(name) == 0);
  }
  CALL(getcwd, path, sizeof path);
  CALL(fchdir, folder);
  for (int i = DEPTH - 1; i >= 0; --i) NEED(unlinkat(level[i], name, AT_REMOVEDIR) == 0 && close(level[i]) == 0);
  CALL(getcwd, path, 1);
  CALL(getcwd, path, 0);
  CALL(getcwd, nowhere, sizeof path);
}

int main(void) {
  make_file("file", "0123456789");
  file = open("file", O_RDWR);
  folder = open(".", O_RDONLY | O_DIRECTORY);
  NEED(file >= 0 && folder >= 0 && pipe2(ends, O_NONBLOCK) == 0);
  closed_descriptors();
  wrong_kinds();
  vectors();
  elsewhere();
  watches();
  handles();
  directories();
  return 0;
}
