// Runs one command and measures it from outside: launch SECONDS STATS_FD COMMAND ARGS...
// Being small itself keeps the child's peak memory its own: Linux counts what the parent had
// mapped between fork and exec towards it, which under Python would be more than the engine's.
// Writes "status wall_ns user_us system_us max_rss_kib" to STATS_FD; a run that takes longer than
// SECONDS is killed.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void kill_child(int signal) {
  (void)signal;
  kill(child, SIGKILL);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int stats = atoi(argv[2]);
  fcntl(stats, F_SETFD, FD_CLOEXEC);
  const long long start = now_ns();
  child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  signal(SIGALRM, kill_child);
  alarm((unsigned)atoi(argv[1]));
  int status = 0;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) continue;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  dprintf(stats, "%d %lld %lld %lld %ld\n", code, now_ns() - start, microseconds(usage.ru_utime),
          microseconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
