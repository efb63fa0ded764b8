// Waiting for signals: sigsuspend, sigtimedwait, signalfd with poll, ppoll's mask.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int seen;
static void note(int number) { seen = number; }

static void start_timer(void) {
  struct itimerval timer = {{0, 0}, {0, 20000}};
  setitimer(ITIMER_REAL, &timer, 0);
}

int main(void) {
  sigset_t set, none, old;
  sigemptyset(&none);
  sigemptyset(&set);
  sigaddset(&set, SIGALRM);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, &old);
  signal(SIGALRM, note);
  signal(SIGUSR1, note);

  start_timer();
  int result = sigsuspend(&none);
  printf("sigsuspend %d %s, %d\n", result, strerror(errno), seen);
  sigprocmask(SIG_SETMASK, 0, &old);
  printf("mask is back %d\n", sigismember(&old, SIGALRM));

  siginfo_t info;
  struct timespec soon = {0, 20000000};
  result = sigtimedwait(&set, &info, &soon);
  printf("sigtimedwait %d %s\n", result, strerror(errno));
  sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 9});
  result = sigwaitinfo(&set, &info);
  printf("sigwaitinfo %d code %d value %d\n", result, info.si_code, info.si_value.sival_int);
  start_timer();
  result = sigwaitinfo(&set, &info);
  printf("sigwaitinfo %d code %d\n", result, info.si_code);

  int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  struct signalfd_siginfo record;
  result = (int)read(fd, &record, sizeof record);
  printf("empty signalfd %d %s\n", result, strerror(errno));
  struct pollfd item = {fd, POLLIN, 0};
  printf("poll %d\n", poll(&item, 1, 0));
  sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 5});
  printf("poll %d", poll(&item, 1, 1000));
  printf(" %d\n", item.revents == POLLIN);
  result = (int)read(fd, &record, sizeof record);
  printf("signalfd %d: %u code %d int %d\n", result, record.ssi_signo, record.ssi_code, record.ssi_int);
  printf("poll %d\n", poll(&item, 1, 0));
  printf("short read %d ", (int)read(fd, &record, 100));
  printf("%s\n", strerror(errno));

  seen = 0;
  start_timer();
  result = ppoll(0, 0, 0, &none);
  printf("ppoll %d %s, %d\n", result, strerror(errno), seen);
  return 0;
}
