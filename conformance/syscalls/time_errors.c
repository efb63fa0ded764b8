// Clocks and timers that are not there, times that are none, bad pointers.
#include "calls.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static const struct timespec negative = {-1, 0}, too_fine = {0, 1000000000}, nothing = {0, 0};

static void clocks(void) {
  struct timespec time;
  CALL(clock_gettime, CLOCK_MONOTONIC, &time);
  CALL(clock_gettime, CLOCK_REALTIME, nowhere);
  CALL(clock_gettime, CLOCK_MONOTONIC, NULL);
  CALL(clock_gettime, CLOCK_PROCESS_CPUTIME_ID, page_end() - 8);
  CALL(clock_gettime, 12, &time);
  CALL(clock_gettime, -1, &time);
  CALL(clock_gettime, -2, &time);
  CALL(clock_getres, CLOCK_REALTIME, &time);
  CALL(clock_getres, CLOCK_REALTIME, NULL);
  CALL(clock_getres, CLOCK_REALTIME, nowhere);
  CALL(clock_getres, 77, NULL);
  CALL(clock_getres, -1, &time);
}

static void sleeping(void) {
  struct timespec rest = {5, 5};
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_REALTIME, 0, nowhere, &rest);
  CALL(clock_nanosleep, CLOCK_REALTIME, 0, NULL, &rest);
  CALL(clock_nanosleep, CLOCK_REALTIME, 0, &negative, &rest);
  CALL(clock_nanosleep, CLOCK_REALTIME, 0, &too_fine, &rest);
  CALL(clock_nanosleep, CLOCK_REALTIME, 2, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_BOOTTIME, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_TAI, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_PROCESS_CPUTIME_ID, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_MONOTONIC_COARSE, 0, &nothing, &rest);
  CALL(clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &nothing, &rest);
  CALL(clock_nanosleep, 77, 0, &nothing, &rest);
  CALL(clock_nanosleep, 77, 0, &too_fine, &rest);
  printf("%d %d\n", (int)rest.tv_sec, (int)rest.tv_nsec);
}

static void intervals(void) {
  struct itimerval timer = {{0, 0}, {100, 0}}, bad = {{0, 0}, {-1, 0}}, fine = {{0, 1000000}, {1, 0}}, old;
  SHOW(setitimer(ITIMER_REAL, &timer, &old));
  SHOW(setitimer(ITIMER_VIRTUAL, &timer, NULL));
  SHOW(setitimer(ITIMER_PROF, &timer, NULL));
  SHOW(setitimer(3, &timer, NULL));
  SHOW(setitimer(ITIMER_REAL, &bad, NULL));
  SHOW(setitimer(ITIMER_REAL, &fine, NULL));
  CALL(setitimer, ITIMER_REAL, nowhere, NULL);
  CALL(setitimer, ITIMER_REAL, &timer, nowhere);
  CALL(getitimer, ITIMER_REAL, nowhere);
  CALL(getitimer, ITIMER_REAL, NULL);
  CALL(getitimer, 3, &old);
  CALL(getitimer, -1, &old);
  SHOW(getitimer(ITIMER_VIRTUAL, &old));
  printf("%d\n", old.it_value.tv_sec == 100 || old.it_value.tv_sec == 99);
}

static void created(void) {
  int id = -1;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
  CALL(timer_create, 77, &event, &id);
  CALL(timer_create, -1, &event, &id);
  CALL(timer_create, CLOCK_MONOTONIC_RAW, &event, &id);
  CALL(timer_create, CLOCK_MONOTONIC_COARSE, &event, &id);
  CALL(timer_create, CLOCK_MONOTONIC, nowhere, &id);
  CALL(timer_create, CLOCK_MONOTONIC, &event, nowhere);
  CALL(timer_create, CLOCK_MONOTONIC, &event, NULL);
  event.sigev_signo = 0;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &id);
  event.sigev_signo = 65;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &id);
  event.sigev_notify = 77;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &id);
  event.sigev_notify = SIGEV_NONE;
  event.sigev_signo = 0;
  CALL(timer_create, CLOCK_MONOTONIC, &event, &id);
  CALL(timer_delete, id);
  CALL(timer_delete, id);
}

static void timers(void) {
  int id = -1;
  struct itimerspec value = {{0, 0}, {100, 0}}, old, bad = {{0, 0}, {1, -1}}, fine = {{0, 1000000000}, {1, 0}};
  CALL(timer_create, CLOCK_REALTIME, NULL, &id);
  CALL(timer_settime, id, 0, &value, NULL);
  CALL(timer_settime, id, 0, &value, &old);
  printf("%d\n", old.it_value.tv_sec == 99 || old.it_value.tv_sec == 100);
  CALL(timer_settime, id, 0, nowhere, NULL);
  CALL(timer_settime, id, 0, NULL, NULL);
  CALL(timer_settime, id, 0, &value, nowhere);
  CALL(timer_settime, id, 0, &bad, NULL);
  CALL(timer_settime, id, 0, &fine, NULL);
  CALL(timer_settime, 7777, 0, &value, NULL);
  CALL(timer_settime, -1, 0, &value, NULL);
  CALL(timer_gettime, id, &old);
  CALL(timer_gettime, id, nowhere);
  CALL(timer_gettime, 7777, &old);
  CALL(timer_getoverrun, id);
  CALL(timer_getoverrun, 7777);
  CALL(timer_delete, 7777);
  CALL(timer_delete, -1);
  CALL(timer_delete, id);
  CALL(timer_gettime, id, &old);
}

static void descriptors(void) {
  struct itimerspec value = {{0, 0}, {100, 0}}, old, bad = {{0, 0}, {1, 1000000000}}, before = {{0, 0}, {-1, 0}};
  int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
  uint64_t count;
  NEED(fd >= 0);
  SHOW(read(fd, &count, sizeof count));
  SHOW(read(fd, &count, 7));
  CALL(timerfd_create, 77, 0);
  CALL(timerfd_create, CLOCK_MONOTONIC_RAW, 0);
  CALL(timerfd_create, CLOCK_MONOTONIC, 1);
  CALL(timerfd_settime, fd, 0, &value, &old);
  CALL(timerfd_settime, fd, 0, nowhere, NULL);
  CALL(timerfd_settime, fd, 0, &value, nowhere);
  CALL(timerfd_settime, fd, 0, &bad, NULL);
  CALL(timerfd_settime, fd, 0, &before, NULL);
  CALL(timerfd_settime, fd, 8, &value, NULL);
  CALL(timerfd_settime, fd, 3, &value, NULL);
  CALL(timerfd_settime, 1, 0, &value, NULL);
  CALL(timerfd_settime, 999, 0, &value, NULL);
  CALL(timerfd_gettime, fd, &old);
  CALL(timerfd_gettime, fd, nowhere);
  CALL(timerfd_gettime, 1, &old);
  CALL(timerfd_gettime, 999, &old);
}

int main(void) {
  clocks();
  sleeping();
  intervals();
  created();
  timers();
  descriptors();
  return 0;
}
