// What limits of the process and of descriptors stop: RLIMIT_NOFILE, RLIMIT_FSIZE with its signal, seals, /dev/full.
#include "calls.h"
#include "paths.h"

#include <signal.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

enum { LIMIT = 8192 };

static volatile sig_atomic_t signals;
static int file;
static char room[2 * LIMIT];

static void count_signal(int number) { signals += number == SIGXFSZ; }

static void show_signals(void) {
  printf("signals %d\n", (int)signals);
  signals = 0;
}

static void descriptors(void) {
  struct rlimit before, limit;
  int ends[2];
  NEED(getrlimit(RLIMIT_NOFILE, &before) == 0);
  limit = before;
  int last = dup(0);
  limit.rlim_cur = (rlim_t)last + 1;
  NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CALL(dup, 0);
  CALL(dup3, 0, last + 1, 0);
  SHOW(fcntl(0, F_DUPFD, 0));
  CALL(openat, AT_FDCWD, "file", O_RDONLY);
  CALL(openat, AT_FDCWD, "missing", O_RDONLY);
  CALL(openat, AT_FDCWD, "unmade", O_CREAT | O_WRONLY, 0644);
  SHOW(access("unmade", F_OK));
  CALL(pipe2, ends, 0);
  CALL(memfd_create, "name", 0);
  CALL(inotify_init1, 0);
  close(last);
  CALL(pipe2, ends, 0);  // room for one of both
  NEED(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

static void writes(void) {
  struct iovec vector = {room, 100};
  CALL(pwrite64, file, room, sizeof room, 0, 0);
  CALL(pwrite64, file, room, 100, LIMIT - 10, 0);
  CALL(pwrite64, file, room, 100, LIMIT, 0);
  CALL(pwritev, file, &vector, 1, LIMIT, 0);
  CALL(pwritev2, file, &vector, 1, LIMIT, 0, RWF_DSYNC);
  show_signals();
  SHOW(lseek(file, -10, SEEK_END));
  CALL(write, file, room, 100);
  show_signals();
  CALL(write, file, room, 100);
  CALL(writev, file, &vector, 1);
  CALL(write, file, room, 0);
  show_signals();
  int appending = open("file", O_WRONLY | O_APPEND);
  CALL(write, appending, room, 1);
  CALL(pwrite64, appending, room, 1, 0, 0);
  show_signals();
  close(appending);
}

static void sizes(void) {
  SHOW(ftruncate(file, LIMIT + 1));
  SHOW(truncate("file", LIMIT + 1));
  show_signals();
  SHOW(ftruncate(file, LIMIT));
  SHOW(fallocate(file, 0, LIMIT, 10));
  show_signals();
}

static void transfers(void) {
  int source = open("source", O_RDONLY), ends[2];
  loff_t from = 0, to = LIMIT - 4;
  NEED(source >= 0 && pipe(ends) == 0 && write(ends[1], "0123456789", 10) == 10);
  SHOW(copy_file_range(source, &from, file, &to, 10, 0));
  SHOW(copy_file_range(source, &from, file, &to, 10, 0));
  show_signals();
  SHOW(lseek(file, LIMIT, SEEK_SET));
  SHOW(sendfile(file, source, &from, 4));
  to = LIMIT;
  SHOW(splice(ends[0], NULL, file, &to, 4, 0));
  show_signals();
  close(source);
  close(ends[0]);
  close(ends[1]);
}

static void long_files(void) {
  struct rlimit before, limit;
  signal(SIGXFSZ, count_signal);
  file = open("file", O_RDWR);
  NEED(file >= 0 && getrlimit(RLIMIT_FSIZE, &before) == 0);
  limit = before;
  limit.rlim_cur = LIMIT;
  NEED(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  writes();
  sizes();
  transfers();
  signal(SIGXFSZ, SIG_IGN);
  CALL(pwrite64, file, room, 1, LIMIT, 0);
  show_status(AT_FDCWD, "file", 0);
  NEED(setrlimit(RLIMIT_FSIZE, &before) == 0);
  CALL(pwrite64, file, room, 1, LIMIT, 0);
  show_signals();
  close(file);
}

/// Past what any file system holds.
static void last_bytes(void) {
  const off_t end = INT64_MAX;
  file = open("file", O_RDWR);
  SHOW(pwrite(file, room, 1, end));
  SHOW(pread(file, room, 1, end));
  off_t from = end;
  int other = open("source", O_RDONLY);
  SHOW(sendfile(file, other, &from, 4));
  from = (off_t)1 << 62;
  SHOW(sendfile(file, other, &from, 4));
  SHOW(fallocate(file, 0, end, 1));
  close(other);
  close(file);
}

static void sealed(void) {
  int sealed_file = (int)syscall(SYS_memfd_create, "name", 2 /* MFD_ALLOW_SEALING */);
  struct iovec vector = {room, 4};
  char name[40];
  loff_t start = 0;
  int source = (int)syscall(SYS_memfd_create, "source", 0);
  NEED(sealed_file >= 0 && source >= 0 && write(source, "0123456789", 10) == 10);
  NEED(ftruncate(sealed_file, 100) == 0);
  SHOW(fcntl(sealed_file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE));
  CALL(write, sealed_file, room, 4);
  CALL(writev, sealed_file, &vector, 1);
  CALL(pwrite64, sealed_file, room, 4, 0, 0);
  SHOW(ftruncate(sealed_file, 10));
  SHOW(ftruncate(sealed_file, 1000));
  SHOW(fallocate(sealed_file, 0, 0, 1000));
  SHOW(fallocate(sealed_file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
  SHOW(copy_file_range(source, &start, sealed_file, NULL, 4, 0));
  SHOW(sendfile(sealed_file, source, &start, 4));
  snprintf(name, sizeof name, "/proc/self/fd/%d", sealed_file);
  SHOW(truncate(name, 10));
  CALL(openat, AT_FDCWD, name, O_RDWR | O_TRUNC);
  SHOW(fcntl(sealed_file, F_ADD_SEALS, F_SEAL_SEAL));
  SHOW(fcntl(sealed_file, F_ADD_SEALS, F_SEAL_SEAL));
}

static void devices(void) {
  int full = open("/dev/full", O_RDWR), null = open("/dev/null", O_RDWR);
  struct iovec vector = {room, 4};
  NEED(full >= 0 && null >= 0);
  CALL(write, full, room, 4);
  CALL(writev, full, &vector, 1);
  CALL(write, full, room, 0);
  SHOW(fallocate(null, 0, 0, 10));
  SHOW(ftruncate(null, 0));
  SHOW(truncate("/dev/null", 0));
  SHOW(fsync(full));
  close(full);
  close(null);
}

int main(void) {
  make_file("file", "file");
  make_file("source", "0123456789");
  descriptors();
  long_files();
  last_bytes();
  sealed();
  devices();
  return 0;
}
