// poll_oneoff: clocks, descriptors, errors per subscription; sleeping takes as long as it should.
#include <time.h>

#include "check.h"

static uint64_t now(__wasi_clockid_t clock) {
  __wasi_timestamp_t time = 0;
  EQUAL(__wasi_clock_time_get(clock, 1, &time), 0);
  return time;
}

static __wasi_subscription_t clock_after(uint64_t user, __wasi_clockid_t id, uint64_t timeout,
                                         int is_absolute) {
  __wasi_subscription_t one;
  memset(&one, 0, sizeof one);
  one.userdata = user;
  one.u.tag = __WASI_EVENTTYPE_CLOCK;
  one.u.u.clock.id = id;
  one.u.u.clock.timeout = timeout;
  if (is_absolute) one.u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
  return one;
}

static __wasi_subscription_t ready(uint64_t user, uint8_t type, __wasi_fd_t fd) {
  __wasi_subscription_t one;
  memset(&one, 0, sizeof one);
  one.userdata = user;
  one.u.tag = type;
  one.u.u.fd_read.file_descriptor = fd;
  return one;
}

static void clocks(void) {
  const uint64_t step = 20000000;
  __wasi_event_t events[2];
  __wasi_size_t count;
  uint64_t begin = now(__WASI_CLOCKID_MONOTONIC);
  __wasi_subscription_t both[2] = {clock_after(1, __WASI_CLOCKID_MONOTONIC, 60 * 1000000000ull, 0),
                                   clock_after(2, __WASI_CLOCKID_REALTIME, step, 0)};
  EQUAL(__wasi_poll_oneoff(both, events, 2, &count), 0);
  EQUAL(count, 1);
  EQUAL(events[0].userdata, 2);
  EQUAL(events[0].error, 0);
  CHECK(now(__WASI_CLOCKID_MONOTONIC) - begin >= step);
  __wasi_subscription_t absolute =
      clock_after(3, __WASI_CLOCKID_REALTIME, now(__WASI_CLOCKID_REALTIME) + step, 1);
  EQUAL(__wasi_poll_oneoff(&absolute, events, 1, &count), 0);
  CHECK(now(__WASI_CLOCKID_MONOTONIC) - begin >= 2 * step);
  EQUAL(__wasi_poll_oneoff(&absolute, events, 0, &count), __WASI_ERRNO_INVAL);
  struct timespec pause = {0, 5000000};
  begin = now(__WASI_CLOCKID_MONOTONIC);
  EQUAL(nanosleep(&pause, NULL), 0);
  CHECK(now(__WASI_CLOCKID_MONOTONIC) - begin >= 5000000);
}

static void descriptors(void) {
  __wasi_fd_t fd;
  __wasi_event_t events[3];
  __wasi_size_t count;
  uint64_t rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK |
                    __WASI_RIGHTS_POLL_FD_READWRITE;
  EQUAL(open_at(preopen("/"), "polled", __WASI_OFLAGS_CREAT, rights, &fd), 0);
  __wasi_ciovec_t out = {(uint8_t*)"12345", 5};
  EQUAL(__wasi_fd_pwrite(fd, &out, 1, 0, &count), 0);
  __wasi_subscription_t all[3] = {ready(1, __WASI_EVENTTYPE_FD_READ, fd),
                                  ready(2, __WASI_EVENTTYPE_FD_WRITE, fd),
                                  clock_after(3, __WASI_CLOCKID_MONOTONIC, 60 * 1000000000ull, 0)};
  EQUAL(__wasi_poll_oneoff(all, events, 3, &count), 0);
  EQUAL(count, 2);
  EQUAL(events[0].userdata, 1);
  EQUAL(events[0].fd_readwrite.nbytes, 5);
  EQUAL(events[1].userdata, 2);
  all[0] = ready(4, __WASI_EVENTTYPE_FD_READ, 99);
  EQUAL(__wasi_poll_oneoff(all, events, 1, &count), 0);
  EQUAL(count, 1);
  EQUAL(events[0].error, __WASI_ERRNO_BADF);
}

int main(void) {
  clocks();
  descriptors();
  return finish();
}
