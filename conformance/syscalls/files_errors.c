// Calls on open files with bad pointers, buffers that reach beyond what is mapped, counts at their limits.
#include "paths.h"

#include "calls.h"

#include <dirent.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <time.h>

static int file, ends[2];

static void buffers(void) {
  char *edge = page_end();
  CALL(read, file, nowhere, 4);
  CALL(read, file, NULL, 0);
  CALL(read, file, edge, 4);
  CALL(write, file, nowhere, 4);
  CALL(write, file, edge, 4);
  CALL(pread64, file, nowhere, 4, 0, 0);
  CALL(pread64, file, edge - 2, 2, 0, 0);
  CALL(pread64, file, edge, 0, 0, 0);
  CALL(pread64, ends[0], edge - 2, 2, 0, 0);
  CALL(pwrite64, file, nowhere, 4, 0, 0);
  CALL(pwrite64, file, edge - 2, 2, 0, 0);
  CALL(pwrite64, ends[1], edge - 2, 2, 0, 0);
  CALL(pread64, 999, nowhere, 4, 0, 0);
  CALL(pwrite64, 999, nowhere, 4, 0, 0);
}

static void vectors(void) {
  char text[64] = "";
  struct iovec good = {text, 4}, bad = {nowhere, 4}, empty = {NULL, 0};
  struct iovec second_bad[2] = {{text, 2}, {nowhere, 2}};
  struct iovec negative = {text, -1L}, bad_and_negative[2] = {{nowhere, 2}, {text, -1L}};
  CALL(readv, file, &good, 1);
  CALL(readv, file, &good, -1);
  CALL(readv, file, &good, 1025);
  CALL(readv, file, NULL, 0);
  CALL(readv, file, nowhere, 1);
  CALL(readv, file, &bad, 1);
  CALL(readv, file, &negative, 1);
  CALL(writev, file, bad_and_negative, 2);
  CALL(readv, file, &empty, 1);
  CALL(writev, file, nowhere, 1);
  CALL(writev, file, &bad, 1);
  CALL(writev, file, &good, 1025);
  CALL(writev, file, &good, -1);
  CALL(writev, 999, &good, 1);
  CALL(preadv, file, &good, 1, 0, 0);
  CALL(preadv, file, nowhere, 1, 0, 0);
  CALL(preadv, file, &bad, 1, 0, 0);
  CALL(preadv, file, second_bad, 2, 0, 0);
  CALL(preadv, ends[0], &good, 1, 0, 0);
  CALL(pwritev, file, &good, 1, 0, 0);
  CALL(pwritev, file, nowhere, 1, 0, 0);
  CALL(pwritev, file, &bad, 1, 0, 0);
  CALL(pwritev, ends[1], &good, 1, 0, 0);
  CALL(pwritev, 999, &good, 1, 0, 0);
  CALL(preadv2, file, &good, 1, 0, 0, 0);
  CALL(preadv2, file, &good, 1, -1L, -1L, 0);
  CALL(preadv2, file, nowhere, 1, 0, 0, 0);
  CALL(preadv2, file, &good, 1, 0, 0, 0x10000);
  CALL(preadv2, ends[0], &good, 1, 0, 0, 0);
  CALL(pwritev2, file, &good, 1, 0, 0, RWF_DSYNC);
  CALL(pwritev2, file, nowhere, 1, 0, 0, 0);
  CALL(pwritev2, file, &good, 1, 0, 0, 0x10000);
  CALL(pwritev2, ends[1], &good, 1, 0, 0, 0);
}

static void folders(void) {
  char room[1024];
  int folder = open(".", O_RDONLY | O_DIRECTORY);
  NEED(folder >= 0);
  CALL(getdents64, folder, nowhere, sizeof room);
  CALL(getdents64, folder, NULL, sizeof room);
  CALL(getdents64, folder, room, 0);
  CALL(getdents64, folder, room, 23);
  CALL(getdents64, folder, page_end() - 1, sizeof room);
  CALL_OK(getdents64, folder, room, sizeof room);
  CALL(getdents64, folder, room, sizeof room);
  CALL(getdents64, file, room, sizeof room);
  CALL(getdents64, 999, room, sizeof room);
}

