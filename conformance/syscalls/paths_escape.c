// A walk of what might lead out of a root directory. As root the test makes itself one with chroot, so that the guest
// is compared with the kernel's own.
#include "paths.h"

#include <linux/openat2.h>

static int open_within(int dir, const char *path, uint64_t resolve) {
  struct open_how how = {.flags = O_RDONLY, .resolve = resolve};
  return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

static void show_within(int dir, const char *path, uint64_t resolve) {
  char text[32];
  int fd = open_within(dir, path, resolve);
  if (fd < 0) {
    printf("openat2(%s, %llx): %s\n", path, (unsigned long long)resolve, errno_name(errno));
    return;
  }
  ssize_t count = read(fd, text, sizeof text);
  printf("openat2(%s, %llx): %.*s\n", path, (unsigned long long)resolve, count > 0 ? (int)count : 0, text);
  close(fd);
}

static void make_tree(void) {
  umask(022);
  NEED(mkdir("outside", 0755) == 0 && mkdir("root", 0755) == 0 && mkdir("root/dir", 0755) == 0);
  NEED(mkdir("root/dir/deep", 0755) == 0 && mkdir("root/jail", 0755) == 0);
  make_file("outside/secret", "secret");
  make_file("root/file", "inside");
  make_file("root/dir/inner", "inner");
  NEED(symlink("../outside", "root/out") == 0 && symlink("../../../../../../..", "root/up") == 0);
  NEED(symlink("/outside/secret", "root/absolute_out") == 0 && symlink("/dir/inner", "root/absolute") == 0);
  NEED(symlink("/", "root/slash") == 0 && symlink("up/up/slash/dir", "root/chain") == 0);
  NEED(symlink("/../../outside", "root/dir/out") == 0);
}

static void storms(void) {
  static const char *const paths[] = {
      "/..", "/../..", "../outside/secret", "/../outside/secret", "dir/../../outside/secret", "out/secret",
      "/out/secret", "absolute_out", "absolute", "up/outside/secret", "up/file", "slash/file", "slash/../file",
      "chain/inner", "chain/../../../../file", "dir/out/secret", "dir/deep/../../../../../outside/secret",
      "slash/slash/slash/up/up/file", "file/../../outside/secret", "dir/./././../file", "//file", "/.//../file",
      "../../../../../../../../../../../../../../../../../../../../../../../../../../../../../../file"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i) show_file(AT_FDCWD, paths[i]);
  struct stat top, above;
  NEED(stat("/", &top) == 0 && stat("/../..", &above) == 0);
  printf("the root is its parent: %d\n", top.st_ino == above.st_ino && top.st_dev == above.st_dev);
}

static void changes(void) {
  SHOW_OK(open("../escaped", O_CREAT | O_RDWR, 0600));
  show_status(AT_FDCWD, "/escaped", 0);
  SHOW(mkdir("/../made", 0755));
  show_status(AT_FDCWD, "made", 0);
  SHOW(open("out/new", O_CREAT | O_RDWR, 0600));
  SHOW(rename("file", "out/file"));
  SHOW(rename("out/secret", "stolen"));
  SHOW(link("out/secret", "stolen"));
  SHOW(link("absolute_out", "linked"));
  SHOW(linkat(AT_FDCWD, "absolute_out", AT_FDCWD, "stolen", AT_SYMLINK_FOLLOW));
  SHOW(unlink("../outside/secret"));
  SHOW(chmod("out/secret", 0777));
  SHOW(truncate("absolute_out", 0));
  SHOW(rmdir("/../../outside"));
  SHOW(symlink("../../outside/secret", "../planted"));
  show_file(AT_FDCWD, "planted");
}

static void descriptors(void) {
  int dir = open("dir", O_RDONLY), path = open("dir", O_PATH), file = open("file", O_PATH);
  NEED(dir >= 0 && path >= 0 && file >= 0);
  show_file(dir, "../../outside/secret");
  show_file(path, "../../outside/secret");
  show_file(path, "../file");
  show_file(dir, "/outside/secret");
  show_file(file, "..");
  SHOW(linkat(file, "", AT_FDCWD, "../by_descriptor", AT_EMPTY_PATH));
  show_status(AT_FDCWD, "by_descriptor", 0);
  SHOW(renameat(dir, "inner", dir, "../../outside/inner"));
  show_within(dir, "../file", RESOLVE_BENEATH);
  show_within(dir, "/inner", RESOLVE_BENEATH);
  show_within(dir, "deep/../inner", RESOLVE_BENEATH);
  show_within(dir, "out", RESOLVE_BENEATH);
  show_within(dir, "../../../inner", RESOLVE_IN_ROOT);
  show_within(dir, "/inner", RESOLVE_IN_ROOT);
  show_within(dir, "out/secret", RESOLVE_IN_ROOT);
  show_within(AT_FDCWD, "absolute", RESOLVE_NO_SYMLINKS);
  show_within(AT_FDCWD, "absolute", RESOLVE_IN_ROOT);
  show_within(AT_FDCWD, "absolute", RESOLVE_BENEATH);
  show_within(AT_FDCWD, "out", RESOLVE_BENEATH | RESOLVE_IN_ROOT);
  show_within(AT_FDCWD, "file", 0x100);
  close(dir);
  close(path);
  close(file);
}

static void nested(void) {
  int old = open("/", O_RDONLY);
  SHOW(chroot("jail"));
  SHOW(chdir("/"));
  show_file(AT_FDCWD, "../file");
  show_file(AT_FDCWD, "/../../file");
  SHOW_OK(fchdir(old));
  show_file(AT_FDCWD, "file");
  show_file(AT_FDCWD, "../../file");
  SHOW(chroot("."));
  show_file(AT_FDCWD, "/file");
  SHOW(chroot("file"));
  SHOW(chroot("missing"));
  SHOW(chroot(""));
  close(old);
}

int main(void) {
  make_tree();
  SHOW(chdir("root"));
  if (chroot(".") != 0) {
    printf("chroot: %s\n", errno_name(errno));
    return 0;
  }
  storms();
  changes();
  descriptors();
  nested();
  return 0;
}
