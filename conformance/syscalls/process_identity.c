// Who the process is, its limits, and what prctl keeps.
#include "check.h"

#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *what, long result) {
  printf("%s %ld %s\n", what, result, result < 0 ? errno_name(errno) : "");
}

int main(void) {
  printf("uid %d %d gid %d %d\n", getuid(), geteuid(), getgid(), getegid());
  uid_t real, effective, saved;
  tell("getresuid", getresuid(&real, &effective, &saved));
  printf("%d %d %d\n", real, effective, saved);
  gid_t groups[64];
  printf("groups %d %d\n", getgroups(0, 0) == getgroups(64, groups), getpid() == getpgid(0));
  tell("setuid", setuid(getuid()));
  tell("setgid", setgid(getgid()));
  tell("setreuid", setreuid(-1, geteuid()));
  tell("getpgid", getpgid(999999));
  tell("getsid", getsid(0) < 0 ? -1 : 0);
  printf("the group %d\n", killpg(getpgrp(), 0));
  tell("setpgid", setpgid(0, 0));
  printf("leader %d\n", getpgid(0) == getpid());
  printf("the own group %d %d\n", killpg(getpgrp(), 0), kill(-getpid(), 0));
  tell("setsid of a leader", setsid());
  tell("wait", waitpid(-1, 0, 0));

  char name[16];
  tell("PR_SET_NAME", prctl(PR_SET_NAME, "a name that is too long", 0, 0, 0));
  tell("PR_GET_NAME", prctl(PR_GET_NAME, name, 0, 0, 0));
  puts(name);
  tell("dumpable", prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
  tell("dumpable 5", prctl(PR_SET_DUMPABLE, 5, 0, 0, 0));
  tell("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  tell("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  tell("unknown", prctl(0x7654321, 0, 0, 0, 0));

  struct rlimit limit = {100, 200}, now;
  tell("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
  tell("getrlimit", getrlimit(RLIMIT_NOFILE, &now));
  printf("%d %d\n", (int)now.rlim_cur, (int)now.rlim_max);
  limit.rlim_cur = 300;
  tell("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
  tell("getrlimit", getrlimit(99, &now));

  struct utsname names;
  tell("uname", uname(&names));
  puts(names.sysname);
  struct sysinfo info;
  tell("sysinfo", sysinfo(&info));
  printf("memory %d\n", info.totalram > 0);
  cpu_set_t set;
  tell("affinity", sched_getaffinity(0, sizeof set, &set));
  printf("processors %d\n", CPU_COUNT(&set) > 0);
  tell("scheduler", syscall(SYS_sched_getscheduler, 0));  // which musl does not call
  tell("priority", sched_get_priority_max(SCHED_FIFO));
  tell("yield", sched_yield());
  errno = 0;
  printf("getpriority %d\n", getpriority(PRIO_PROCESS, 0));
  tell("getpriority", getpriority(9, 0));
  return 0;
}
