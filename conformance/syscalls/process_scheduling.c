// Scheduling policies, processors, priorities of processor and disk: of the process itself, and of nobody.
#include "calls.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 3, FIFO = 1, IOPRIO_PROCESS = 1, IOPRIO_GROUP, IOPRIO_USER, BEST_EFFORT = 2 << 13, IDLE = 3 << 13 };

static void policies(void) {
  int zero = 0, one = 1, got = -1;
  CALL(sched_getscheduler, 0);
  CALL(sched_getscheduler, getpid());
  CALL(sched_getscheduler, -1);
  CALL(sched_getscheduler, NOBODY);
  CALL(sched_setscheduler, 0, BATCH, &zero);
  CALL(sched_getscheduler, 0);
  CALL(sched_setscheduler, 0, BATCH, &one);
  CALL(sched_setscheduler, 0, FIFO, &zero);
  CALL(sched_setscheduler, 0, 99, &zero);
  CALL(sched_setscheduler, 0, -1, &zero);
  CALL(sched_setscheduler, -1, BATCH, &zero);
  CALL(sched_setscheduler, NOBODY, BATCH, &zero);
  CALL(sched_setscheduler, 0, BATCH, nowhere);
  CALL(sched_setscheduler, 0, BATCH, NULL);
  CALL(sched_setparam, 0, &zero);
  CALL(sched_setparam, 0, &one);
  CALL(sched_setparam, -1, &zero);
  CALL(sched_setparam, NOBODY, &zero);
  CALL(sched_setparam, 0, nowhere);
  CALL(sched_setparam, 0, NULL);
  CALL(sched_getparam, 0, &got);
  printf("%d\n", got);
  CALL(sched_getparam, -1, &got);
  CALL(sched_getparam, NOBODY, &got);
  CALL(sched_getparam, 0, nowhere);
  CALL(sched_getparam, 0, NULL);
  for (int policy = -1; policy < 9; ++policy) {
    printf("%d:\n", policy);
    CALL(sched_get_priority_min, policy);
    CALL(sched_get_priority_max, policy);
  }
}

static void attributes(void) {
  SchedulingAttributes got, wanted = {.size = sizeof wanted, .policy = BATCH};
  memset(&got, 0xff, sizeof got);
  CALL(sched_getattr, 0, &got, sizeof got, 0);
  printf("size %u, policy %u, nice %d, priority %u\n", got.size, got.policy, got.nice, got.priority);
  CALL(sched_getattr, 0, &got, 47, 0);
  CALL(sched_getattr, 0, &got, 4097, 0);
  CALL(sched_getattr, 0, &got, sizeof got, 1);
  CALL(sched_getattr, 0, NULL, sizeof got, 0);
  CALL(sched_getattr, 0, nowhere, sizeof got, 0);
  CALL(sched_getattr, 0, page_end() - 40, sizeof got, 0);
  CALL(sched_getattr, -1, &got, sizeof got, 0);
  CALL(sched_getattr, NOBODY, &got, sizeof got, 0);
  CALL(sched_setattr, 0, &wanted, 0);
  CALL(sched_setattr, 0, &wanted, 1);
  CALL(sched_setattr, 0, NULL, 0);
  CALL(sched_setattr, 0, nowhere, 0);
  CALL(sched_setattr, -1, &wanted, 0);
  CALL(sched_setattr, NOBODY, &wanted, 0);
  wanted.policy = 99;
  CALL(sched_setattr, 0, &wanted, 0);
  wanted.size = 0;
  wanted.policy = 0;
  CALL(sched_setattr, 0, &wanted, 0);
  wanted.size = 10;
  CALL(sched_setattr, 0, &wanted, 0);
  printf("size %d\n", wanted.size >= sizeof wanted);
  CALL(sched_getscheduler, 0);
}

