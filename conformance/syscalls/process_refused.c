// What a process without privileges is refused, and file handles.
#include "calls.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>

typedef struct {
  unsigned bytes;
  int type;
  unsigned char data[128];
} Handle;

static Handle handle = {.bytes = 8};

static void names_of_handles(void) {
  int mount = 0;
  CALL(name_to_handle_at, AT_FDCWD, "/proc/self/status", &handle, &mount, 0);
  CALL(name_to_handle_at, AT_FDCWD, "nothing", &handle, &mount, 0);
  CALL(name_to_handle_at, AT_FDCWD, "", &handle, &mount, 0);
  CALL(name_to_handle_at, AT_FDCWD, nowhere, &handle, &mount, 0);
  CALL(name_to_handle_at, AT_FDCWD, ".", &handle, &mount, 0x10000);
  CALL(name_to_handle_at, 999, "file", &handle, &mount, 0);
  CALL(name_to_handle_at, 999, "", &handle, &mount, AT_EMPTY_PATH);
}

static void administration(void) {
  char text[10];
  CALL(acct, NULL);
  CALL(acct, "/file");
  CALL(syslog, 2, text, sizeof text);
  CALL(syslog, 5, NULL, 0);
  CALL(reboot, 1, 2, 3, NULL);
  CALL(sethostname, "name", 4);
  CALL(sethostname, nowhere, 4);
  CALL(sethostname, "name", -1);
  CALL(setdomainname, "name", 4);
  CALL(setdomainname, "name", 65);
  CALL(chroot, "/");
  CALL(open_by_handle_at, AT_FDCWD, &handle, O_RDONLY);
  CALL(fanotify_init, 0, O_RDONLY);
  CALL(fanotify_init, FAN_CLASS_CONTENT, O_RDONLY);
  SHOW(fanotify_mark(1, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/"));
  SHOW(fanotify_mark(999, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/"));
}

static void processes(void) {
  CALL(ptrace, PTRACE_ATTACH, 1, 0, 0);
  CALL(ptrace, PTRACE_ATTACH, NOBODY, 0, 0);
  CALL(ptrace, PTRACE_PEEKDATA, NOBODY, 0, 0);
  CALL(ptrace, PTRACE_ATTACH, getpid(), 0, 0);
  CALL(ptrace, 7777, getpid(), 0, 0);
  CALL(unshare, 0);
  CALL(unshare, CLONE_NEWUTS);
  CALL(unshare, CLONE_NEWNS | CLONE_NEWPID);
  CALL(unshare, 1);
  CALL(unshare, CLONE_FS | CLONE_FILES);
  CALL(unshare, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
  CALL(unshare, CLONE_FS | CLONE_NEWIPC);
  CALL(kill, 1, 0);
}

static void clocks(void) {
  struct timespec now = {1, 0}, bad = {1, 1000000000};
  CALL(clock_settime, CLOCK_REALTIME, &now);
  CALL(clock_settime, CLOCK_REALTIME, &bad);
  CALL(clock_settime, CLOCK_REALTIME, nowhere);
  CALL(clock_settime, CLOCK_MONOTONIC, &now);
  CALL(clock_settime, CLOCK_PROCESS_CPUTIME_ID, &now);
  CALL(clock_settime, 99, &now);
  struct timespec nothing = {0, 0};
  int timer = 0;
  CALL(clock_nanosleep, CLOCK_REALTIME_ALARM, 0, &nothing, NULL);
  CALL(clock_nanosleep, CLOCK_BOOTTIME_ALARM, TIMER_ABSTIME, &nothing, NULL);
  CALL(timer_create, CLOCK_REALTIME_ALARM, NULL, &timer);
  CALL(timerfd_create, CLOCK_BOOTTIME_ALARM, 0);
  CALL(timerfd_create, CLOCK_BOOTTIME_ALARM, 1);
  struct timex adjustment = {.modes = 0};
  SHOW_OK(clock_adjtime(CLOCK_REALTIME, &adjustment));
  SHOW(clock_adjtime(CLOCK_MONOTONIC, &adjustment));
  SHOW(clock_adjtime(99, &adjustment));
  adjustment.modes = ADJ_OFFSET;
  SHOW(clock_adjtime(CLOCK_REALTIME, &adjustment));
  CALL(clock_adjtime, CLOCK_REALTIME, nowhere);
  CALL(clock_adjtime, 99, nowhere);
}

static void limits(void) {
  struct rlimit limit = {10, 20};
  SHOW(setrlimit(RLIMIT_NPROC, &limit));
  limit.rlim_max = 21;
  SHOW(setrlimit(RLIMIT_NPROC, &limit));
  limit.rlim_cur = 22;
  SHOW(setrlimit(RLIMIT_NPROC, &limit));
  CALL(prlimit64, 0, RLIMIT_NPROC, nowhere, NULL);
  CALL(prlimit64, 0, RLIMIT_NPROC, NULL, nowhere);
  CALL(prlimit64, 0, 16, NULL, NULL);
  CALL(prlimit64, NOBODY, RLIMIT_NPROC, NULL, NULL);
  CALL(prlimit64, 0, RLIMIT_NPROC, NULL, NULL);
}

int main(void) {
  NEED(chmod(".", 0755) == 0);  // of a guest, the root
  names_of_handles();
  drop_privileges();
  administration();
  processes();
  clocks();
  limits();
  return 0;
}
