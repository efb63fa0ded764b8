// What the machine's administrator calls with arguments that no kernel takes: nothing of it changes the machine.
#include "calls.h"

#include <linux/reboot.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

enum { LOG_READ = 2, LOG_READ_ALL, LOG_LEVEL = 8, INIT = 1, UNKNOWN_COMMAND = 3 };

static void names(void) {
  char name[100] = "name";
  CALL(sethostname, name, 65);
  CALL(sethostname, name, -1);
  CALL(sethostname, nowhere, 4);
  CALL(sethostname, nowhere, 65);
  CALL(sethostname, page_end() - 2, 4);
  CALL(setdomainname, name, 65);
  CALL(setdomainname, name, -1);
  CALL(setdomainname, nowhere, 4);
  CALL(setdomainname, nowhere, 65);
}

static void rebooting(void) {
  CALL(reboot, 1, LINUX_REBOOT_MAGIC2, UNKNOWN_COMMAND, NULL);
  CALL(reboot, LINUX_REBOOT_MAGIC1, 1, UNKNOWN_COMMAND, NULL);
  CALL(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, UNKNOWN_COMMAND, NULL);
}

static void messages(void) {
  char text[10];
  CALL(syslog, 99, NULL, 0);
  CALL(syslog, -1, NULL, 0);
  CALL(syslog, LOG_READ, NULL, 10);
  CALL(syslog, LOG_READ, text, -1);
  CALL(syslog, LOG_READ_ALL, NULL, 10);
  CALL(syslog, LOG_READ_ALL, text, -1);
  CALL(syslog, LOG_LEVEL, NULL, 0);
  CALL(syslog, LOG_LEVEL, NULL, 9);
}

/// Where the first process is asked for, to whom it is nobody's business.
static void the_first_process(void) {
  struct rlimit limit;
  siginfo_t info = {.si_code = SI_QUEUE};
  void *list;
  size_t bytes;
  CALL(kill, INIT, 0);
  CALL(kill, INIT, 65);
  CALL(tkill, INIT, 0);
  CALL(tkill, INIT, 65);
  CALL(tgkill, INIT, INIT, 0);
  CALL(tgkill, INIT, getpid(), 0);
  CALL(tgkill, getpid(), INIT, 0);
  CALL(rt_sigqueueinfo, INIT, 0, &info);
  CALL(rt_tgsigqueueinfo, INIT, INIT, 0, &info);
  CALL(get_robust_list, INIT, &list, &bytes);
  CALL(get_robust_list, INIT, nowhere, nowhere);
  CALL(prlimit64, INIT, RLIMIT_NOFILE, NULL, &limit);
  CALL(prlimit64, INIT, 99, NULL, NULL);
  CALL(kcmp, INIT, getpid(), 0, 0, 0);
  CALL(kcmp, getpid(), INIT, 0, 0, 0);
  CALL(kcmp, INIT, INIT, 99, 0, 0);
  CALL(kcmp, INIT, NOBODY, 99, 0, 0);
  CALL(ptrace, PTRACE_SEIZE, INIT, 0, 0);
  CALL_OK(getsid, INIT);
  CALL_OK(getpgid, INIT);
  CALL(setpgid, INIT, 0);
}

static void tracing(void) {
  CALL(ptrace, PTRACE_SEIZE, getpid(), 0, 0);
  CALL(ptrace, PTRACE_SEIZE, getpid(), 1, 0);
  CALL(ptrace, PTRACE_SEIZE, getpid(), 0, 1 << 30);
  CALL(ptrace, PTRACE_SEIZE, NOBODY, 1, 0);
  CALL(ptrace, PTRACE_ATTACH, getpid(), 1, 1 << 30);
}

int main(void) {
  names();
  rebooting();
  messages();
  tracing();
  drop_privileges();
  the_first_process();
  names();
  rebooting();
  return 0;
}
