// The descriptor table: which numbers are given, close-on-exec, ranges, limits.
#include "check.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

static int close_numbers(unsigned first, unsigned last, unsigned flags) {
  return (int)syscall(SYS_close_range, first, last, flags);
}

static void duplicates(void) {
  int fd = open("file", O_RDWR | O_CREAT, 0600);
  NEED(fd >= 0);
  SHOW(dup(fd) == fd + 1);
  SHOW(dup2(fd, 20));
  SHOW(dup2(fd, fd) == fd);
  SHOW(dup3(fd, 21, O_CLOEXEC));
  SHOW(fcntl(20, F_GETFD));
  SHOW(fcntl(21, F_GETFD));
  SHOW(dup3(fd, fd, 0));
  SHOW(dup3(fd, 22, O_APPEND));
  SHOW(dup(77));
  SHOW(dup(-1));
  SHOW(dup2(77, 20));
  SHOW(dup2(77, 77));
  SHOW(dup2(fd, -1));
  SHOW(fcntl(fd, F_DUPFD, 20));
  SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 20));
  SHOW(fcntl(23, F_GETFD));
  SHOW(fcntl(fd, F_DUPFD, -1));
  SHOW(write(20, "abc", 3));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(close(20));
  SHOW(close(20));
  SHOW(write(21, "d", 1));
  SHOW(lseek(fd, 0, SEEK_END));
}

static void ranges(void) {
  SHOW(close_numbers(20, 30, 0));
  for (int fd = 30; fd < 36; fd++) NEED(dup2(1, fd) == fd);
  SHOW(close_numbers(31, 32, 0));
  for (int fd = 30; fd < 36; fd++) SHOW(fcntl(fd, F_GETFD));
  SHOW(close_numbers(33, ~0u, CLOSE_RANGE_CLOEXEC));
  SHOW(fcntl(33, F_GETFD));
  SHOW(fcntl(30, F_GETFD));
  SHOW(close_numbers(5, 4, 0));
  SHOW(close_numbers(30, 40, 0x100));
  SHOW(close_numbers(30, ~0u, 0));
  SHOW(fcntl(35, F_GETFD));
}

static void kinds(void) {
  int ends[2], event;
  SHOW(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  SHOW(fcntl(ends[0], F_GETFL) == (O_RDONLY | O_NONBLOCK));
  SHOW(fcntl(ends[1], F_GETFL) == (O_WRONLY | O_NONBLOCK));
  SHOW(fcntl(ends[0], F_GETFD));
  SHOW(read(ends[0], ends, 1));
  SHOW(read(ends[1], ends, 1));
  SHOW(write(ends[0], ends, 1));
  SHOW(lseek(ends[0], 0, SEEK_CUR));
  SHOW(pipe2(ends, O_CREAT));
  SHOW(syscall(SYS_pipe2, (void*)-1L, 0));
  SHOW(syscall(SYS_pipe2, NULL, 0));
  event = eventfd(5, EFD_SEMAPHORE | EFD_NONBLOCK);
  NEED(event >= 0);
  uint64_t count = 0;
  SHOW(read(event, &count, 8));
  SHOW(count);
  count = 7;
  SHOW(write(event, &count, 8));
  SHOW(write(event, &count, 4));
  count = UINT64_MAX;
  SHOW(write(event, &count, 8));
  SHOW(eventfd(0, 1 << 20));
}

static void limits(void) {
  struct rlimit limit;
  SHOW(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = 40;
  SHOW(setrlimit(RLIMIT_NOFILE, &limit));
  SHOW(dup2(1, 39));
  SHOW(dup2(1, 40));
  SHOW(fcntl(1, F_DUPFD, 40));
  SHOW(fcntl(1, F_DUPFD, 39));
  while (dup(1) >= 0) {
  }
  SHOW(dup(1));
  SHOW(open("file", O_RDONLY));
  SHOW(close(10));
  SHOW(open("file", O_RDONLY));
}

int main(void) {
  duplicates();
  ranges();
  kinds();
  limits();
  return 0;
}
