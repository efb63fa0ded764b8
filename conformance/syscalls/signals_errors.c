// Signals that are none, for nobody, with sets of other sizes and bad pointers.
#include "calls.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

enum { SET = 8 };

static uint64_t all = ~0ull, none, one = 1ull << (SIGUSR1 - 1);

static void sending(void) {
  int self = getpid();
  CALL(kill, self, 0);
  CALL(kill, 0, 0);
  CALL(kill, self, 65);
  CALL(kill, self, -1);
  CALL(kill, NOBODY, 0);
  CALL(kill, NOBODY, 65);
  CALL(kill, -NOBODY, 0);
  CALL(tkill, self, 0);
  CALL(tkill, 0, 0);
  CALL(tkill, -1, 0);
  CALL(tkill, NOBODY, 0);
  CALL(tkill, self, 65);
  CALL(tgkill, self, self, 0);
  CALL(tgkill, 0, self, 0);
  CALL(tgkill, self, 0, 0);
  CALL(tgkill, NOBODY, self, 0);
  CALL(tgkill, self, NOBODY, 0);
  CALL(tgkill, self, self, -1);
  CALL(pidfd_send_signal, 1, 0, NULL, 0);
  CALL(pidfd_send_signal, 999, 0, NULL, 0);
  CALL(pidfd_send_signal, -1, 0, NULL, 0x100);
}

static void queueing(void) {
  int self = getpid();
  siginfo_t info = {.si_code = SI_QUEUE}, lie = {.si_code = SI_USER};
  CALL(rt_sigqueueinfo, self, 0, &info);
  CALL(rt_sigqueueinfo, self, 65, &info);
  CALL(rt_sigqueueinfo, self, 0, nowhere);
  CALL(rt_sigqueueinfo, self, 0, NULL);
  CALL(rt_sigqueueinfo, NOBODY, 0, &info);
  CALL(rt_sigqueueinfo, NOBODY, 0, &lie);
  CALL(rt_sigqueueinfo, 1, 0, &lie);
  CALL(rt_sigqueueinfo, self, 0, &lie);
  CALL(rt_tgsigqueueinfo, self, self, 0, &info);
  CALL(rt_tgsigqueueinfo, self, self, 65, &info);
  CALL(rt_tgsigqueueinfo, self, self, 0, nowhere);
  CALL(rt_tgsigqueueinfo, self, 0, 0, &info);
  CALL(rt_tgsigqueueinfo, -1, self, 0, &info);
  CALL(rt_tgsigqueueinfo, self, NOBODY, 0, &info);
  CALL(rt_tgsigqueueinfo, NOBODY, self, 0, &info);
  CALL(rt_tgsigqueueinfo, self, NOBODY, 0, &lie);
}

static void actions(void) {
  uint64_t room[8] = {0};
  CALL(rt_sigaction, SIGUSR1, NULL, room, SET);
  CALL(rt_sigaction, SIGKILL, NULL, room, SET);
  CALL(rt_sigaction, SIGKILL, room, NULL, SET);
  CALL(rt_sigaction, SIGSTOP, room, NULL, SET);
  CALL(rt_sigaction, 0, NULL, room, SET);
  CALL(rt_sigaction, 65, NULL, room, SET);
  CALL(rt_sigaction, -1, NULL, NULL, SET);
  CALL(rt_sigaction, SIGUSR1, NULL, NULL, 4);
  CALL(rt_sigaction, SIGUSR1, nowhere, NULL, SET);
  CALL(rt_sigaction, SIGUSR1, NULL, nowhere, SET);
  CALL(rt_sigaction, 65, nowhere, NULL, SET);
}

