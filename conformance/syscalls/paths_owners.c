// Files go by who the process is at the time: users, groups and capabilities that it takes on and gives up.
#include "paths.h"

#include "calls.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/stat.h>

enum { OTHER = 1234, THIRD = 2345, GROUP = 4321 };

static void make(const char *name, mode_t mode, uid_t user, gid_t group) {
  int fd = open(name, O_CREAT | O_WRONLY | O_EXCL, 0600);
  NEED(fd >= 0 && fchown(fd, user, group) == 0 && fchmod(fd, mode) == 0 && close(fd) == 0);
}

static void show_owner(const char *name) {
  struct stat status;
  NEED(lstat(name, &status) == 0);
  printf("%s: %o of %u, %u\n", name, status.st_mode & 07777, status.st_uid, status.st_gid);
}

static int start;

/// What one may do with the files that root has made.
static void try_all(const char *who) {
  printf("as %s\n", who);
  SHOW_OK(open("of_root", O_RDONLY));
  SHOW_OK(open("of_other", O_RDWR));
  SHOW_OK(open("of_group", O_RDWR));
  SHOW_OK(open("readable", O_RDWR));
  SHOW_OK(open("readable", O_RDONLY));
  SHOW_OK(open("closed/file", O_RDONLY));
  SHOW_OK(open("closed", O_RDONLY | O_DIRECTORY));
  SHOW(access("of_root", R_OK));
  SHOW(access("of_other", R_OK | W_OK));
  SHOW(faccessat(AT_FDCWD, "of_other", R_OK | W_OK, AT_EACCESS));
  SHOW(access("closed/file", F_OK));
  SHOW(chmod("readable", 0644));
  SHOW(chown("of_other", -1, GROUP));
  SHOW(truncate("readable", 0));
  SHOW(utimensat(AT_FDCWD, "readable", NULL, 0));
  SHOW(mkdir("closed/folder", 0777));
  SHOW(symlink("x", "closed/link"));
  SHOW(rename("sticky/file", "sticky/moved"));
  SHOW(unlink("sticky/file"));
  SHOW(link("of_root", "second"));
  SHOW(unlink("second"));
  SHOW(chdir("closed"));
  SHOW(fchdir(start));
}

static void new_files(const char *name) {
  int fd = open(name, O_CREAT | O_RDWR, 0666);
  NEED(fd >= 0);
  close(fd);
  show_owner(name);
}

static void make_all(void) {
  umask(0);
  NEED(chmod(".", 0777) == 0);
  make("of_root", 0600, 0, 0);
  make("of_other", 0600, OTHER, 0);
  make("of_group", 0660, 0, GROUP);
  make("readable", 0644, 0, 0);
  NEED(mkdir("closed", 0700) == 0 && mkdir("sticky", 01777) == 0);
  make("closed/file", 0666, 0, 0);
  make("sticky/file", 0666, 0, 0);
}

static void without_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct all[2], fewer[2];
  NEED(syscall(SYS_capget, &header, all) == 0);
  memcpy(fewer, all, sizeof all);
  fewer[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER | 1u << CAP_CHOWN);
  NEED(syscall(SYS_capset, &header, fewer) == 0);
  try_all("root without capabilities for files");
  NEED(syscall(SYS_capset, &header, all) == 0);
}

int main(void) {
  gid_t groups[] = {GROUP};
  int root_only;
  make_all();
  NEED((start = open(".", O_RDONLY | O_DIRECTORY)) >= 0);
  NEED((root_only = open("of_root", O_RDWR)) >= 0);
  SHOW(setgroups(0, NULL));
  without_capabilities();
  make("new_for_root", 0600, 0, 0);
  SHOW(seteuid(OTHER));
  try_all("other, who was root");
  new_files("new_of_other");
  SHOW(write(root_only, "still open", 10));
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  SHOW(fcntl(root_only, F_SETLK, &lock));
  SHOW(fcntl(root_only, F_OFD_SETLK, &lock));
  SHOW(seteuid(0));
  SHOW(setgroups(1, groups));
  SHOW(setegid(THIRD));
  SHOW(setfsuid(THIRD));
  try_all("third for files only, in the group");
  new_files("new_of_third");
  SHOW(setfsuid(0));
  SHOW(setegid(0));
  SHOW(setgroups(0, NULL));
  new_files("new_of_root");
  SHOW(setreuid(OTHER, 0));
  SHOW(access("of_root", R_OK));
  SHOW(access("of_other", R_OK));
  SHOW(setresgid(GROUP, GROUP, GROUP));
  SHOW(setresuid(THIRD, THIRD, THIRD));
  try_all("third for good");
  SHOW(seteuid(0));
  SHOW(chown("new_of_third", 0, 0));
  new_files("new_of_all");
  return 0;
}