static void transfers(void) {
  int64_t place = 0, negative = -1;
  int other = open("other", O_CREAT | O_RDWR, 0600);
  NEED(other >= 0);
  CALL(copy_file_range, file, &place, other, NULL, 2, 0);
  CALL(copy_file_range, file, nowhere, other, NULL, 2, 0);
  CALL(copy_file_range, file, NULL, other, nowhere, 2, 0);
  CALL(copy_file_range, file, &negative, other, NULL, 2, 0);
  CALL(copy_file_range, file, &place, other, NULL, 2, 1);
  CALL(copy_file_range, file, &place, ends[1], NULL, 2, 0);
  CALL(copy_file_range, file, &place, 999, NULL, 2, 0);
  place = 0;
  CALL(splice, file, &place, ends[1], NULL, 2, 0);
  CALL(splice, file, nowhere, ends[1], NULL, 2, 0);
  CALL(splice, file, &place, ends[1], &place, 2, 0);
  CALL(splice, ends[0], NULL, other, nowhere, 2, 0);
  CALL(splice, ends[0], NULL, other, NULL, 2, 0);
  CALL(splice, file, NULL, other, NULL, 2, 0);
  CALL(splice, file, &place, ends[1], NULL, 2, 0x100);
  SHOW(sendfile(other, file, nowhere, 2));
  struct iovec bad = {nowhere, 4};
  CALL(vmsplice, ends[1], &bad, 1, 0);
  CALL(vmsplice, ends[1], nowhere, 1, 0);
  CALL(vmsplice, file, &bad, 0, 0);
  CALL(tee, ends[0], ends[0], 1, 0);
  CALL(tee, file, ends[1], 1, 0);
}

static void flushing(void) {
  CALL(sync);
  CALL(syncfs, file);
  CALL(syncfs, 999);
  CALL(fdatasync, file);
  CALL(fdatasync, ends[0]);
  CALL(fdatasync, 999);
  CALL(fsync, ends[1]);
  CALL(fsync, -1);
}

static void others(void) {
  CALL(memfd_create, nowhere, 0);
  CALL(memfd_create, NULL, 0);
  CALL(memfd_create, "name", 0x8000);
  char name[260];
  memset(name, 'x', sizeof name);
  name[250] = '\0';
  CALL(memfd_create, name, 0);
  name[249] = '\0';
  CALL_OK(memfd_create, name, 0);
  CALL(truncate, nowhere, 0, 0, 0);
  CALL(truncate, NULL, 0, 0, 0);
  CALL(pipe2, nowhere, 0);
  CALL(pipe2, ends, 1);
}

static void epoll(void) {
  struct timespec nothing = {0, 0}, bad = {0, -1};
  struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 0x123456789abcdef0}, got[2];
  int fd = epoll_create1(0);
  uint64_t mask = 0;
  NEED(fd >= 0 && epoll_ctl(fd, EPOLL_CTL_ADD, ends[1], &event) == 0);
  CALL(epoll_pwait2, fd, got, 2, &nothing, NULL, 8);
  printf("%#x %llx\n", got[0].events, (unsigned long long)got[0].data.u64);
  CALL(epoll_pwait2, fd, got, 2, NULL, &mask, 8);
  CALL(epoll_pwait2, fd, nowhere, 2, &nothing, NULL, 8);
  CALL(epoll_pwait2, fd, got, 2, nowhere, NULL, 8);
  CALL(epoll_pwait2, fd, got, 2, &bad, NULL, 8);
  CALL(epoll_pwait2, fd, got, 2, &nothing, nowhere, 8);
  CALL(epoll_pwait2, fd, got, 2, &nothing, &mask, 4);
  CALL(epoll_pwait2, fd, got, 0, &nothing, NULL, 8);
  CALL(epoll_pwait2, fd, got, -1, &nothing, NULL, 8);
  CALL(epoll_pwait2, file, got, 2, &nothing, NULL, 8);
  CALL(epoll_pwait2, 999, got, 2, &nothing, NULL, 8);
  CALL(epoll_ctl, fd, EPOLL_CTL_ADD, ends[0], nowhere);
  CALL(epoll_ctl, fd, EPOLL_CTL_ADD, ends[0], NULL);
  CALL(epoll_ctl, fd, EPOLL_CTL_DEL, ends[1], nowhere);
}

int main(void) {
  make_file("file", "0123456789");
  file = open("file", O_RDWR);
  NEED(file >= 0 && pipe2(ends, O_NONBLOCK) == 0);
  buffers();
  vectors();
  folders();
  transfers();
  flushing();
  epoll();
  others();
  return 0;
}
