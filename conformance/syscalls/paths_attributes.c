// Attributes of files: the calls with directory and flags (extended attributes, permissions), bad pointers in all.
// needs: Linux 6.13
#include "paths.h"

#include "calls.h"

#include <sys/statfs.h>
#include <sys/xattr.h>

enum { EMPTY = AT_EMPTY_PATH, NOFOLLOW = AT_SYMLINK_NOFOLLOW };

typedef struct {
  _Alignas(8) uint64_t value;
  uint32_t size, flags;
} Value;

static Value value_at(void *address, uint32_t size, uint32_t flags) {
  return (Value){(uint64_t)(uintptr_t)address, size, flags};
}

static void set(int dir, int fd) {
  Value good = value_at("text", 4, 0), again = value_at("text", 4, XATTR_CREATE), absent = value_at("text", 4, XATTR_REPLACE),
        bad = value_at(nowhere, 4, 0), odd = value_at("text", 4, 77), huge = value_at("text", 65537, 0);
  CALL(setxattrat, dir, "file", 0, "user.a", &good, sizeof good);
  CALL(setxattrat, AT_FDCWD, "link", 0, "user.b", &good, sizeof good);
  CALL(setxattrat, AT_FDCWD, "link", NOFOLLOW, "user.b", &good, sizeof good);
  CALL(setxattrat, fd, "", EMPTY, "user.c", &good, sizeof good);
  CALL(setxattrat, fd, NULL, EMPTY, "user.c", &good, sizeof good);
  CALL(setxattrat, fd, "", 0, "user.c", &good, sizeof good);
  CALL(setxattrat, 999, "file", 0, "user.c", &good, sizeof good);
  CALL(setxattrat, fd, "file", 0, "user.c", &good, sizeof good);
  CALL(setxattrat, dir, "nothing", 0, "user.c", &good, sizeof good);
  CALL(setxattrat, dir, "file", 1, "user.c", &good, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.a", &again, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.x", &absent, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.x", &odd, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.x", &bad, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.x", &huge, sizeof good);
  CALL(setxattrat, dir, "file", 0, "user.x", &good, 15);
  CALL(setxattrat, dir, "file", 0, "user.x", &good, 100000);
  CALL(setxattrat, dir, "file", 0, "user.x", nowhere, sizeof good);
  CALL(setxattrat, dir, "file", 0, nowhere, &good, sizeof good);
  CALL(setxattrat, dir, "file", 0, "", &good, sizeof good);
  CALL(setxattrat, dir, "file", 0, "plain", &good, sizeof good);
  CALL(setxattrat, dir, nowhere, 0, "user.x", &good, sizeof good);
}

static void get(int dir, int fd) {
  char text[8] = "", *edge = page_end();
  Value good = value_at(text, sizeof text, 0), none = value_at(NULL, 0, 0), small = value_at(text, 3, 0),
        bad = value_at(nowhere, 8, 0), odd = value_at(text, 8, 1), beyond = value_at(edge - 2, 8, 0);
  CALL(getxattrat, dir, "file", 0, "user.a", &good, sizeof good);
  puts(text);
  CALL(getxattrat, dir, "link", 0, "user.b", &good, sizeof good);
  CALL(getxattrat, dir, "link", NOFOLLOW, "user.b", &good, sizeof good);
  CALL(getxattrat, fd, "", EMPTY, "user.c", &none, sizeof good);
  CALL(getxattrat, fd, "", EMPTY, "user.none", &good, sizeof good);
  CALL(getxattrat, dir, "file", 0, "user.a", &small, sizeof good);
  CALL(getxattrat, dir, "file", 0, "user.a", &bad, sizeof good);
  CALL(getxattrat, dir, "file", 0, "user.a", &beyond, sizeof good);
  CALL(getxattrat, dir, "file", 0, "user.a", &odd, sizeof good);
  CALL(getxattrat, dir, "file", 2, "user.a", &good, sizeof good);
  CALL(getxattrat, dir, "file", 0, "user.a", &good, 8);
  CALL(getxattrat, dir, "file", 0, "user.a", nowhere, sizeof good);
  CALL(getxattrat, dir, "file", 0, nowhere, &good, sizeof good);
  CALL(getxattrat, dir, nowhere, 0, "user.a", &good, sizeof good);
  CALL(getxattrat, 999, "file", 0, "user.a", &good, sizeof good);
}

static void list(int dir, int fd) {
  char names[64];
  CALL(listxattrat, dir, "file", 0, names, sizeof names);
  CALL(listxattrat, fd, "", EMPTY, NULL, 0);
  CALL(listxattrat, dir, "link", NOFOLLOW, names, sizeof names);
  CALL(listxattrat, dir, "file", 0, names, 3);
  CALL(listxattrat, dir, "file", 0, nowhere, sizeof names);
  CALL(listxattrat, dir, "file", 4, names, sizeof names);
  CALL(listxattrat, dir, "nothing", 0, names, sizeof names);
  CALL(listxattrat, dir, nowhere, 0, names, sizeof names);
  CALL(removexattrat, dir, "file", 0, "user.a");
  CALL(removexattrat, dir, "file", 0, "user.a");
  CALL(removexattrat, fd, "", EMPTY, "user.b");
  CALL(removexattrat, dir, "file", 8, "user.c");
  CALL(removexattrat, dir, "file", 0, nowhere);
  CALL(removexattrat, dir, nowhere, 0, "user.c");
  CALL(removexattrat, dir, "nothing", 0, "user.c");
}

static void older(int fd) {
  char text[8];
  SHOW(lsetxattr("file", "user.l", "1234", 4, 0));
  SHOW(lgetxattr("file", "user.l", text, sizeof text));
  SHOW(llistxattr("file", NULL, 0));
  CALL(llistxattr, "file", nowhere, 64);
  CALL(llistxattr, nowhere, text, sizeof text);
  CALL(llistxattr, "nothing", text, sizeof text);
  CALL(lgetxattr, "file", "user.l", nowhere, 8);
  CALL(lgetxattr, "file", nowhere, text, 8);
  CALL(lgetxattr, nowhere, "user.l", text, 8);
  CALL(lsetxattr, "file", "user.l", nowhere, 8, 0);
  CALL(lsetxattr, nowhere, "user.l", text, 8, 0);
  CALL(lremovexattr, "file", nowhere);
  CALL(lremovexattr, nowhere, "user.l");
  CALL(lremovexattr, "file", "user.l");
  CALL(lremovexattr, "file", "user.l");
  CALL(fsetxattr, fd, "user.f", nowhere, 8, 0);
  CALL(fsetxattr, fd, nowhere, text, 8, 0);
  CALL(fsetxattr, fd, "user.f", text, 8, 0);
  CALL(fgetxattr, fd, "user.f", nowhere, 8);
  CALL(fgetxattr, fd, nowhere, text, 8);
  CALL(flistxattr, fd, nowhere, 64);
  CALL(fremovexattr, fd, nowhere);
  CALL(fremovexattr, fd, "user.f");
}

static void permissions(int dir, int fd) {
  CALL(fchmodat2, dir, "file", 0640, 0);
  show_status(AT_FDCWD, "file", 0);
  CALL(fchmodat2, dir, "link", 0600, NOFOLLOW);
  CALL(fchmodat2, dir, "link", 0600, 0);
  CALL(fchmodat2, fd, "", 0644, EMPTY);
  show_status(AT_FDCWD, "file", 0);
  CALL(fchmodat2, fd, "", 0644, 0);
  CALL(fchmodat2, dir, "file", 0644, 1);
  CALL(fchmodat2, dir, "nothing", 0644, 0);
  CALL(fchmodat2, dir, nowhere, 0644, 0);
  CALL(fchmodat2, 999, "file", 0644, 0);
  CALL(fchmodat2, fd, "file", 0644, 0);
}

static void pointers(int fd) {
#ifdef __wasm__
  long path = SYS_statfs64, open_file = SYS_fstatfs64;
  SHOW(syscall(path, "file", sizeof(struct statfs), nowhere));
  SHOW(syscall(path, nowhere, sizeof(struct statfs), nowhere));
  SHOW(syscall(open_file, fd, sizeof(struct statfs), nowhere));
#else
  printf("syscall(path, \"file\", sizeof(struct statfs), nowhere): -1 %s\n",
         syscall(SYS_statfs, "file", nowhere) == -1 ? errno_name(errno) : "");
  printf("syscall(path, nowhere, sizeof(struct statfs), nowhere): -1 %s\n",
         syscall(SYS_statfs, nowhere, nowhere) == -1 ? errno_name(errno) : "");
  printf("syscall(open_file, fd, sizeof(struct statfs), nowhere): -1 %s\n",
         syscall(SYS_fstatfs, fd, nowhere) == -1 ? errno_name(errno) : "");
#endif
  CALL(utimensat, AT_FDCWD, "file", nowhere, 0);
  CALL(utimensat, AT_FDCWD, nowhere, NULL, 0);
  CALL(utimensat, AT_FDCWD, NULL, NULL, 0);
  CALL(utimensat, fd, NULL, NULL, 0);
  CALL(utimensat, 999, NULL, NULL, 0);
}

int main(void) {
  make_file("file", "contents");
  NEED(symlink("file", "link") == 0);
  int dir = open(".", O_RDONLY | O_DIRECTORY), fd = open("file", O_RDWR);
  NEED(dir >= 0 && fd >= 0);
  set(dir, fd);
  get(dir, fd);
  list(dir, fd);
  older(fd);
  permissions(dir, fd);
  pointers(fd);
  return 0;
}