static void masks(void) {
  uint64_t old = 0;
  CALL(rt_sigprocmask, SIG_BLOCK, &one, &old, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, NULL, &old, SET);
  printf("%d\n", old == one);
  CALL(rt_sigprocmask, 77, &one, NULL, SET);
  CALL(rt_sigprocmask, 77, NULL, &old, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, nowhere, NULL, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, NULL, nowhere, SET);
  CALL(rt_sigprocmask, SIG_BLOCK, &one, NULL, 4);
  CALL(rt_sigprocmask, SIG_BLOCK, &one, NULL, 16);
  CALL(kill, getpid(), SIGUSR1);
  old = 0;
  CALL(rt_sigpending, &old, SET);
  printf("%d\n", old == one);
  CALL(rt_sigpending, &old, 16);
  CALL(rt_sigpending, &old, 4);
  CALL(rt_sigpending, &old, 0);
  CALL(rt_sigpending, nowhere, SET);
  CALL(rt_sigpending, NULL, SET);
}

static void waiting(void) {
  siginfo_t info;
  struct timespec nothing = {0, 0}, bad = {0, -1}, negative = {-1, 0};
  CALL(rt_sigtimedwait, &one, &info, &nothing, SET);
  CALL(rt_sigtimedwait, &one, NULL, &nothing, SET);
  CALL(rt_sigtimedwait, &none, &info, &nothing, SET);
  CALL(rt_sigtimedwait, &one, &info, &bad, SET);
  CALL(rt_sigtimedwait, &one, &info, &negative, SET);
  CALL(rt_sigtimedwait, &one, &info, nowhere, SET);
  CALL(rt_sigtimedwait, nowhere, &info, &nothing, SET);
  CALL(rt_sigtimedwait, NULL, &info, &nothing, SET);
  CALL(rt_sigtimedwait, &one, &info, &nothing, 4);
  CALL(kill, getpid(), SIGUSR1);
  CALL(rt_sigtimedwait, &one, nowhere, &nothing, SET);
  syscall(SYS_rt_sigtimedwait, &one, NULL, &nothing, SET);  // which either took it or not
  CALL(rt_sigsuspend, nowhere, SET);
  CALL(rt_sigsuspend, NULL, SET);
  CALL(rt_sigsuspend, &all, 4);
}

static void stacks(void) {
  static char room[1 << 16];
  stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, old;
  CALL(sigaltstack, &stack, &old);
  printf("%#x\n", old.ss_flags);
  CALL(sigaltstack, NULL, &old);
  printf("%d %d\n", old.ss_sp == room, (int)old.ss_size);
  CALL(sigaltstack, nowhere, NULL);
  CALL(sigaltstack, NULL, nowhere);
  CALL(sigaltstack, &stack, nowhere);
  stack.ss_size = 100;
  CALL(sigaltstack, &stack, NULL);
  stack.ss_flags = 77;
  CALL(sigaltstack, &stack, NULL);
  stack.ss_flags = SS_ONSTACK;
  stack.ss_size = sizeof room;
  CALL(sigaltstack, &stack, NULL);
  stack.ss_flags = SS_DISABLE;
  stack.ss_size = 0;
  CALL(sigaltstack, &stack, NULL);
  CALL(sigaltstack, NULL, NULL);
}

static void descriptors(void) {
  int fd = (int)syscall(SYS_signalfd4, -1, &one, SET, SFD_NONBLOCK);
  NEED(fd >= 0);
  CALL_OK(signalfd4, -1, &all, SET, 0);
  SHOW(syscall(SYS_signalfd4, fd, &all, SET, 0) == fd);
  CALL(signalfd4, 1, &one, SET, 0);
  CALL(signalfd4, 999, &one, SET, 0);
  CALL(signalfd4, -2, &one, SET, 0);
  CALL(signalfd4, -1, nowhere, SET, 0);
  CALL(signalfd4, -1, NULL, SET, 0);
  CALL(signalfd4, -1, &one, 4, 0);
  CALL(signalfd4, -1, &one, SET, 1);
  char record[128];
  CALL(read, fd, record, sizeof record);
  CALL(kill, getpid(), SIGUSR1);
  CALL(read, fd, nowhere, sizeof record);
}

int main(void) {
  sending();
  queueing();
  actions();
  masks();
  waiting();
  stacks();
  descriptors();
  return 0;
}
