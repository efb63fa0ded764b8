// Priorities and policies that need privilege, those of the first process, and what an ordinary user may still change.
#include "calls.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

enum { FIFO = 1, ROUND_ROBIN, BATCH, IDLE = 5, DEADLINE, RESET_ON_FORK = 0x40000000, FLAG_RESET_ON_FORK = 1 };
enum { IOPRIO_PROCESS = 1, REAL_TIME_DISK = 1 << 13, BEST_EFFORT_DISK = 2 << 13, IDLE_DISK = 3 << 13, INIT = 1 };

static int zero = 0, one = 1;

static void set_attributes(SchedulingAttributes wanted) {
  wanted.size = sizeof wanted;
  printf("policy %u, flags %d, nice %d, priority %u: ", wanted.policy, (int)wanted.flags, wanted.nice, wanted.priority);
  CALL(sched_setattr, 0, &wanted, 0);
}

static void niceness(void) {
  CALL(setpriority, PRIO_PROCESS, 0, 5);
  CALL(setpriority, PRIO_PROCESS, 0, 4);
  CALL(setpriority, PRIO_PROCESS, 0, -20);
  CALL(setpriority, PRIO_PROCESS, 0, -1000);
  CALL(setpriority, PRIO_USER, 0, 0);
  CALL(setpriority, PRIO_PROCESS, 0, 5);
  CALL(getpriority, PRIO_PROCESS, 0);
  CALL(setpriority, PRIO_PROCESS, INIT, 19);
  CALL(setpriority, PRIO_PROCESS, INIT, -5);
}

static void policies(void) {
  CALL(sched_setscheduler, 0, FIFO, &one);
  CALL(sched_setscheduler, 0, ROUND_ROBIN, &one);
  CALL(sched_setscheduler, 0, FIFO, &zero);
  CALL(sched_setscheduler, 0, DEADLINE, &zero);
  CALL(sched_setscheduler, 0, BATCH, &zero);
  CALL(sched_setscheduler, 0, BATCH | RESET_ON_FORK, &zero);
  CALL(sched_getscheduler, 0);
  CALL(sched_setscheduler, 0, BATCH, &zero);
  CALL(sched_setparam, 0, &zero);
  CALL(sched_setscheduler, 0, IDLE | RESET_ON_FORK, &zero);
  CALL(sched_setscheduler, 0, BATCH | RESET_ON_FORK, &zero);
  CALL(sched_getscheduler, 0);
  CALL(sched_setscheduler, INIT, 0, &zero);
  CALL(sched_setscheduler, INIT, 0, &one);
  CALL(sched_setparam, INIT, &zero);
}

static void attributes(void) {
  set_attributes((SchedulingAttributes){.policy = FIFO, .priority = 1});
  set_attributes((SchedulingAttributes){.policy = IDLE, .flags = FLAG_RESET_ON_FORK, .nice = 6});
  set_attributes((SchedulingAttributes){.policy = IDLE, .nice = 7});
  set_attributes((SchedulingAttributes){.policy = IDLE, .flags = FLAG_RESET_ON_FORK, .nice = 1});
  set_attributes((SchedulingAttributes){.policy = BATCH, .flags = FLAG_RESET_ON_FORK, .nice = 10});
  set_attributes((SchedulingAttributes){.policy = DEADLINE, .runtime = 1000000, .deadline = 10000000, .period = 10000000});
  SchedulingAttributes wanted = {.size = sizeof wanted}, got;
  CALL(sched_setattr, INIT, &wanted, 0);
  CALL_OK(sched_getattr, INIT, &got, sizeof got, 0);
  wanted.size = 4097;
  CALL(sched_setattr, 0, &wanted, 0);
}

static void the_first_process(void) {
  static unsigned char mask[1024];
  struct timespec interval;
  CALL_OK(getpriority, PRIO_PROCESS, INIT);
  CALL_OK(sched_getscheduler, INIT);
  CALL_OK(sched_getparam, INIT, &zero);
  CALL_OK(sched_getparam, INIT, NULL);
  CALL_OK(sched_rr_get_interval, INIT, &interval);
  CALL_OK(sched_getaffinity, INIT, sizeof mask, mask);
  CALL(sched_setaffinity, INIT, sizeof mask, mask);
  CALL_OK(ioprio_get, IOPRIO_PROCESS, INIT);
  CALL(ioprio_set, IOPRIO_PROCESS, INIT, BEST_EFFORT_DISK | 4);
}

static void disk(void) {
  CALL(ioprio_set, IOPRIO_PROCESS, 0, REAL_TIME_DISK | 4);
  CALL(ioprio_set, IOPRIO_PROCESS, 0, REAL_TIME_DISK | 8);
  CALL(ioprio_set, IOPRIO_PROCESS, INIT, REAL_TIME_DISK | 4);
  CALL(ioprio_set, IOPRIO_PROCESS, NOBODY, REAL_TIME_DISK | 4);
  CALL(ioprio_set, IOPRIO_PROCESS, 0, BEST_EFFORT_DISK);
  CALL(ioprio_set, IOPRIO_PROCESS, 0, IDLE_DISK);
  CALL(ioprio_get, IOPRIO_PROCESS, 0);
}

int main(void) {
  drop_privileges();
  niceness();
  policies();
  attributes();
  the_first_process();
  disk();
  return 0;
}
