// openat: flags, what they create, and what they refuse.
#include "paths.h"

static void open_and_show(const char *path, int flags, int mode) {
  int fd = open(path, flags, mode);
  if (fd < 0) {
    printf("open(%s, %o): %s\n", path, (unsigned)flags, errno_name(errno));
    return;
  }
  int shown = fcntl(fd, F_GETFL) & ~O_LARGEFILE & ~0100000;
  printf("open(%s, %o): flags %o, cloexec %d\n", path, (unsigned)flags, (unsigned)shown, fcntl(fd, F_GETFD));
  close(fd);
}

static void errors(void) {
  char long_name[300], long_path[5000];
  memset(long_name, 'n', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = 0;
  memset(long_path, '/', sizeof long_path - 1);
  long_path[sizeof long_path - 1] = 0;
  SHOW(open("", O_RDONLY));
  SHOW(open("missing", O_RDONLY));
  SHOW(open("missing/x", O_RDONLY));
  SHOW(open("missing/x", O_RDWR | O_CREAT, 0600));
  SHOW(open("file/", O_RDONLY));
  SHOW(open("file/x", O_RDONLY));
  SHOW(open("file/.", O_RDONLY));
  SHOW(open("file/..", O_RDONLY));
  SHOW(open("loop", O_RDONLY));
  SHOW(open("loop/x", O_RDONLY));
  SHOW(open("loop", O_RDONLY | O_CREAT, 0600));
  SHOW(open("to_file", O_RDONLY | O_NOFOLLOW));
  SHOW(open("to_file/", O_RDONLY | O_NOFOLLOW));
  SHOW(open("to_dir", O_RDONLY | O_NOFOLLOW));
  SHOW(open("to_dir", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
  SHOW(open("dir", O_RDWR));
  SHOW(open("dir", O_WRONLY | O_CREAT, 0600));
  SHOW(open("dir", O_RDONLY | O_CREAT, 0600));
  SHOW(open("dir/.", O_RDONLY | O_CREAT, 0600));
  SHOW(open("dir/..", O_WRONLY | O_CREAT | O_EXCL, 0600));
  SHOW(open("new/", O_RDWR | O_CREAT, 0600));
  SHOW(open("file", O_RDWR | O_CREAT | O_EXCL, 0600));
  SHOW(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0600));
  SHOW(open("dangling", O_RDWR));
  SHOW(open("file", O_DIRECTORY));
  SHOW(open("to_file", O_DIRECTORY));
  SHOW(open("file", O_TMPFILE | O_RDWR, 0600));
  SHOW(open("dir", O_TMPFILE, 0600));
  SHOW(open("missing", O_TMPFILE | O_RDWR, 0600));
  SHOW(open(long_name, O_RDONLY));
  SHOW(open(long_name, O_RDWR | O_CREAT, 0600));
  SHOW(open(long_path, O_RDONLY));
  SHOW(openat(99, "file", O_RDONLY));
  SHOW(openat(-1, "file", O_RDONLY));
  int file = open("file", O_RDONLY);
  SHOW(openat(file, "x", O_RDONLY));
  SHOW(openat(file, "", O_RDONLY));
  close(file);
}

static void path_descriptors(void) {
  char text[8];
  int fd = open("file", O_PATH | O_RDWR);
  NEED(fd >= 0);
  SHOW(read(fd, text, sizeof text));
  SHOW(write(fd, "x", 1));
  SHOW(syscall(SYS_fchmod, fd, 0600));  // some libraries find another way
  SHOW(ftruncate(fd, 0));
  SHOW(fchdir(fd));
  show_status(fd, "", AT_EMPTY_PATH);
  close(fd);
  fd = open("to_file", O_PATH | O_NOFOLLOW);
  NEED(fd >= 0);
  show_status(fd, "", AT_EMPTY_PATH);
  SHOW(readlinkat(fd, "", text, sizeof text));
  close(fd);
  fd = open("dir", O_PATH);
  NEED(fd >= 0);
  show_file(fd, "inner");
  show_file(fd, "../file");
  SHOW_OK(fchdir(fd));
  show_file(AT_FDCWD, "inner");
  SHOW(chdir(".."));
  close(fd);
}

static void unnamed(void) {
  char text[8];
  int fd = open("dir", O_TMPFILE | O_RDWR, 0640);
  if (fd < 0) {
    printf("no unnamed files: %s\n", errno_name(errno));
    return;
  }
  SHOW(write(fd, "unnamed", 7));
  SHOW(pread(fd, text, 7, 0));
  show_status(fd, "", AT_EMPTY_PATH);
  SHOW(linkat(fd, "", AT_FDCWD, "dir/named", AT_EMPTY_PATH));
  show_file(AT_FDCWD, "dir/named");
  close(fd);
}

int main(void) {
  umask(022);
  make_file("file", "file");
  NEED(mkdir("dir", 0755) == 0);
  make_file("dir/inner", "inner");
  NEED(symlink("file", "to_file") == 0);
  NEED(symlink("dir", "to_dir") == 0);
  NEED(symlink("loop", "loop") == 0);
  NEED(symlink("made", "dangling") == 0);
  errors();
  open_and_show("file", O_RDONLY, 0);
  open_and_show("file", O_RDWR | O_APPEND | O_CLOEXEC, 0);
  open_and_show("file", O_RDWR | O_NONBLOCK | O_SYNC, 0);
  open_and_show("file", O_WRONLY | O_DSYNC | O_NOATIME, 0);
  open_and_show("dir", O_RDONLY | O_DIRECTORY, 0);
  open_and_show("to_dir/", O_RDONLY | O_NOFOLLOW, 0);
  open_and_show("file", O_PATH, 0);
  open_and_show("dangling", O_RDWR | O_CREAT, 0666);
  show_status(AT_FDCWD, "made", 0);
  open_and_show("new", O_RDWR | O_CREAT | O_EXCL | O_TRUNC, 06777);
  show_status(AT_FDCWD, "new", 0);
  make_file("long", "some text");
  open_and_show("long", O_RDONLY | O_TRUNC, 0);
  show_status(AT_FDCWD, "long", 0);
  show_file(AT_FDCWD, "./dir/../to_dir/inner");
  show_file(AT_FDCWD, "dir//inner");
  show_file(AT_FDCWD, "dir");
  path_descriptors();
  unnamed();
  return 0;
}
