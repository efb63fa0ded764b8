// Every call on paths that lead nowhere: too long, in circles, through files, from no directory.
#include "path_calls.h"

static char long_name[300], long_path[5000];

static void fill(char *text, size_t size, char letter) {
  memset(text, letter, size - 1);
  text[size - 1] = '\0';
}

/// Calls with a directory that is none.
static void try_directory(const char *text, int dir) {
  OpenHow how = {.flags = O_RDONLY};
  struct statx status;
  char room[16];
  Handle handle = {.bytes = sizeof handle.data};
  int mount;
  printf("%s\n", text);
  CALL(openat, dir, "x", O_RDONLY);
  CALL(openat2, dir, "x", &how, sizeof how);
  CALL(mkdirat, dir, "x", 0777);
  CALL(mknodat, dir, "x", S_IFREG | 0644, 0);
  CALL(unlinkat, dir, "x", 0);
  CALL(unlinkat, dir, "x", AT_REMOVEDIR);
  CALL(symlinkat, "target", dir, "x");
  CALL(linkat, dir, "x", AT_FDCWD, "new", 0);
  CALL(linkat, AT_FDCWD, "file", dir, "x", 0);
  CALL(renameat2, dir, "x", AT_FDCWD, "new", 0);
  CALL(renameat2, AT_FDCWD, "file", dir, "x", 0);
  CALL(readlinkat, dir, "x", room, sizeof room);
  CALL(statx, dir, "x", 0, STATX_BASIC_STATS, &status);
  CALL(fchmodat, dir, "x", 0600);
  CALL(fchownat, dir, "x", -1, -1, 0);
  CALL(faccessat, dir, "x", F_OK);
  CALL(faccessat2, dir, "x", R_OK, 0);
  CALL(utimensat, dir, "x", NULL, 0);
  CALL(name_to_handle_at, dir, "x", &handle, &mount, 0);
}

static void accounting(void) {
  CALL(acct, nowhere);
  CALL(acct, "");
  CALL(acct, "missing");
  CALL(acct, "file/x");
  CALL(acct, "loop/x");
  CALL(acct, long_name);
  CALL(acct, long_path);
  CALL(acct, ".");
  CALL(acct, "/dev/null");
}

static void questions(void) {
  CALL(faccessat2, AT_FDCWD, "file", 8, 0);
  CALL(faccessat2, AT_FDCWD, "file", R_OK, 0x8000);
  CALL(faccessat2, AT_FDCWD, "to_nothing", R_OK, 0);
  CALL(faccessat2, AT_FDCWD, "to_nothing", R_OK, AT_SYMLINK_NOFOLLOW);
  CALL(faccessat2, AT_FDCWD, "loop", R_OK, 0);
  CALL(faccessat2, AT_FDCWD, "file", X_OK, 0);
  CALL(faccessat, AT_FDCWD, "file", X_OK);
}

/// The openat2 call with more than the kernel knows, and with what it cannot promise.
static void extended_open(void) {
  struct {
    OpenHow how;
    uint64_t unknown;
  } longer = {.how = {.flags = O_RDONLY}, .unknown = 1};
  CALL(openat2, AT_FDCWD, "file", &longer, sizeof longer);
  longer.unknown = 0;
  CALL_OK(openat2, AT_FDCWD, "file", &longer, sizeof longer);
  OpenHow how = {.flags = O_RDWR | O_CREAT, .mode = 0600, .resolve = 0x20};  // RESOLVE_CACHED
  CALL(openat2, AT_FDCWD, "file", &how, sizeof how);
}

int main(void) {
  umask(022);
  fill(long_name, sizeof long_name, 'n');
  fill(long_path, sizeof long_path, '/');
  make_file("file", "file");
  NEED(symlink("loop", "loop") == 0 && symlink("nothing", "to_nothing") == 0);
  try_path("in circles", "loop/x");
  try_path("a long name", long_name);
  try_path("a long path", long_path);
  try_path("through a file", "file/x");
  try_path("through nothing", "missing/x");
  try_path("empty", "");
  try_path("nowhere", nowhere);
  try_directory("a closed directory", 999);
  try_directory("a file as directory", open("file", O_RDONLY));
  accounting();
  questions();
  extended_open();
  return 0;
}
