// poll and select on each kind of file, with and without time.
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_ppoll
#define SYS_ppoll SYS_ppoll_time64
#endif

static int ends[2], file;

static void show_poll(struct pollfd* fds, nfds_t count, int timeout) {
  SHOW(poll(fds, count, timeout));
  for (nfds_t i = 0; i < count; i++) printf("  revents %#x\n", fds[i].revents);
}

static void polls(void) {
  struct pollfd fds[] = {
      {ends[0], POLLIN, 0},      {ends[1], POLLOUT, 0}, {file, POLLIN | POLLOUT | POLLPRI, 0},
      {77, POLLIN | POLLOUT, 0}, {-1, POLLIN, 9},       {ends[0], POLLIN | POLLRDNORM, 0}};
  show_poll(fds, 6, 0);
  NEED(write(ends[1], "x", 1) == 1);
  show_poll(fds, 6, -1);
  show_poll(fds, 1, 1000);
  char byte;
  NEED(read(ends[0], &byte, 1) == 1);
  show_poll(fds, 1, 10);
  show_poll(NULL, 0, 1);
  SHOW(poll((void*)-8L, 2, 0));
  struct timespec wrong = {0, 1000000000}, negative = {-1, 0};
  SHOW(ppoll(fds, 1, &wrong, NULL));
  SHOW(ppoll(fds, 1, &negative, NULL));
  SHOW(syscall(SYS_ppoll, fds, 1u << 30, NULL, NULL, 8));
}

static void many(void) {
  static struct pollfd fds[200];
  for (int i = 0; i < 200; i++) fds[i] = (struct pollfd){i % 3 ? ends[1] : ends[0], POLLIN | POLLOUT, 0};
  SHOW(poll(fds, 200, 0));
  SHOW(fds[199].revents);
}

static void selects(void) {
  fd_set reads, writes, others;
  struct timeval none = {0, 0}, some = {0, 1000};
  FD_ZERO(&reads);
  FD_ZERO(&writes);
  FD_ZERO(&others);
  FD_SET(ends[0], &reads);
  FD_SET(file, &reads);
  FD_SET(ends[1], &writes);
  FD_SET(ends[0], &others);
  int end = (file > ends[1] ? file : ends[1]) + 1;
  SHOW(select(end, &reads, &writes, &others, &none));
  SHOW(FD_ISSET(ends[0], &reads) != 0);
  SHOW(FD_ISSET(file, &reads) != 0);
  SHOW(FD_ISSET(ends[1], &writes) != 0);
  SHOW(FD_ISSET(ends[0], &others) != 0);
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  SHOW(select(end, &reads, NULL, NULL, &some));
  SHOW(FD_ISSET(ends[0], &reads) != 0);
  FD_ZERO(&reads);
  FD_SET(63, &reads);
  SHOW(select(64, &reads, NULL, NULL, &none));
  SHOW(select(10, &reads, NULL, NULL, &none));
  SHOW(select(-1, &reads, NULL, NULL, &none));
  SHOW(select(0, NULL, NULL, NULL, &none));
  SHOW(select(10, (void*)-8L, NULL, NULL, &none));
  NEED(write(ends[1], "x", 1) == 1);
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  SHOW(select(end, &reads, NULL, NULL, NULL));
  struct timespec time = {0, 0};
  sigset_t mask;
  sigemptyset(&mask);
  SHOW(pselect(end, &reads, NULL, NULL, &time, &mask));
}

static void hang_ups(void) {
  NEED(close(ends[1]) == 0);
  struct pollfd end = {ends[0], POLLIN, 0};
  show_poll(&end, 1, -1);
  int other[2];
  NEED(pipe(other) == 0 && close(other[0]) == 0);
  struct pollfd start = {other[1], POLLOUT, 0};
  show_poll(&start, 1, -1);
}

int main(void) {
  file = open("file", O_RDWR | O_CREAT, 0600);
  NEED(file >= 0 && pipe(ends) == 0);
  polls();
  many();
  selects();
  hang_ups();
  return 0;
}
