// Calls with two faults at once, of which the kernel finds one first: a number that means nothing and an address
// nowhere; and what a call has done when it finds that it cannot write its answer.
#include "calls.h"

#include <linux/kcmp.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

enum { SET = 8 };

static const uint64_t one = 1ull << (SIGUSR1 - 1);

static void signals(void) {
  struct timespec bad = {0, -1}, nothing = {0, 0};
  CALL(rt_sigaction, SIGUSR1, nowhere, NULL, 4);
  CALL(rt_sigaction, 65, nowhere, NULL, SET);
  CALL(rt_sigaction, 65, NULL, nowhere, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, nowhere, NULL, 4);
  CALL(rt_sigprocmask, 77, nowhere, NULL, SET);
  CALL(rt_sigprocmask, 77, &one, nowhere, SET);
  CALL(rt_sigpending, nowhere, 16);
  CALL(rt_sigsuspend, nowhere, 4);
  CALL(rt_sigtimedwait, nowhere, NULL, NULL, 4);
  CALL(rt_sigtimedwait, &one, NULL, nowhere, 4);
  CALL(rt_sigtimedwait, nowhere, NULL, &bad, SET);
  CALL(rt_sigtimedwait, &one, nowhere, &bad, SET);
  CALL(rt_sigtimedwait, &one, nowhere, &nothing, SET);
  CALL(rt_sigqueueinfo, NOBODY, 65, nowhere);
  CALL(rt_tgsigqueueinfo, -1, -1, 65, nowhere);
  CALL(pidfd_send_signal, -1, 0, nowhere, 0);
  CALL(pidfd_send_signal, -1, 0, nowhere, 0x100);
}

static void clocks(void) {
  struct timespec nothing = {0, 0};
  int id = 0;
  CALL(clock_gettime, 77, nowhere);
  CALL(clock_getres, 77, nowhere);
  CALL(clock_settime, 77, nowhere);
  CALL(clock_settime, CLOCK_MONOTONIC, nowhere);
  CALL(clock_settime, -2, nowhere);
  CALL(clock_settime, -2, &nothing);
  CALL(clock_nanosleep, 77, 0, nowhere, NULL);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &nothing, nowhere);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &nothing, nowhere);
  CALL(timer_create, 77, NULL, nowhere);
  CALL(timer_create, 77, nowhere, &id);
  CALL(timer_gettime, 7777, nowhere);
  CALL(timer_settime, 7777, 0, nowhere, NULL);
  CALL(timer_settime, 7777, 0, NULL, nowhere);
  CALL(getitimer, 77, nowhere);
  CALL(setitimer, 77, nowhere, nowhere);
  CALL(setitimer, 77, NULL, nowhere);
}

/// Clocks of devices, of which there are none, and of alarms, which take one and privilege.
static void odd_clocks(void) {
  struct timespec time = {0, 0};
  const int of_file = (int)(~0u << 3) | 3;
  CALL(clock_gettime, of_file, &time);
  CALL(clock_getres, of_file, &time);
  CALL(clock_settime, of_file, &time);
  CALL(clock_nanosleep, of_file, 0, &time, NULL);
  CALL(clock_nanosleep, of_file, 0, nowhere, NULL);
  CALL(clock_nanosleep, CLOCK_REALTIME_ALARM, 0, nowhere, NULL);
  CALL(clock_settime, CLOCK_REALTIME_ALARM, nowhere);
}

