// The current directory and the file creation mask.
#include "paths.h"

static char *base;

/// Prints the current directory from where the test began.
static void show_cwd(void) {
  char path[4096];
  if (!getcwd(path, sizeof path)) {
    printf("getcwd: %s\n", errno_name(errno));
    return;
  }
  size_t length = strcmp(base, "/") == 0 ? 0 : strlen(base);
  printf("cwd: %s\n", strncmp(path, base, length) == 0 ? path + length : path);
}

int main(void) {
  char small[2], path[4096];
  base = getcwd(NULL, 0);
  NEED(base);
  NEED(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0 && mkdir("a/b/c", 0755) == 0);
  NEED(symlink("a/b", "to_b") == 0);
  make_file("file", "file");
  SHOW(chdir("a/b/c"));
  show_cwd();
  SHOW(chdir("../.."));
  show_cwd();
  SHOW(chdir(base));
  SHOW(chdir("to_b/c"));
  show_cwd();
  SHOW(chdir(".."));
  show_cwd();
  show_file(AT_FDCWD, "../../file");
  SHOW(chdir("missing"));
  SHOW(chdir("../../file"));
  SHOW(chdir(""));
  SHOW(chdir("c/./../../b//c/"));
  show_cwd();
  SHOW(getcwd(small, sizeof small) ? 0 : -1);
  SHOW(syscall(SYS_getcwd, path, 1));
  SHOW(chdir(base));
  int fd = open("a/b", O_RDONLY);
  SHOW_OK(fchdir(fd));
  show_cwd();
  NEED(rename("../../a", "../../moved") == 0);
  show_cwd();
  SHOW(mkdir("c/deeper", 0755));
  SHOW(chdir("c/deeper"));
  SHOW(rmdir("../deeper"));
  show_cwd();
  SHOW(mkdir("x", 0755));
  SHOW(open("x", O_CREAT | O_RDWR, 0600));
  SHOW(open("x", O_RDONLY));
  SHOW(access(".", F_OK));
  SHOW(chdir(".."));
  show_cwd();
  int file = open("../../../file", O_RDONLY);
  NEED(file >= 0);
  SHOW(fchdir(file));
  SHOW(fchdir(99));
  SHOW(fchdir(-1));
  SHOW(umask(077));
  SHOW(umask(0777777));
  SHOW(umask(022));
  NEED(chdir(base) == 0);
  umask(027);
  SHOW(mkdir("masked", 0777));
  show_status(AT_FDCWD, "masked", 0);
  close(open("masked_file", O_CREAT | O_RDWR, 0666));
  show_status(AT_FDCWD, "masked_file", 0);
  SHOW(mkfifo("masked_fifo", 0666));
  show_status(AT_FDCWD, "masked_fifo", 0);
  return 0;
}
