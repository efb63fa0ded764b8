// Extended attributes of users.
#include "paths.h"

#include <sys/xattr.h>

static void show_list(const char *path) {
  char names[256];
  ssize_t size = listxattr(path, names, sizeof names);
  if (size < 0) {
    printf("listxattr(%s): %s\n", path, errno_name(errno));
    return;
  }
  printf("listxattr(%s): %zd", path, size);
  for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) printf(" %s", names + at);
  printf("\n");
}

/// Values too long, rooms too small, names of no kind.
static void limits(int fd) {
  static char value[70000];
  SHOW(setxattr("file", "user.long", value, sizeof value, 0));
  SHOW(lsetxattr("file", "user.long", value, sizeof value, 0));
  SHOW(fsetxattr(fd, "user.long", value, sizeof value, 0));
  SHOW(fsetxattr(fd, "user.long", value, 60000, 0));  // what fits depends on the file system
  SHOW(fremovexattr(fd, "user.long"));
  SHOW(lsetxattr("file", "user.one", "x", 1, XATTR_CREATE));
  SHOW(fsetxattr(fd, "user.one", "x", 1, XATTR_CREATE));
  SHOW(lsetxattr("file", "user.none", "x", 1, XATTR_REPLACE));
  SHOW(fsetxattr(fd, "user.none", "x", 1, XATTR_REPLACE));
  SHOW(lsetxattr("file", "", "x", 1, 0));
  SHOW(fsetxattr(fd, "", "x", 1, 0));
  SHOW(fsetxattr(fd, "other.x", "x", 1, 0));
  SHOW(lsetxattr("file", "other.x", "x", 1, 0));
  SHOW(lgetxattr("file", "user.one", value, 2));
  SHOW(fgetxattr(fd, "user.one", value, 2));
  SHOW(lgetxattr("file", "user.none", value, 2));
  SHOW(fgetxattr(fd, "user.none", value, 2));
  SHOW(getxattr("file", "other.x", value, 2));
  SHOW(lgetxattr("file", "other.x", value, 2));
  SHOW(fgetxattr(fd, "other.x", value, 2));
  SHOW(llistxattr("file", value, 2));
  SHOW(flistxattr(fd, value, 2));
  SHOW(removexattr("file", "user.none"));
  SHOW(removexattr("file", "other.x"));
  SHOW(lremovexattr("file", "other.x"));
  SHOW(fremovexattr(fd, "other.x"));
  SHOW(setxattr("pipe", "user.x", "x", 1, 0));
  SHOW(lsetxattr("dangling", "user.x", "x", 1, 0));
}

int main(void) {
  char value[64];
  char long_name[300] = "user.";
  memset(long_name + 5, 'n', sizeof long_name - 6);
  make_file("file", "file");
  NEED(mkdir("dir", 0755) == 0 && symlink("file", "to_file") == 0 && symlink("nowhere", "dangling") == 0);
  NEED(mkfifo("pipe", 0600) == 0);
  if (setxattr("file", "user.probe", "", 0, 0) != 0 && errno == EOPNOTSUPP) {
    printf("no attributes here\n");
    return 0;
  }
  SHOW(removexattr("file", "user.probe"));
  SHOW(setxattr("file", "user.one", "first", 5, 0));
  SHOW(setxattr("file", "user.one", "again", 5, XATTR_CREATE));
  SHOW(setxattr("file", "user.two", "x", 1, XATTR_REPLACE));
  SHOW(setxattr("to_file", "user.two", "second", 6, XATTR_CREATE));
  SHOW(setxattr("file", "user.two", "second", 6, 4));
  SHOW(setxattr("file", "user.three", NULL, 0, 0));
  SHOW(setxattr("dir", "user.dir", "d", 1, 0));
  SHOW(setxattr("missing", "user.x", "x", 1, 0));
  SHOW(setxattr("file", "", "x", 1, 0));
  SHOW(setxattr("file", long_name, "x", 1, 0));
  SHOW(setxattr("file", "nonsense", "x", 1, 0));
  SHOW(setxattr("file", "other.x", "x", 1, 0));
  SHOW(setxattr("file", "user.", "x", 1, 0));
  SHOW(lsetxattr("to_file", "user.x", "x", 1, 0));
  SHOW(getxattr("file", "user.one", value, sizeof value));
  printf("%.5s\n", value);
  SHOW(getxattr("file", "user.one", NULL, 0));
  SHOW(getxattr("file", "user.one", value, 3));
  SHOW(getxattr("file", "user.three", value, sizeof value));
  SHOW(getxattr("file", "user.none", value, sizeof value));
  SHOW(getxattr("missing", "user.one", value, sizeof value));
  SHOW(getxattr("dangling", "user.one", value, sizeof value));
  SHOW(lgetxattr("dangling", "user.one", value, sizeof value));
  show_list("file");
  show_list("dir");
  show_list("missing");
  SHOW(listxattr("file", NULL, 0));
  SHOW(listxattr("file", value, 3));
  SHOW(llistxattr("to_file", value, sizeof value));
  int fd = open("file", O_RDONLY), path = open("file", O_PATH);
  limits(fd);
  SHOW(fgetxattr(fd, "user.two", value, sizeof value));
  SHOW(fsetxattr(fd, "user.four", "4", 1, 0));
  SHOW(flistxattr(fd, NULL, 0));
  SHOW(fremovexattr(fd, "user.four"));
  SHOW(fremovexattr(fd, "user.four"));
  SHOW(fgetxattr(path, "user.two", value, sizeof value));
  SHOW(fsetxattr(path, "user.two", "x", 1, 0));
  SHOW(fgetxattr(99, "user.two", value, sizeof value));
  SHOW(flistxattr(99, NULL, 0));
  SHOW(removexattr("to_file", "user.one"));
  SHOW(lremovexattr("to_file", "user.two"));
  SHOW(removexattr("missing", "user.two"));
  show_list("file");
  return 0;
}
