// Status, permissions, owners, times and sizes.
#include "paths.h"

#include <sys/time.h>
#include <sys/vfs.h>

static void permissions(void) {
  SHOW(chmod("file", 0640));
  show_status(AT_FDCWD, "file", 0);
  SHOW(chmod("to_file", 0604));
  show_status(AT_FDCWD, "file", 0);
  SHOW(chmod("file", 07777));
  show_status(AT_FDCWD, "file", 0);
  SHOW(chmod("dir", 0700));
  show_status(AT_FDCWD, "dir", 0);
  SHOW(chmod("missing", 0600));
  SHOW(chmod("dangling", 0600));
  SHOW(chmod("loop", 0600));
  SHOW(chmod("file/", 0600));
  int fd = open("file", O_RDONLY);
  SHOW(fchmod(fd, 0644));
  show_status(fd, "", AT_EMPTY_PATH);
  close(fd);
  SHOW(fchmod(99, 0600));
  SHOW(fchmodat(AT_FDCWD, "file", 0600, 0x4));
}

static void owners(void) {
  struct stat status;
  NEED(stat("file", &status) == 0);
  SHOW(chown("file", status.st_uid, status.st_gid));
  SHOW(chown("file", -1, -1));
  SHOW(lchown("dangling", status.st_uid, -1));
  SHOW(chown("dangling", status.st_uid, -1));
  SHOW(chown("missing", -1, -1));
  SHOW(fchownat(AT_FDCWD, "", -1, -1, 0));
  SHOW(fchownat(AT_FDCWD, "", -1, -1, AT_EMPTY_PATH));
  SHOW(fchownat(AT_FDCWD, "file", -1, -1, 1));
  int fd = open("file", O_RDONLY);
  SHOW(fchown(fd, -1, status.st_gid));
  SHOW(fchownat(fd, "", -1, -1, AT_EMPTY_PATH));
  close(fd);
  SHOW(fchown(99, 0, 0));
  int changes = chown("file", 12, 34);
  show_result("chown", changes, errno);
  if (changes == 0) {
    NEED(stat("file", &status) == 0);
    printf("owner %d %d\n", (int)status.st_uid, (int)status.st_gid);
    SHOW(chown("file", 0, 0));
  }
}

static void show_times(const char *path, int flags) {
  struct stat status;
  NEED(fstatat(AT_FDCWD, path, &status, flags) == 0);
  printf("%s: %lld.%09ld %lld.%09ld\n", path, (long long)status.st_atim.tv_sec, (long)status.st_atim.tv_nsec,
         (long long)status.st_mtim.tv_sec, (long)status.st_mtim.tv_nsec);
}

static void times(void) {
  struct timespec both[2] = {{1000, 1}, {2000, 999999999}};
  SHOW(utimensat(AT_FDCWD, "file", both, 0));
  show_times("file", 0);
  both[0].tv_nsec = UTIME_OMIT;
  both[1].tv_sec = 3000;
  SHOW(utimensat(AT_FDCWD, "to_file", both, 0));
  show_times("file", 0);
  both[0] = (struct timespec){5000, 0};
  SHOW(utimensat(AT_FDCWD, "to_file", both, AT_SYMLINK_NOFOLLOW));
  show_times("to_file", AT_SYMLINK_NOFOLLOW);
  show_times("file", 0);
  int fd = open("file", O_RDONLY);
  both[1] = (struct timespec){-7, 5};
  SHOW(futimens(fd, both));
  show_times("file", 0);
  both[0].tv_nsec = 1000000000;
  SHOW(futimens(fd, both));
  both[0].tv_nsec = -1;
  SHOW(futimens(fd, both));
  SHOW(futimens(fd, NULL));
  struct stat status;
  NEED(fstat(fd, &status) == 0);
  printf("now: %d\n", status.st_mtim.tv_sec > 1600000000);
  close(fd);
  SHOW(futimens(99, NULL));
  SHOW(utimensat(AT_FDCWD, "missing", NULL, 0));
  SHOW(utimensat(AT_FDCWD, "file", NULL, 1));
  SHOW(utimensat(AT_FDCWD, "", NULL, 0));
}

static void statuses(void) {
  struct stat status, again;
  show_status(AT_FDCWD, "to_file", 0);
  show_status(AT_FDCWD, "to_file", AT_SYMLINK_NOFOLLOW);
  show_status(AT_FDCWD, "to_dir/", AT_SYMLINK_NOFOLLOW);
  show_status(AT_FDCWD, "dangling", 0);
  show_status(AT_FDCWD, "missing/x", 0);
  show_status(AT_FDCWD, "file/", 0);
  show_status(AT_FDCWD, "", 0);
  show_status(AT_FDCWD, "", AT_EMPTY_PATH);
  show_status(99, "", AT_EMPTY_PATH);
  show_status(AT_FDCWD, "dir/../file", 0);
  NEED(stat("file", &status) == 0 && stat("to_dir/../file", &again) == 0);
  printf("same file: %d\n", status.st_ino == again.st_ino && status.st_dev == again.st_dev);
  struct statx extended;
  SHOW(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &extended));
  printf("size %lld, mode %o\n", (long long)extended.stx_size, extended.stx_mode);
  SHOW(statx(AT_FDCWD, "file", 0x10000, STATX_BASIC_STATS, &extended));
  SHOW(statx(AT_FDCWD, "file", 0, 0x80000000u, &extended));
  struct statfs file_system, same;
  SHOW(statfs("file", &file_system));
  int fd = open("dir", O_RDONLY);
  SHOW(fstatfs(fd, &same));
  close(fd);
  printf("same: %d\n", file_system.f_type == same.f_type && file_system.f_bsize == same.f_bsize);
  SHOW(statfs("missing", &file_system));
  SHOW(fstatfs(99, &file_system));
}

static void accesses(void) {
  SHOW(access("file", F_OK));
  SHOW(access("file", R_OK | W_OK));
  NEED(chmod("file", 0600) == 0);
  SHOW(access("file", X_OK));
  SHOW(access("dir", X_OK));
  SHOW(access("missing", F_OK));
  SHOW(access("dangling", F_OK));
  SHOW(access("file/", F_OK));
  SHOW(access("file", 8));
  SHOW(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
  SHOW(faccessat(AT_FDCWD, "file", R_OK, AT_EACCESS));
  SHOW(faccessat(99, "file", R_OK, 0));
}

static void sizes(void) {
  make_file("file", "0123456789");
  SHOW(truncate("file", 5));
  show_file(AT_FDCWD, "file");
  SHOW(truncate("to_file", 7));
  show_status(AT_FDCWD, "file", 0);
  SHOW(truncate("file", 5000000000LL));
  show_status(AT_FDCWD, "file", 0);
  SHOW(truncate("file", -1));
  SHOW(truncate("dir", 0));
  SHOW(truncate("fifo", 0));
  SHOW(truncate("missing", 0));
  SHOW(truncate("", 0));
  SHOW(truncate("file/", 0));
  SHOW(truncate("file", 0));
}

int main(void) {
  umask(022);
  make_file("file", "file");
  NEED(mkdir("dir", 0755) == 0 && mkfifo("fifo", 0644) == 0);
  NEED(symlink("file", "to_file") == 0 && symlink("dir", "to_dir") == 0);
  NEED(symlink("nowhere", "dangling") == 0 && symlink("loop", "loop") == 0);
  statuses();
  permissions();
  owners();
  times();
  accesses();
  sizes();
  return 0;
}
