// Making, removing and renaming names.
#include "paths.h"

static void directories(void) {
  SHOW(mkdir("d", 0777));
  show_status(AT_FDCWD, "d", 0);
  SHOW(mkdir("d", 0777));
  SHOW(mkdir("d/", 0777));
  SHOW(mkdir("d2/", 0700));
  SHOW(mkdir(".", 0777));
  SHOW(mkdir("d/..", 0777));
  SHOW(mkdir("/", 0777));
  SHOW(mkdir("missing/x", 0777));
  SHOW(mkdir("file/x", 0777));
  SHOW(mkdir("file/", 0777));
  SHOW(mkdir("dangling", 0777));
  SHOW(mkdir("dangling/", 0777));
  SHOW(mkdir("", 0777));
  SHOW(mkdir("d/sticky", 01777));
  show_status(AT_FDCWD, "d/sticky", 0);
  SHOW(rmdir("d"));
  SHOW(rmdir("d/sticky/."));
  SHOW(rmdir("d/sticky/.."));
  SHOW(rmdir("/"));
  SHOW(rmdir("file"));
  SHOW(rmdir("missing"));
  SHOW(rmdir("to_d"));
  SHOW(rmdir("to_d/"));
  SHOW(rmdir("d/sticky/"));
  SHOW(rmdir("d2"));
  SHOW(unlink("d"));
  SHOW(unlink("d/"));
  SHOW(unlink("d/."));
  SHOW(unlink("file/"));
  SHOW(unlink("missing"));
  SHOW(unlink("missing/"));
  SHOW(unlink(""));
  SHOW(unlinkat(AT_FDCWD, "d", 0x4000));
  SHOW(unlinkat(99, "x", 0));
}

static void links(void) {
  char text[16] = "";
  SHOW(symlink("target", "s"));
  SHOW(readlink("s", text, sizeof text));
  printf("%s\n", text);
  SHOW(readlink("s", text, 3));
  SHOW(syscall(SYS_readlinkat, AT_FDCWD, "s", text, 0));
  SHOW(readlink("file", text, sizeof text));
  SHOW(readlink("d", text, sizeof text));
  SHOW(readlink("missing", text, sizeof text));
  SHOW(readlink("to_d/", text, sizeof text));
  SHOW(symlink("x", "s"));
  SHOW(symlink("", "empty"));
  SHOW(symlink("x", "missing/s"));
  SHOW(symlink("x", "new/"));
  SHOW(symlink("x", "d/"));
  show_status(AT_FDCWD, "s", AT_SYMLINK_NOFOLLOW);
  SHOW(link("file", "second"));
  show_status(AT_FDCWD, "file", 0);
  SHOW(link("file", "second"));
  SHOW(link("file", "d"));
  SHOW(link("d", "e"));
  SHOW(link("missing", "e"));
  SHOW(link("file", "missing/e"));
  SHOW(link("file/", "e"));
  SHOW(link("file", "e/"));
  SHOW(link("to_file", "to_file2"));
  show_status(AT_FDCWD, "to_file2", AT_SYMLINK_NOFOLLOW);
  SHOW(linkat(AT_FDCWD, "to_file", AT_FDCWD, "third", AT_SYMLINK_FOLLOW));
  show_status(AT_FDCWD, "third", AT_SYMLINK_NOFOLLOW);
  SHOW(linkat(AT_FDCWD, "file", AT_FDCWD, "x", 0x1));
  SHOW(linkat(AT_FDCWD, "", AT_FDCWD, "x", 0));
}