static void processors(void) {
  unsigned char mask[1024] = {0}, none[1024] = {0};
  CALL_OK(sched_getaffinity, 0, sizeof mask, mask);
  CALL(sched_setaffinity, 0, sizeof mask, mask);
  CALL(sched_setaffinity, 0, sizeof none, none);
  CALL(sched_setaffinity, 0, 0, mask);
  CALL(sched_setaffinity, 0, sizeof mask, nowhere);
  CALL(sched_setaffinity, -1, sizeof mask, mask);
  CALL(sched_setaffinity, NOBODY, sizeof mask, mask);
  CALL(sched_getaffinity, 0, 0, mask);
  CALL(sched_getaffinity, 0, 1023, mask);
  CALL(sched_getaffinity, 0, sizeof mask, nowhere);
  CALL(sched_getaffinity, -1, sizeof mask, mask);
  CALL(sched_getaffinity, NOBODY, sizeof mask, mask);
  struct timespec interval;
  CALL(sched_rr_get_interval, 0, &interval);
  CALL(sched_rr_get_interval, -1, &interval);
  CALL(sched_rr_get_interval, NOBODY, &interval);
  CALL(sched_rr_get_interval, 0, nowhere);
  CALL(sched_yield);
  unsigned cpu = 999, node = 999;
  CALL(getcpu, &cpu, &node, NULL);
  printf("%d %d\n", cpu != 999, node != 999);
  CALL(getcpu, NULL, NULL, NULL);
  CALL(getcpu, nowhere, NULL, NULL);
  CALL(getcpu, NULL, nowhere, NULL);
}

static void priorities(void) {
  CALL_OK(getpriority, PRIO_PGRP, 0);
  CALL_OK(getpriority, PRIO_USER, 0);
  CALL(getpriority, 3, 0);
  CALL(getpriority, -1, 0);
  CALL(getpriority, PRIO_PROCESS, NOBODY);
  CALL(getpriority, PRIO_PGRP, NOBODY);
  CALL(getpriority, PRIO_USER, NOBODY);
  CALL(setpriority, PRIO_PROCESS, 0, 19);
  CALL(getpriority, PRIO_PROCESS, 0);
  CALL(getpriority, PRIO_PROCESS, getpid());
  CALL(setpriority, PRIO_PROCESS, getpid(), 100);
  CALL(getpriority, PRIO_PROCESS, 0);
  CALL(setpriority, 3, 0, 0);
  CALL(setpriority, PRIO_PROCESS, NOBODY, 0);
  CALL(setpriority, PRIO_PGRP, NOBODY, 0);
  CALL(setpriority, PRIO_USER, NOBODY, 0);
}

static void disk_priorities(void) {
  CALL(ioprio_set, IOPRIO_PROCESS, 0, BEST_EFFORT | 4);
  CALL(ioprio_get, IOPRIO_PROCESS, 0);
  CALL(ioprio_set, IOPRIO_PROCESS, getpid(), IDLE);
  CALL(ioprio_get, IOPRIO_PROCESS, getpid());
  CALL(ioprio_set, IOPRIO_PROCESS, 0, BEST_EFFORT | 8);
  CALL(ioprio_set, IOPRIO_PROCESS, 0, 7 << 13);
  CALL(ioprio_set, 0, 0, IDLE);
  CALL(ioprio_set, 4, 0, IDLE);
  CALL(ioprio_set, IOPRIO_PROCESS, NOBODY, IDLE);
  CALL(ioprio_set, IOPRIO_GROUP, NOBODY, IDLE);
  CALL(ioprio_get, 0, 0);
  CALL(ioprio_get, 4, 0);
  CALL(ioprio_get, IOPRIO_PROCESS, NOBODY);
  CALL(ioprio_get, IOPRIO_GROUP, NOBODY);
  CALL(ioprio_get, IOPRIO_USER, NOBODY);
}

int main(void) {
  policies();
  attributes();
  processors();
  priorities();
  disk_priorities();
  return 0;
}
