// What limits refuse to a process without privileges: locked memory, address space, queued signals.
#include "calls.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#ifndef SYS_mmap
#define SYS_mmap SYS_mmap2
#endif

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static void limit_to(int resource, rlim_t bytes) {
  struct rlimit limit = {bytes, bytes};
  NEED(setrlimit(resource, &limit) == 0);
}

static char *map_pages(size_t count) {
  char *base = mmap(NULL, count * PAGE, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  return base;
}

static void some_locked(void) {
  char *base = map_pages(32);
  limit_to(RLIMIT_MEMLOCK, 16 * PAGE);
  CALL(mlock, base, 16 * PAGE);
  CALL(mlock, base, 16 * PAGE);
  CALL(mlock, base, 17 * PAGE);
  CALL(mlock, base + 16 * PAGE, 1);
  CALL(mlock2, base + 16 * PAGE, PAGE, 1);
  CALL(munlock, base + 8 * PAGE, PAGE);
  CALL(mlock2, base + 16 * PAGE, PAGE, 1);
  CALL(mlock, base + 17 * PAGE, PAGE);
  SHOW(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0));
  CALL(mlockall, MCL_CURRENT);
  CALL(munlock, base, 32 * PAGE);
  CALL(mlock, base + 16 * PAGE, 16 * PAGE);
  SHOW(mremap(base + 16 * PAGE, 16 * PAGE, 17 * PAGE, MREMAP_MAYMOVE));
  SHOW(mremap(base + 16 * PAGE, 16 * PAGE, 17 * PAGE, 0));
  CALL(munlockall);
  SHOW_OK(mmap(NULL, 16 * PAGE, RW, ANON | MAP_LOCKED, -1, 0));
  SHOW(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0));
  CALL(munlockall);
  CALL(mlockall, MCL_FUTURE);
  SHOW_OK(mmap(NULL, 16 * PAGE, RW, ANON, -1, 0));
  SHOW(mmap(NULL, PAGE, RW, ANON, -1, 0));
  CALL(munlockall);
}

static void none_locked(void) {
  char *base = map_pages(2);
  limit_to(RLIMIT_MEMLOCK, 0);
  CALL(mlock, base, PAGE);
  CALL(mlock2, base, PAGE, 1);
  CALL(mlock2, base, PAGE, 2);
  CALL(mlock, base, 0);
  CALL(mlockall, MCL_CURRENT);
  CALL(mlockall, MCL_FUTURE);
  CALL(mlockall, 64);
  CALL(munlock, base, PAGE);
  CALL(mmap, NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0);
}

static void queued_signals(void) {
  limit_to(RLIMIT_SIGPENDING, 0);
  siginfo_t info = {.si_code = SI_QUEUE};
  int self = getpid(), timer = 0, standard = SIGUSR1, real_time = SIGRTMIN;
  uint64_t all = ~0ull, pending = 0;
  CALL(rt_sigprocmask, SIG_BLOCK, &all, NULL, 8);
  CALL(rt_sigqueueinfo, self, real_time, &info);
  CALL(rt_tgsigqueueinfo, self, self, real_time, &info);
  CALL(tgkill, self, self, real_time);
  CALL(tkill, self, real_time);
  CALL(rt_sigpending, &pending, 8);
  printf("pending %d\n", pending != 0);
  CALL(kill, self, real_time);
  CALL(rt_sigqueueinfo, self, standard, &info);
  CALL(rt_sigpending, &pending, 8);
  printf("pending %d %d\n", (int)(pending >> (real_time - 1) & 1), (int)(pending >> (standard - 1) & 1));
  CALL(timer_create, CLOCK_MONOTONIC, NULL, &timer);
  struct timespec nothing = {0, 0};
  SHOW(syscall(SYS_rt_sigtimedwait, &all, &info, &nothing, 8) == standard);
  printf("%d %d\n", info.si_code, (int)info.si_pid);
  SHOW(syscall(SYS_rt_sigtimedwait, &all, &info, &nothing, 8) == real_time);
  printf("%d %d\n", info.si_code, (int)info.si_pid);
  CALL(rt_sigtimedwait, &all, &info, &nothing, 8);
}

static void address_space(void) {
  limit_to(RLIMIT_AS, 256 << 20);
  SHOW(mmap(NULL, 256 << 20, RW, ANON, -1, 0));
  char *base = mmap(NULL, 1 << 20, RW, ANON, -1, 0);
  NEED(base != MAP_FAILED);
  SHOW(mremap(base, 1 << 20, 256 << 20, MREMAP_MAYMOVE));
  char *old = (char *)syscall(SYS_brk, 0);
  SHOW((char *)syscall(SYS_brk, old + (256 << 20)) == old);
}

static void data(void) {
  char *base = mmap(NULL, 32 << 20, PROT_READ, ANON, -1, 0), *old = (char *)syscall(SYS_brk, 0);
  NEED(base != MAP_FAILED);
  limit_to(RLIMIT_DATA, 8 << 20);
  SHOW(mmap(NULL, 8 << 20, RW, ANON, -1, 0));
  SHOW_OK(mmap(NULL, 8 << 20, PROT_READ, ANON, -1, 0));
  SHOW_OK(mmap(NULL, 8 << 20, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  CALL(mprotect, base, 8 << 20, RW);
  SHOW((char *)syscall(SYS_brk, old + (8 << 20)) == old);
}

/// What the kernel says of them.
static void told(void) {
  char line[200];
  FILE *file = fopen("/proc/self/limits", "r");
  NEED(file != NULL);
  while (fgets(line, sizeof line, file)) {
    if (strstr(line, "address space") || strstr(line, "locked memory") || strstr(line, "pending")) fputs(line, stdout);
  }
  fclose(file);
}

int main(void) {
  drop_privileges();
  some_locked();
  none_locked();
  address_space();
  queued_signals();
  told();
  data();
  return 0;
}