static void processes(void) {
  struct rlimit limit = {1, 2};
  CALL(sched_setscheduler, 0, -1, nowhere);
  CALL(sched_setscheduler, -1, 0, nowhere);
  CALL(sched_setscheduler, NOBODY, 0, nowhere);
  CALL(sched_setscheduler, NOBODY, 99, &(int){0});
  CALL(sched_setparam, -1, nowhere);
  CALL(sched_setparam, NOBODY, nowhere);
  CALL(sched_getparam, -1, nowhere);
  CALL(sched_getparam, NOBODY, nowhere);
  CALL(sched_rr_get_interval, -1, nowhere);
  CALL(sched_rr_get_interval, NOBODY, nowhere);
  CALL(sched_setaffinity, NOBODY, 8, nowhere);
  CALL(sched_getaffinity, NOBODY, 1024, nowhere);
  CALL(sched_setattr, NOBODY, nowhere, 0);
  CALL(sched_setattr, -1, nowhere, 0);
  CALL(sched_setattr, 0, nowhere, 1);
  CALL(get_robust_list, NOBODY, nowhere, nowhere);
  CALL(prlimit64, NOBODY, 99, NULL, NULL);
  CALL(prlimit64, NOBODY, 99, nowhere, NULL);
  CALL(prlimit64, 0, 99, &limit, nowhere);
  CALL(prlimit64, 0, RLIMIT_NPROC, &(struct rlimit){3, 2}, nowhere);
  CALL(getrusage, 77, nowhere);
  CALL(getrandom, nowhere, 8, 8);
  CALL(getrandom, nowhere, 8, 0);
}

static void memory(void) {
  static char name[5000];
  memset(name, 'x', sizeof name - 1);
  CALL(memfd_create, nowhere, 0x1000);
  CALL(memfd_create, nowhere, 0);
  CALL(memfd_create, name, 0);
  name[250] = '\0';
  CALL(memfd_create, name, 0);
  name[249] = '\0';
  CALL_OK(memfd_create, name, 0);
}

/// The answer cannot be written, but what was asked for is done.
static void done_all_the_same(void) {
  uint64_t old = 0;
  uint64_t action[8] = {1};  // SIG_IGN
  CALL(rt_sigprocmask, SIG_SETMASK, &one, nowhere, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, NULL, &old, SET);
  printf("%d\n", old == one);
  CALL(rt_sigaction, SIGUSR2, action, nowhere, SET);
  CALL(kill, getpid(), SIGUSR2);
  struct rlimit limit = {5, 10}, now;
  CALL(prlimit64, 0, RLIMIT_NPROC, &limit, nowhere);
  CALL(prlimit64, 0, RLIMIT_NPROC, NULL, &now);
  printf("%d %d\n", (int)now.rlim_cur, (int)now.rlim_max);
  long timer[4] = {0, 0, 100, 0};  // as all kernels without another call for 64-bit times lay it out
  struct itimerval left = {{0, 0}, {0, 0}};
  CALL(setitimer, ITIMER_REAL, timer, nowhere);
  SHOW(getitimer(ITIMER_REAL, &left));
  printf("%d\n", left.it_value.tv_sec >= 99);
  static char room[1 << 16];
  stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, found;
  CALL(sigaltstack, &stack, nowhere);
  CALL(sigaltstack, NULL, &found);
  printf("%d\n", found.ss_sp == room);
  CALL(kill, getpid(), SIGUSR1);
  CALL(rt_sigtimedwait, &one, nowhere, &((struct timespec){0, 0}), SET);
  CALL(rt_sigtimedwait, &one, NULL, &((struct timespec){0, 0}), SET);
}

static void items_of_epoll(void) {
  int self = getpid(), epoll = epoll_create1(0), ends[2], file = open("file", O_CREAT | O_RDWR, 0600);
  struct epoll_event event = {.events = EPOLLIN};
  NEED(epoll >= 0 && file >= 0 && pipe(ends) == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
  struct kcmp_epoll_slot slot = {epoll, ends[0], 0}, second = {epoll, ends[0], 1}, other = {epoll, ends[1], 0};
  struct kcmp_epoll_slot none = {999, ends[0], 0}, no_epoll = {file, ends[0], 0};
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, ends[0], &slot);
  SHOW(syscall(SYS_kcmp, self, self, KCMP_EPOLL_TFD, ends[1], &slot) > 0);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, ends[0], &second);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, ends[0], &other);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, ends[0], &none);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, ends[0], &no_epoll);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, 999, &slot);
  CALL(kcmp, self, self, KCMP_EPOLL_TFD, 999, nowhere);
}

int main(void) {
  signals();
  clocks();
  odd_clocks();
  processes();
  memory();
  done_all_the_same();
  items_of_epoll();
  return 0;
}
