// epoll: data, layouts, modes, files that close, the same file twice, sets in sets.
#include "check.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
  struct epoll_event event = {.events = events, .data.u64 = data};
  return epoll_ctl(epoll, operation, fd, &event);
}

static int by_data(const void* a, const void* b) {
  uint64_t x = ((const struct epoll_event*)a)->data.u64, y = ((const struct epoll_event*)b)->data.u64;
  return x < y ? -1 : x > y;
}

static void show_events(int epoll, int most, int timeout) {
  static struct epoll_event events[2000];
  memset(events, 0, sizeof events);
  int count = epoll_wait(epoll, events, most, timeout);
  printf("epoll_wait: %d%s%s\n", count, count < 0 ? " " : "", count < 0 ? errno_name(errno) : "");
  if (count < 0) return;
  qsort(events, (size_t)count, sizeof *events, by_data);
  for (int i = 0; i < count && i < 5; i++) {
    printf("  %#x %#llx\n", events[i].events, (unsigned long long)events[i].data.u64);
  }
}

static void basics(void) {
  int ends[2], epoll = epoll_create1(EPOLL_CLOEXEC), file = open("file", O_RDWR | O_CREAT, 0600);
  NEED(epoll >= 0 && pipe(ends) == 0);
  SHOW(fcntl(epoll, F_GETFD));
  SHOW(control(epoll, EPOLL_CTL_ADD, ends[0], EPOLLIN, 0x123456789abcdef0));
  SHOW(control(epoll, EPOLL_CTL_ADD, ends[1], EPOLLOUT, UINT64_MAX));
  SHOW(control(epoll, EPOLL_CTL_ADD, ends[1], EPOLLOUT, 1));
  show_events(epoll, 10, 0);
  NEED(write(ends[1], "x", 1) == 1);
  show_events(epoll, 10, -1);
  show_events(epoll, 1000, 100);
  SHOW(control(epoll, EPOLL_CTL_MOD, ends[1], 0, 0));
  show_events(epoll, 10, 0);
  SHOW(control(epoll, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 7));
  show_events(epoll, 10, 0);
  show_events(epoll, 10, 0);
  SHOW(control(epoll, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 8));
  show_events(epoll, 10, 0);
  show_events(epoll, 10, 0);
  SHOW(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  SHOW(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  SHOW(control(epoll, EPOLL_CTL_MOD, ends[0], EPOLLIN, 0));
  SHOW(control(epoll, EPOLL_CTL_ADD, file, EPOLLIN, 0));
  SHOW(control(epoll, EPOLL_CTL_ADD, 77, EPOLLIN, 0));
  SHOW(control(77, EPOLL_CTL_ADD, ends[0], EPOLLIN, 0));
  SHOW(control(file, EPOLL_CTL_ADD, ends[0], EPOLLIN, 0));
  SHOW(control(epoll, EPOLL_CTL_ADD, epoll, EPOLLIN, 0));
  SHOW(control(epoll, 9, ends[0], EPOLLIN, 0));
  SHOW(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], (void*)-8L));
  show_events(epoll, 0, 0);
  show_events(epoll, -1, 0);
  show_events(file, 1, 0);
  SHOW(epoll_create1(1));
  SHOW(epoll_create(0));
  SHOW(epoll_wait(epoll, (void*)-16L, 4, 0));
  close(epoll), close(file), close(ends[0]), close(ends[1]);
}

static void closed_files(void) {
  int ends[2], epoll = epoll_create1(0);
  NEED(epoll >= 0 && pipe(ends) == 0);
  int again = dup(ends[1]);
  SHOW(control(epoll, EPOLL_CTL_ADD, ends[1], EPOLLOUT, 1));
  SHOW(control(epoll, EPOLL_CTL_ADD, again, EPOLLOUT, 2));
  show_events(epoll, 10, 0);
  SHOW(close(ends[1]));
  show_events(epoll, 10, 0);
  SHOW(control(epoll, EPOLL_CTL_DEL, ends[1], 0, 0));
  SHOW(control(epoll, EPOLL_CTL_MOD, again, EPOLLIN, 2));
  show_events(epoll, 10, 0);
  SHOW(close(again));
  show_events(epoll, 10, 0);
  int event = eventfd(1, 0);
  NEED(event == ends[1]);
  SHOW(control(epoll, EPOLL_CTL_DEL, event, 0, 0));
  SHOW(control(epoll, EPOLL_CTL_ADD, event, EPOLLIN, 3));
  show_events(epoll, 10, 0);
  close(epoll), close(event), close(ends[0]);
}

static void nested(void) {
  int ends[2], inner = epoll_create1(0), outer = epoll_create1(0);
  NEED(inner >= 0 && outer >= 0 && pipe(ends) == 0);
  SHOW(control(inner, EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
  SHOW(control(outer, EPOLL_CTL_ADD, inner, EPOLLIN, 2));
  SHOW(control(inner, EPOLL_CTL_ADD, outer, EPOLLIN, 3));
  show_events(outer, 10, 0);
  NEED(write(ends[1], "x", 1) == 1);
  show_events(outer, 10, -1);
  SHOW(close(inner));
  show_events(outer, 10, 0);
  close(outer), close(ends[0]), close(ends[1]);
}

static void many(void) {
  static int fds[300];
  int epoll = epoll_create1(0);
  for (int i = 0; i < 300; i++) {
    fds[i] = eventfd(1, 0);
    NEED(fds[i] >= 0 && control(epoll, EPOLL_CTL_ADD, fds[i], EPOLLIN, (uint64_t)i << 32) == 0);
  }
  show_events(epoll, 2000, 0);
  for (int i = 0; i < 300; i += 2) close(fds[i]);
  show_events(epoll, 2000, 0);
}

int main(void) {
  basics();
  closed_files();
  nested();
  many();
  return 0;
}
