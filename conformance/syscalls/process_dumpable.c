// Whose the files of a process in /proc are, and whether it may be dumped, as it changes users and groups.
#include "calls.h"

#include <sys/prctl.h>
#include <sys/stat.h>

static void show(const char *when) {
  printf("%s: dumpable %d\n", when, prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1);
  const char *paths[] = {"/proc/self/status", "/proc/self/", "/proc/self/fd", "/proc/meminfo", "/proc"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i) {
    struct stat status;
    int result = stat(paths[i], &status);
    printf("%s: %d, mode %o, user %d, group %d\n", paths[i], result, (unsigned)status.st_mode, (int)status.st_uid,
           (int)status.st_gid);
  }
}

int main(void) {
  show("at first");
  CALL(setresgid, -1, 4321, -1);
  show("another group");
  CALL(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  show("dumpable again");
  CALL(setresuid, 99, -1, -1);
  show("another real user");
  CALL(setfsuid, 1234);
  show("another user for files");
  CALL(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  CALL(setresuid, -1, 1234, -1);
  show("another user");
  CALL(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  show("dumpable again");
  CALL(setresuid, -1, 1234, -1);
  show("the same user");
  CALL(setresuid, 1234, 1234, 1234);
  show("for good");
  return 0;
}