/// Where both names are wrong, or one is wrong in two ways.
static void both_wrong(void) {
  int file = open("file", O_RDONLY);
  NEED(file >= 0);
  SHOW(linkat(AT_FDCWD, "d", AT_FDCWD, "file", 0));
  SHOW(linkat(AT_FDCWD, "d", AT_FDCWD, "nothing/", 0));
  SHOW(linkat(AT_FDCWD, "d", AT_FDCWD, "nothing/x", 0));
  SHOW(linkat(AT_FDCWD, "/proc/self/status", AT_FDCWD, "file", 0));
  SHOW(linkat(AT_FDCWD, "/proc/self/status", AT_FDCWD, "nothing/", 0));
  SHOW(linkat(AT_FDCWD, "/proc/self/status", AT_FDCWD, "nothing", 0));
  SHOW(linkat(AT_FDCWD, "/proc/self/status", file, "nothing", 0));
  SHOW(linkat(AT_FDCWD, "missing", AT_FDCWD, "missing/x", 0));
  unsigned flags[] = {0, RENAME_NOREPLACE, RENAME_EXCHANGE};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i) {
    printf("flags %u\n", flags[i]);
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, ".", AT_FDCWD, "missing/x", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "d/..", AT_FDCWD, "file/x", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "/", AT_FDCWD, ".", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "missing", AT_FDCWD, ".", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "d/.", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "missing", AT_FDCWD, "/", flags[i]));
    SHOW((int)syscall(SYS_renameat2, file, "x", AT_FDCWD, "missing/x", flags[i]));
    SHOW((int)syscall(SYS_renameat2, file, "x", AT_FDCWD, ".", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "missing", file, "x", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "/proc/self/status", AT_FDCWD, "file", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "/proc/self/status", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "/proc", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "/proc", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "file/", AT_FDCWD, "/proc", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "missing", AT_FDCWD, "/proc", flags[i]));
    SHOW((int)syscall(SYS_renameat2, AT_FDCWD, "/proc/self/status", AT_FDCWD, "/proc/.", flags[i]));
  }
  close(file);
}

static void renames(void) {
  SHOW(rename("second", "file"));  // the same file: nothing happens
  show_status(AT_FDCWD, "second", 0);
  SHOW(rename("second", "renamed"));
  SHOW(rename("missing", "x"));
  SHOW(rename("file", "missing/x"));
  SHOW(rename("file", "d"));
  SHOW(rename("d", "file"));
  SHOW(rename("d", "d/x"));
  SHOW(rename("file/", "x"));
  SHOW(rename("file", "x/"));
  SHOW(rename("d/", "d9/"));
  SHOW(rename("d9", "d"));
  SHOW(rename(".", "x"));
  SHOW(rename("d/..", "x"));
  SHOW(rename("file", "."));
  SHOW(rename("/", "x"));
  NEED(mkdir("full", 0755) == 0);
  make_file("full/x", "x");
  SHOW(rename("d", "full"));
  SHOW(rename("full", "d"));
  show_file(AT_FDCWD, "d/x");
#ifdef SYS_renameat2
  make_file("a", "a");
  make_file("b", "b");
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 1));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 2));
  show_file(AT_FDCWD, "a");
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "missing", 2));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 3));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 8));
  SHOW(syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "c", 1));
  show_file(AT_FDCWD, "c");
#endif
}

static void nodes(void) {
  SHOW(mkfifo("fifo", 0666));
  show_status(AT_FDCWD, "fifo", 0);
  SHOW(mkfifo("fifo", 0666));
  SHOW(mknod("regular", S_IFREG | 0640, 0));
  SHOW(mknod("untyped", 0640, 0));
  show_status(AT_FDCWD, "untyped", 0);
  SHOW(mknod("directory", S_IFDIR | 0777, 0));
  SHOW(mknod("strange", S_IFLNK | 0777, 0));
  SHOW(mknod("slash/", S_IFREG | 0777, 0));
  SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
  int fd = open("fifo", O_RDONLY | O_NONBLOCK);
  printf("fifo opens: %d\n", fd >= 0);
  close(fd);
}

int main(void) {
  umask(022);
  make_file("file", "file");
  NEED(symlink("file", "to_file") == 0);
  NEED(symlink("d", "to_d") == 0);
  NEED(symlink("nowhere", "dangling") == 0);
  directories();
  links();
  both_wrong();
  renames();
  nodes();
  return 0;
}
