// What a process is told and tells of itself: names, time used, prctl, robust lists, chance, comparing, ending.
// runs: | exit
#include "calls.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>

static void told(void) {
  struct tms used;
  struct rusage usage;
  CALL(uname, nowhere);
  CALL(uname, NULL);
  CALL(uname, page_end() - 100);
  CALL(sysinfo, nowhere);
  CALL(sysinfo, NULL);
  CALL_OK(times, &used);
  CALL_OK(times, NULL);
  CALL(times, nowhere);
  CALL(getrusage, RUSAGE_SELF, &usage);
  CALL(getrusage, RUSAGE_CHILDREN, &usage);
  CALL(getrusage, 1, &usage);
  CALL(getrusage, 2, &usage);
  CALL(getrusage, RUSAGE_SELF, nowhere);
  CALL(getrusage, RUSAGE_SELF, NULL);
  SHOW(syscall(SYS_getppid) == getppid());
  SHOW(syscall(SYS_gettid) == getpid());
  SHOW(syscall(SYS_set_tid_address, &used) == getpid());
  SHOW(syscall(SYS_umask, 077) == 022 && syscall(SYS_umask, 07777777) == 077 && syscall(SYS_umask, 0) == 0777);
}

static void control(void) {
  int value = -1;
  CALL(prctl, PR_SET_NAME, nowhere, 0, 0, 0);
  CALL(prctl, PR_GET_NAME, nowhere, 0, 0, 0);
  CALL(prctl, PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0);
  CALL(prctl, PR_GET_PDEATHSIG, &value, 0, 0, 0);
  printf("%d\n", value);
  CALL(prctl, PR_GET_PDEATHSIG, nowhere, 0, 0, 0);
  CALL(prctl, PR_SET_PDEATHSIG, 65, 0, 0, 0);
  CALL(prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
  CALL(prctl, PR_SET_KEEPCAPS, 1, 0, 0, 0);
  CALL(prctl, PR_GET_KEEPCAPS, 0, 0, 0, 0);
  CALL(prctl, PR_SET_KEEPCAPS, 2, 0, 0, 0);
  CALL(prctl, PR_SET_CHILD_SUBREAPER, 5, 0, 0, 0);
  CALL(prctl, PR_GET_CHILD_SUBREAPER, &value, 0, 0, 0);
  printf("%d\n", value);
  CALL(prctl, PR_GET_CHILD_SUBREAPER, nowhere, 0, 0, 0);
  CALL(prctl, PR_SET_TIMERSLACK, 1234, 0, 0, 0);
  CALL(prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
  CALL(prctl, PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0);
  CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0);
  CALL(prctl, PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0);
  CALL(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  CALL(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
  CALL(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  CALL(prctl, PR_GET_SECCOMP, 0, 0, 0, 0);
  CALL(prctl, PR_GET_TIMING, 0, 0, 0, 0);
  CALL(prctl, PR_SET_TIMING, PR_TIMING_STATISTICAL, 0, 0, 0);
  CALL(prctl, PR_SET_TIMING, PR_TIMING_TIMESTAMP, 0, 0, 0);
  CALL(prctl, PR_TASK_PERF_EVENTS_DISABLE, 0, 0, 0, 0);
  CALL(prctl, PR_TASK_PERF_EVENTS_ENABLE, 0, 0, 0, 0);
  CALL_OK(personality, 0xffffffff);
  CALL_OK(personality, 0x40000);
  CALL(personality, 0xffffffff);
}

static void robust(void) {
  struct robust_list_head list = {{&list.list}, 0, NULL}, *found = NULL;
  size_t bytes = 0;
  CALL(set_robust_list, &list, sizeof list);
  CALL(set_robust_list, &list, sizeof list - 1);
  CALL(set_robust_list, &list, 0);
  CALL(get_robust_list, 0, &found, &bytes);
  printf("%d %d\n", found == &list, bytes == sizeof list);
  CALL(get_robust_list, getpid(), &found, &bytes);
  CALL(get_robust_list, NOBODY, &found, &bytes);
  CALL(get_robust_list, 0, nowhere, &bytes);
  CALL(get_robust_list, 0, &found, nowhere);
  CALL(set_robust_list, NULL, sizeof list);
}

static void chance(void) {
  unsigned char bytes[64] = {0}, zeros[64] = {0};
  CALL(getrandom, bytes, sizeof bytes, 0);
  printf("%d\n", memcmp(bytes, zeros, sizeof bytes) != 0);
  CALL(getrandom, bytes, sizeof bytes, 1);
  CALL(getrandom, bytes, 0, 0);
  CALL(getrandom, NULL, 0, 0);
  CALL(getrandom, nowhere, 8, 0);
  CALL(getrandom, NULL, 8, 0);
  CALL(getrandom, page_end() - 8, 16, 0);
  CALL(getrandom, bytes, 8, 8);
  CALL(getrandom, bytes, 8, 6);
}

static void comparing(void) {
  int self = getpid(), file = open("file", O_CREAT | O_RDWR, 0600), same = dup(file);
  NEED(file >= 0 && same >= 0);
  CALL(kcmp, self, self, KCMP_FILE, file, same);
  SHOW(syscall(SYS_kcmp, self, self, KCMP_FILE, file, 0) > 0);
  CALL(kcmp, self, self, KCMP_FILE, file, 999);
  CALL(kcmp, self, self, KCMP_FILE, 999, file);
  CALL(kcmp, self, self, KCMP_VM, 0, 0);
  CALL(kcmp, self, self, KCMP_FILES, 0, 0);
  CALL(kcmp, self, self, 99, 0, 0);
  CALL(kcmp, self, self, -1, 0, 0);
  CALL(kcmp, self, NOBODY, KCMP_VM, 0, 0);
  CALL(kcmp, NOBODY, self, KCMP_VM, 0, 0);
}

static void children(void) {
  siginfo_t info;
  CALL(waitid, P_ALL, 0, &info, WEXITED | WNOHANG, NULL);
  CALL(waitid, P_PID, NOBODY, &info, WEXITED, NULL);
  CALL(waitid, P_PGID, NOBODY, &info, WEXITED, NULL);
  CALL(waitid, P_PID, 0, &info, WEXITED, NULL);
  CALL(waitid, P_PID, -1, &info, WEXITED, NULL);
  CALL(waitid, P_ALL, 0, &info, 0, NULL);
  CALL(waitid, P_ALL, 0, &info, 0x10000, NULL);
  CALL(waitid, 9, 0, &info, WEXITED, NULL);
  CALL(waitid, 3, 999, &info, WEXITED, NULL);
  CALL(waitid, P_ALL, 0, nowhere, WEXITED, NULL);
  CALL(restart_syscall);
}

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 1) {
    puts("the end");
    fflush(stdout);
    syscall(SYS_exit, 300);
  }
  told();
  control();
  robust();
  chance();
  comparing();
  children();
  return 0;
}
