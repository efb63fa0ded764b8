// What permissions keep a process without privileges from: files of others, below directories of others.
#include "path_calls.h"

static int locked, secret;

static void make_files(void) {
  NEED(chmod(".", 0777) == 0);
  NEED(mkdir("locked", 0700) == 0 && mkdir("locked/dir", 0777) == 0 && mkdir("shut", 0755) == 0);
  NEED(mkdir("sticky", 0777) == 0 && chmod("sticky", 01777) == 0 && mkdir("sticky/dir", 0755) == 0);
  make_file("file", "file");
  make_file("secret", "secret");
  make_file("locked/file", "file");
  make_file("shut/file", "file");
  make_file("sticky/file", "file");
  NEED(chmod("secret", 0600) == 0);
  locked = open("locked", O_RDONLY | O_DIRECTORY);
  secret = open("secret", O_RDWR);
  NEED(locked >= 0 && secret >= 0);
}

static void files_of_others(void) {
  struct timespec times[2] = {{1, 0}, {2, 0}};
  char text[16] = "text";
  CALL(openat, AT_FDCWD, "secret", O_RDONLY);
  CALL(openat, AT_FDCWD, "file", O_WRONLY);
  CALL(openat, AT_FDCWD, "file", O_RDONLY | O_TRUNC);
  CALL(openat, AT_FDCWD, "file", O_RDONLY | O_NOATIME);
  CALL_OK(openat, AT_FDCWD, "file", O_RDONLY);
  CALL(faccessat, AT_FDCWD, "secret", R_OK);
  CALL(faccessat2, AT_FDCWD, "secret", R_OK, AT_EACCESS);
  CALL(faccessat, AT_FDCWD, "file", R_OK);
  SHOW(truncate("file", 0));
  CALL(fchmodat, AT_FDCWD, "file", 0777);
  CALL(fchownat, AT_FDCWD, "file", 1234, -1, 0);
  CALL(fchownat, AT_FDCWD, "file", -1, -1, 0);
  SHOW(utimensat(AT_FDCWD, "file", NULL, 0));
  SHOW(utimensat(AT_FDCWD, "file", times, 0));
  CALL(setxattr, "file", "user.name", text, 4, 0);
  CALL(setxattr, "file", "trusted.name", text, 4, 0);
  CALL(setxattr, "file", "security.name", text, 4, 0);
  CALL(getxattr, "secret", "user.name", text, sizeof text);
  CALL(getxattr, "file", "trusted.name", text, sizeof text);
  CALL(removexattr, "file", "user.name");
  int watches = inotify_init1(0);
  SHOW(inotify_add_watch(watches, "secret", IN_MODIFY));
  SHOW(inotify_add_watch(watches, "file", IN_MODIFY));
  close(watches);
}

static void open_files_of_others(void) {
  char text[16] = "text";
  CALL(fchdir, locked);
  CALL(fchmod, secret, 0777);
  CALL(fchown, secret, 1234, -1);
  CALL(fsetxattr, secret, "user.name", text, 4, 0);
  CALL(fsetxattr, secret, "trusted.name", text, 4, 0);
  CALL(fgetxattr, secret, "user.name", text, sizeof text);
  CALL(fremovexattr, secret, "user.name");
  CALL(read, secret, text, sizeof text);
  CALL(write, secret, "more", 4);
  CALL(openat, locked, "file", O_RDONLY);
  SHOW(futimens(secret, (struct timespec[2]){{1, 0}, {2, 0}}));
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", secret);
  CALL(openat, AT_FDCWD, name, O_RDWR);
}

static void directories_of_others(void) {
  CALL(mkdirat, AT_FDCWD, "shut/new", 0777);
  CALL(mknodat, AT_FDCWD, "shut/new", S_IFREG | 0644, 0);
  CALL(mknodat, AT_FDCWD, "shut/new", S_IFCHR | 0644, 0x103);
  CALL(openat, AT_FDCWD, "shut/new", O_WRONLY | O_CREAT, 0644);
  CALL(openat, AT_FDCWD, "shut", O_WRONLY | O_TMPFILE, 0644);
  CALL(symlinkat, "target", AT_FDCWD, "shut/new");
  CALL(linkat, AT_FDCWD, "mine", AT_FDCWD, "shut/new", 0);
  CALL(renameat2, AT_FDCWD, "mine", AT_FDCWD, "shut/new", 0);
  CALL(renameat2, AT_FDCWD, "shut/file", AT_FDCWD, "new", 0);
  CALL(unlinkat, AT_FDCWD, "shut/file", 0);
  CALL(unlinkat, AT_FDCWD, "locked/dir", AT_REMOVEDIR);
  SHOW(chdir("locked"));
  SHOW(chroot("locked"));
  SHOW(chroot("locked/dir"));
  SHOW(chroot("."));
}

/// Where everybody may make files, but only their owners may remove them.
static void sticky_directories(void) {
  CALL(unlinkat, AT_FDCWD, "sticky/file", 0);
  CALL(unlinkat, AT_FDCWD, "sticky/dir", AT_REMOVEDIR);
  CALL(renameat2, AT_FDCWD, "sticky/file", AT_FDCWD, "sticky/new", 0);
  CALL(renameat2, AT_FDCWD, "mine", AT_FDCWD, "sticky/file", 0);
  CALL(mkdirat, AT_FDCWD, "sticky/mine", 0777);
  CALL(unlinkat, AT_FDCWD, "sticky/mine", AT_REMOVEDIR);
}

static void own_files(void) {
  struct stat status;
  make_file("mine", "mine");
  NEED(stat("mine", &status) == 0);
  printf("owner %d %d\n", (int)status.st_uid, (int)status.st_gid);
  SHOW(chmod("mine", 0640));
  SHOW(chmod("mine", 04755));
  SHOW(chown("mine", 0, -1));
  SHOW(chown("mine", -1, 4321));
  SHOW(chown("mine", 1234, -1));
  SHOW(chmod("mine", 0));
  CALL(openat, AT_FDCWD, "mine", O_RDONLY);
  SHOW(access("mine", F_OK));
  SHOW(access("mine", W_OK));
  SHOW(chmod("mine", 0600));
}

int main(void) {
  umask(0);
  make_files();
  drop_privileges();
  try_path("below a directory that may not be searched", "locked/file");
  own_files();
  files_of_others();
  open_files_of_others();
  directories_of_others();
  sticky_directories();
  return 0;
}
