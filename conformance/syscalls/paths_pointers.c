// Bad pointers in every call that names files.
#include "paths.h"

#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/mman.h>

static char *bad[4];  // null, the end of memory, an inaccessible page, a string that runs into one

static void try_all(const char *name, long number, int where, int arguments) {
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    long values[6] = {0};
    char *good = "file";
    for (int a = 0; a < arguments; ++a) values[a] = (long)good;
    if (where > 0) values[0] = AT_FDCWD;
    values[where] = (long)bad[i];
    for (int a = where + 1; a < 6; ++a) values[a] = 0;
    long result = syscall(number, values[0], values[1], values[2], values[3], values[4], values[5]);
    printf("%s, argument %d, kind %zu: %s\n", name, where, i, result < 0 ? errno_name(errno) : "ok");
  }
}

#define TRY(call, where) try_all(#call, SYS_##call, where, where)

int main(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(pages != MAP_FAILED);
  memset(pages, 'x', 4096);
  NEED(mprotect(pages + 4096, 4096, PROT_NONE) == 0);
  bad[0] = NULL;
  bad[1] = (char *)-1L;
  bad[2] = pages + 4096;
  bad[3] = pages + 4090;
  make_file("file", "file");
  TRY(openat, 1);
  TRY(mkdirat, 1);
  TRY(mknodat, 1);
  TRY(unlinkat, 1);
  TRY(symlinkat, 0);
  TRY(symlinkat, 2);
  TRY(linkat, 1);
  TRY(linkat, 3);
  TRY(renameat2, 1);
  TRY(renameat2, 3);
  TRY(statx, 1);
  TRY(faccessat, 1);
  TRY(faccessat2, 1);
  TRY(fchmodat, 1);
  TRY(fchownat, 1);
  TRY(chdir, 0);
  TRY(chroot, 0);
  TRY(setxattr, 0);
  TRY(getxattr, 0);
  TRY(listxattr, 0);
  TRY(removexattr, 0);
  TRY(getxattr, 1);
  // Where two arguments are wrong, either error may be told: the others are right here.
  struct open_how how = {.flags = O_RDONLY};
  char target[10];
  int watches = inotify_init1(IN_CLOEXEC);
  for (int i = 0; i < 4; ++i) {
    SHOW(syscall(SYS_openat2, AT_FDCWD, bad[i], &how, sizeof how));
    SHOW(syscall(SYS_readlinkat, AT_FDCWD, bad[i], target, sizeof target));
    SHOW(syscall(SYS_inotify_add_watch, watches, bad[i], IN_CREATE));
  }
  for (int i = 1; i < 3; ++i) {
    SHOW(syscall(SYS_getcwd, bad[i], 4096));
    SHOW(syscall(SYS_statx, AT_FDCWD, "file", 0, 0x7ff, bad[i]));
    SHOW(syscall(SYS_openat2, AT_FDCWD, "file", bad[i], 24));
    SHOW(syscall(SYS_setxattr, "file", "user.x", bad[i], 5, 0));
  }
  NEED(symlink("a target", "link") == 0);
  SHOW(syscall(SYS_readlinkat, AT_FDCWD, "link", bad[2], 10));
  SHOW(syscall(SYS_readlinkat, AT_FDCWD, "link", bad[3], 6));
  SHOW(syscall(SYS_readlinkat, AT_FDCWD, "link", bad[3], 10));
  return 0;
}
