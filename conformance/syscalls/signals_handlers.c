// Handlers: their arguments, nesting, masks, flags, leaving them by longjmp, and what they interrupt.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int seen, depth, deepest;
static sigjmp_buf out;

static void note(int number) { seen = number; }
static void leave(int number) { siglongjmp(out, number); }

static void describe(int number, siginfo_t *info, void *context) {
  if (number >= SIGRTMIN) number -= SIGRTMIN, info->si_signo -= SIGRTMIN;  // how many the libc keeps differs
  printf("%d: signo %d code %d value %d uid %d context %d\n", number, info->si_signo, info->si_code,
         info->si_code == SI_QUEUE ? info->si_value.sival_int : 0, info->si_uid == getuid(), context != 0);
}

static void nest(int number) {
  if (++depth > deepest) deepest = depth;
  if (number == SIGUSR1) raise(SIGUSR2);
  if (number == SIGUSR2 && deepest < 3) raise(SIGUSR1);
  --depth;
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {0};
  action.sa_handler = handler;
  action.sa_flags = flags;
  printf("sigaction %d\n", sigaction(number, &action, 0));
}

static void start_timer(int milliseconds) {
  struct itimerval timer = {{0, 0}, {0, milliseconds * 1000}};
  setitimer(ITIMER_REAL, &timer, 0);
}

static void arguments(void) {
  struct sigaction action = {0};
  action.sa_sigaction = describe;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGRTMIN + 1, &action, 0);
  sigaction(SIGUSR1, &action, 0);
  union sigval value = {.sival_int = 42};
  printf("sigqueue %d\n", sigqueue(getpid(), SIGRTMIN + 1, value));
  kill(getpid(), SIGUSR1);
}

static void queueing(void) {
  sigset_t set, old, pending;
  sigfillset(&set);
  sigprocmask(SIG_BLOCK, &set, &old);
  for (int i = 0; i < 3; ++i) sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i});
  for (int i = 0; i < 3; ++i) kill(getpid(), SIGUSR1);
  sigpending(&pending);
  printf("pending %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN + 1),
         sigismember(&pending, SIGUSR2));
  sigprocmask(SIG_SETMASK, &old, 0);
}

static void flags(void) {
  handle(SIGUSR1, note, SA_RESETHAND);
  raise(SIGUSR1);
  struct sigaction now;
  sigaction(SIGUSR1, 0, &now);
  printf("reset %d\n", now.sa_handler == SIG_DFL);
  handle(SIGUSR1, nest, SA_NODEFER);
  handle(SIGUSR2, nest, SA_NODEFER);
  raise(SIGUSR1);
  printf("deepest %d\n", deepest);
  static char stack[16384];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, old;
  printf("sigaltstack %d", sigaltstack(&alternate, &old));
  printf(" was disabled %d\n", old.ss_flags == SS_DISABLE);
  alternate.ss_size = 16;
  SHOW(sigaltstack(&alternate, 0));
}

static char *alternate_low, *alternate_high;
static void where(int number) {
  char here;
  stack_t now;
  sigaltstack(0, &now);
  printf("on alternate stack %d %d\n", &here > alternate_low && &here < alternate_high, now.ss_flags == SS_ONSTACK);
  (void)number;
}

static void alternate(void) {
  stack_t now;
  sigaltstack(0, &now);
  alternate_low = now.ss_sp;
  alternate_high = alternate_low + now.ss_size;
  handle(SIGUSR1, where, SA_ONSTACK);
  raise(SIGUSR1);
  handle(SIGUSR1, where, 0);
  raise(SIGUSR1);
}

static void jumps(void) {
  signal(SIGALRM, leave);
  int from = sigsetjmp(out, 1);
  if (from == 0) {
    start_timer(20);
    for (;;) {
    }
  }
  printf("left by %d\n", from);
  signal(SIGSEGV, leave);
  from = sigsetjmp(out, 1);
  if (from == 0) *(volatile int *)0 = 1;
  printf("left by %d\n", from);
  from = sigsetjmp(out, 1);
  if (from == 0) *(volatile int *)0 = 1;
  printf("left by %d again\n", from);
}

static void *volatile fault_address;
static volatile int fault_code;
static void leave_fault(int number, siginfo_t *info, void *context) {
  (void)context;
  fault_address = info->si_addr;
  fault_code = info->si_code;
  siglongjmp(out, number);
}

__attribute__((noinline)) static void poke(char *at) { *at = 1; }

static void faults(void) {
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(page != MAP_FAILED && mprotect(page + 4096, 4096, PROT_NONE) == 0);
  struct sigaction action = {0};
  action.sa_sigaction = leave_fault;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGFPE, &action, 0);
  volatile int before = 7, zero = 0;
  int from = sigsetjmp(out, 1);
  if (from == 0) page[4096 + 123] = 1;
  printf("fault %d at %d, %d\n", from, (int)((char *)fault_address - page), before);
  from = sigsetjmp(out, 1);
  if (from == 0) poke(page + 4096 + 45);
  printf("fault %d at %d\n", from, (int)((char *)fault_address - page));
  from = sigsetjmp(out, 1);
  if (from == 0) before = 7 / zero;
  printf("fault %d, code %d, %d\n", from, fault_code, before);
}

static int fds[2];
static void feed(int number) {
  seen = number;
  if (write(fds[1], "x", 1) != 1) puts("write failed");
}

static void interrupted(void) {
  char byte;
  if (pipe(fds)) puts("no pipe");
  handle(SIGALRM, note, 0);
  start_timer(20);
  printf("read %d ", (int)read(fds[0], &byte, 1));
  printf("%s\n", errno_name(errno));
  handle(SIGALRM, feed, SA_RESTART);
  start_timer(20);
  printf("restarted read %d\n", (int)read(fds[0], &byte, 1));
  start_timer(20);
  struct timespec time = {5, 0}, left = {0, 0};
  printf("nanosleep %d ", nanosleep(&time, &left));
  printf("%s, left %d\n", errno_name(errno), left.tv_sec == 4);
  start_timer(20);
  printf("pause %d ", pause());
  printf("%s\n", errno_name(errno));
  close(fds[0]);
  signal(SIGPIPE, note);
  printf("write %d ", (int)write(fds[1], "x", 1));
  printf("%s signal %d\n", errno_name(errno), seen);
}

static void errors(void) {
  struct sigaction action = {0};
  action.sa_handler = note;
  printf("%d ", sigaction(SIGKILL, &action, 0));
  printf("%s\n", errno_name(errno));
  printf("%d ", sigaction(65, &action, 0));
  printf("%s\n", errno_name(errno));
  printf("%d ", kill(getpid(), 65));
  printf("%s\n", errno_name(errno));
  printf("%d\n", kill(getpid(), 0));
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  arguments();
  queueing();
  flags();
  alternate();
  jumps();
  faults();
  interrupted();
  errors();
  signal(SIGTERM, SIG_IGN);
  raise(SIGTERM);
  signal(SIGTERM, SIG_DFL);
  raise(SIGTERM);
  puts("not reached");
  return 0;
}
