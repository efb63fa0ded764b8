// Clocks, sleeping, interval timers, POSIX timers and timer descriptors.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static void clocks(void) {
  static const clockid_t ids[] = {CLOCK_REALTIME,       CLOCK_MONOTONIC,        CLOCK_PROCESS_CPUTIME_ID,
                                  CLOCK_THREAD_CPUTIME_ID, CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE,
                                  CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME,       CLOCK_TAI, 77};
  for (unsigned i = 0; i < sizeof ids / sizeof *ids; ++i) {
    struct timespec time = {0, 0}, step = {0, 0};
    int get = clock_gettime(ids[i], &time), resolution = clock_getres(ids[i], &step);
    printf("clock %d: %d %d %d\n", ids[i], get, resolution, time.tv_sec > 0 || time.tv_nsec > 0);
  }
  clockid_t own;
  struct timespec time;
  printf("own clock %d", clock_getcpuclockid(0, &own));
  printf(" %d\n", clock_gettime(own, &time));
  struct tms used;
  printf("times %d\n", times(&used) != (clock_t)-1);
  struct rusage usage;
  printf("getrusage %d %d %d\n", getrusage(RUSAGE_SELF, &usage), getrusage(RUSAGE_CHILDREN, &usage),
         getrusage(17, &usage));
}

static void sleeping(void) {
  struct timespec before, after, bad = {0, 1000000000}, until;
  clock_gettime(CLOCK_MONOTONIC, &before);
  until = before;
  until.tv_nsec += 20000000;
  if (until.tv_nsec >= 1000000000) ++until.tv_sec, until.tv_nsec -= 1000000000;
  printf("absolute sleep %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0));
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("slept %d\n", after.tv_sec > until.tv_sec || after.tv_nsec >= until.tv_nsec);
  printf("bad %d, thread clock %d\n", clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, 0),
         clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &until, 0));
}

static void posix_timers(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, 0);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 77};
  timer_t timer;
  printf("timer_create %d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
  struct itimerspec value = {{0, 5000000}, {0, 5000000}}, now;
  printf("timer_settime %d\n", timer_settime(timer, 0, &value, 0));
  struct timespec pause = {0, 60000000};
  nanosleep(&pause, 0);
  siginfo_t info;
  int number = sigwaitinfo(&set, &info);
  printf("signal %d code %d value %d\n", number == SIGRTMIN, info.si_code, info.si_value.sival_int);
  printf("overruns %d\n", timer_getoverrun(timer) >= 5);
  printf("timer_gettime %d", timer_gettime(timer, &now));
  printf(" %d\n", now.it_interval.tv_nsec == 5000000 && now.it_value.tv_nsec <= 5000000);
  printf("timer_delete %d\n", timer_delete(timer));
}

static void descriptors(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  struct itimerspec value = {{0, 0}, {0, 10000000}}, old;
  printf("timerfd_settime %d\n", timerfd_settime(fd, 0, &value, 0));
  unsigned long long count = 0;
  printf("read %d", (int)read(fd, &count, sizeof count));
  printf(" count %llu\n", count);
  printf("timerfd_gettime %d", timerfd_gettime(fd, &old));
  printf(" %d\n", old.it_value.tv_nsec == 0);
  printf("not a timer %d ", timerfd_gettime(1, &old));
  printf("%s\n", strerror(errno));
  printf("bad clock %d ", timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
  printf("%s\n", strerror(errno));
}

static void intervals(void) {
  struct itimerval value = {{10, 0}, {20, 0}}, old;
  printf("setitimer %d\n", setitimer(ITIMER_REAL, &value, 0));
  printf("getitimer %d", getitimer(ITIMER_REAL, &old));
  printf(" %d %d\n", (int)old.it_interval.tv_sec, old.it_value.tv_sec == 19 || old.it_value.tv_sec == 20);
  printf("alarm %d", alarm(0) > 18);
  printf(" %d\n", alarm(0));
  value.it_value.tv_usec = 1000000;
  printf("bad %d ", setitimer(ITIMER_REAL, &value, 0));
  printf("%s\n", strerror(errno));
  printf("bad %d ", getitimer(7, &old));
  printf("%s\n", strerror(errno));
}

int main(void) {
  clocks();
  sleeping();
  posix_timers();
  descriptors();
  intervals();
  return 0;
}
