// Calls that a handler's run ends, and what a handler on an alternate stack may not change.
#include "calls.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static void nothing(int number) { (void)number; }

/// A signal soon and, in case that it comes before the wait, every 20 ms from then on.
static void start_alarms(int flags) {
  struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};
  struct itimerval often = {{0, 20000}, {0, 20000}};
  NEED(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void stop_alarms(void) {
  struct itimerval never = {{0, 0}, {0, 0}};
  NEED(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void waits(int flags) {
  static uint32_t word;
  uint64_t one = 1ull << (SIGUSR1 - 1);
  struct timespec long_time = {100, 0}, rest = {0, 0};
  struct timespec moment;
  NEED(clock_gettime(CLOCK_MONOTONIC, &moment) == 0);
  moment.tv_sec += 100;
  start_alarms(flags);
  CALL(rt_sigtimedwait, &one, NULL, NULL, 8);
  CALL(rt_sigtimedwait, &one, NULL, &long_time, 8);
  CALL(futex, &word, FUTEX_WAIT, 0, &long_time);
  CALL(futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, &long_time);
  CALL(futex, &word, FUTEX_WAIT_BITSET, 0, &moment, NULL, 1);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &long_time, &rest);
  printf("%d\n", (int)rest.tv_sec);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &long_time, NULL);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &long_time, nowhere);
  stop_alarms();
}

static void bare_wait(void) {
  static uint32_t word;
  start_alarms(0);
  CALL(futex, &word, FUTEX_WAIT, 0, NULL);
  CALL(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &(struct timespec){1 << 30, 0}, nowhere);
  stop_alarms();
}

static char room[1 << 16], other[1 << 16];

static void on_stack(int number) {
  stack_t old, wanted = {.ss_sp = other, .ss_size = sizeof other};
  printf("signal %d\n", number);
  CALL(sigaltstack, NULL, &old);
  printf("flags %d, %d\n", old.ss_flags, old.ss_sp == room);
  CALL(sigaltstack, &wanted, NULL);
  CALL(sigaltstack, &wanted, &old);
  wanted.ss_flags = SS_DISABLE;
  CALL(sigaltstack, &wanted, NULL);
  wanted.ss_flags = 77;
  CALL(sigaltstack, &wanted, NULL);
  CALL(sigaltstack, nowhere, NULL);
}

static void stacks(void) {
  stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, old;
  struct sigaction action = {.sa_handler = on_stack, .sa_flags = SA_ONSTACK};
  NEED(sigaction(SIGUSR1, &action, NULL) == 0);
  CALL(sigaltstack, &stack, NULL);
  raise(SIGUSR1);
  CALL(sigaltstack, NULL, &old);
  printf("flags %d, %d\n", old.ss_flags, old.ss_sp == room);
}

int main(void) {
  waits(0);
  waits(SA_RESTART);
  bare_wait();
  stacks();
  return 0;
}
