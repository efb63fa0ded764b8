// Every call that takes a path, for tests of paths that lead nowhere: none of the calls may succeed in a way that
// matters to the others.
#ifndef PATH_CALLS_H
#define PATH_CALLS_H

#include "calls.h"
#include "paths.h"

#include <sys/inotify.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

/// What openat2 takes, for headers that lack it.
typedef struct {
  uint64_t flags, mode, resolve;
} OpenHow;

typedef struct {
  unsigned bytes;
  int type;
  unsigned char data[128];
} Handle;

static inline void try_names(const char *path) {
  SHOW(chdir(path));
  SHOW(chroot(path));
  CALL(mkdirat, AT_FDCWD, path, 0777);
  CALL(mknodat, AT_FDCWD, path, S_IFREG | 0644, 0);
  CALL(unlinkat, AT_FDCWD, path, 0);
  CALL(unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
  CALL(symlinkat, "target", AT_FDCWD, path);
  CALL(linkat, AT_FDCWD, path, AT_FDCWD, "new", 0);
  CALL(linkat, AT_FDCWD, "file", AT_FDCWD, path, 0);
  CALL(renameat2, AT_FDCWD, path, AT_FDCWD, "new", 0);
  CALL(renameat2, AT_FDCWD, "file", AT_FDCWD, path, 0);
}

static inline void try_files(const char *path) {
  OpenHow how = {.flags = O_RDONLY};
  struct statfs file_system;
  CALL(openat, AT_FDCWD, path, O_RDONLY);
  CALL(openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0644);
  CALL(openat2, AT_FDCWD, path, &how, sizeof how);
  SHOW(truncate(path, 0));
  SHOW(statfs(path, &file_system));
  int watches = inotify_init1(0);
  SHOW(inotify_add_watch(watches, path, IN_MODIFY));
  close(watches);
  Handle handle = {.bytes = sizeof handle.data};
  int mount;
  CALL(name_to_handle_at, AT_FDCWD, path, &handle, &mount, 0);
}

static inline void try_metadata(const char *path) {
  struct statx status;
  char text[16];
  CALL(statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, &status);
  CALL(readlinkat, AT_FDCWD, path, text, sizeof text);
  CALL(fchmodat, AT_FDCWD, path, 0600);
  CALL(fchownat, AT_FDCWD, path, -1, -1, 0);
  CALL(faccessat, AT_FDCWD, path, R_OK);
  CALL(faccessat2, AT_FDCWD, path, R_OK, AT_EACCESS);
  CALL(utimensat, AT_FDCWD, path, NULL, 0);
}

static inline void try_attributes(const char *path) {
  char text[16] = "text";
  CALL(setxattr, path, "user.name", text, 4, 0);
  CALL(lsetxattr, path, "user.name", text, 4, 0);
  CALL(getxattr, path, "user.name", text, sizeof text);
  CALL(lgetxattr, path, "user.name", text, sizeof text);
  CALL(listxattr, path, text, sizeof text);
  CALL(llistxattr, path, text, sizeof text);
  CALL(removexattr, path, "user.name");
  CALL(lremovexattr, path, "user.name");
}

static inline void try_path(const char *text, const char *path) {
  printf("%s\n", text);
  try_names(path);
  try_files(path);
  try_metadata(path);
  try_attributes(path);
}

#endif
