// Paths: directories, links, renames, and that nothing outside the given directories is reached.
#include "check.h"

static int dir, read_only;

static void directories(void) {
  EQUAL(__wasi_path_create_directory(dir, "d"), 0);
  EQUAL(__wasi_path_create_directory(dir, "d"), __WASI_ERRNO_EXIST);
  EQUAL(__wasi_path_create_directory(dir, "d/e/"), 0);
  EQUAL(__wasi_path_create_directory(dir, "none/e"), __WASI_ERRNO_NOENT);
  EQUAL(__wasi_path_create_directory(dir, ""), __WASI_ERRNO_NOENT);
  EQUAL(__wasi_path_remove_directory(dir, "d"), __WASI_ERRNO_NOTEMPTY);
  EQUAL(__wasi_path_unlink_file(dir, "d/e"), __WASI_ERRNO_ISDIR);
  EQUAL(__wasi_path_remove_directory(dir, "d/e"), 0);
}

static void files(void) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  EQUAL(open_at(dir, "d/f", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_RIGHTS_FD_WRITE, &fd), 0);
  EQUAL(__wasi_fd_close(fd), 0);
  EQUAL(open_at(dir, "d/f", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, __WASI_RIGHTS_FD_WRITE, &fd),
        __WASI_ERRNO_EXIST);
  EQUAL(open_at(dir, "d/f/", 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_NOTDIR);
  EQUAL(open_at(dir, "d/f", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_NOTDIR);
  EQUAL(open_at(dir, "d", 0, __WASI_RIGHTS_FD_WRITE, &fd), __WASI_ERRNO_ISDIR);
  EQUAL(__wasi_path_rename(dir, "d/f", dir, "g"), 0);
  EQUAL(__wasi_path_rename(dir, "d/f", dir, "g"), __WASI_ERRNO_NOENT);
  EQUAL(__wasi_path_link(dir, 0, "g", dir, "h"), 0);
  EQUAL(__wasi_path_filestat_get(dir, 0, "h", &stat), 0);
  EQUAL(stat.nlink, 2);
  EQUAL(__wasi_path_unlink_file(dir, "h"), 0);
  EQUAL(__wasi_path_filestat_set_times(dir, 0, "g", 5, 6, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM), 0);
  EQUAL(__wasi_path_filestat_get(dir, 0, "g", &stat), 0);
  EQUAL(stat.mtim, 6);
}

static void symbolic_links(void) {
  __wasi_fd_t fd;
  __wasi_size_t count;
  __wasi_filestat_t stat;
  uint8_t text[16];
  EQUAL(__wasi_path_symlink("g", dir, "s"), 0);
  EQUAL(__wasi_path_symlink("g", dir, "s"), __WASI_ERRNO_EXIST);
  EQUAL(__wasi_path_readlink(dir, "s", text, sizeof text, &count), 0);
  CHECK(count == 1 && text[0] == 'g');
  EQUAL(__wasi_path_readlink(dir, "g", text, sizeof text, &count), __WASI_ERRNO_INVAL);
  EQUAL(__wasi_path_filestat_get(dir, 0, "s", &stat), 0);
  EQUAL(stat.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
  EQUAL(__wasi_path_filestat_get(dir, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "s", &stat), 0);
  EQUAL(stat.filetype, __WASI_FILETYPE_REGULAR_FILE);
  EQUAL(__wasi_path_open(dir, 0, "s", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd), __WASI_ERRNO_LOOP);
  EQUAL(__wasi_path_symlink("loop", dir, "loop"), 0);
  EQUAL(open_at(dir, "loop", 0, __WASI_RIGHTS_FD_READ, &fd), __WASI_ERRNO_LOOP);
}

static int is_refusal(__wasi_errno_t error) {
  return error == __WASI_ERRNO_PERM || error == __WASI_ERRNO_NOTCAPABLE;
}

static void escapes(void) {
  static const char* const paths[] = {"..",          "../x",         "d/../../x", "/",
                                      "/etc/passwd", "//etc/passwd", "./.././x",  "d/../d/../../etc/passwd"};
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    CHECK(is_refusal(open_at(dir, paths[i], 0, __WASI_RIGHTS_FD_READ, &fd)));
    CHECK(is_refusal(open_at(dir, paths[i], __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, &fd)));
    CHECK(is_refusal(__wasi_path_filestat_get(dir, 0, paths[i], &stat)));
    CHECK(is_refusal(__wasi_path_create_directory(dir, paths[i])));
    CHECK(is_refusal(__wasi_path_unlink_file(dir, paths[i])));
    CHECK(is_refusal(__wasi_path_remove_directory(dir, paths[i])));
    CHECK(is_refusal(__wasi_path_rename(dir, "g", dir, paths[i])));
    CHECK(is_refusal(__wasi_path_rename(dir, paths[i], dir, "x")));
    CHECK(is_refusal(__wasi_path_symlink("g", dir, paths[i])));
    CHECK(is_refusal(__wasi_path_link(dir, 0, "g", dir, paths[i])));
  }
  CHECK(is_refusal(__wasi_path_symlink("/etc/passwd", dir, "absolute")));
  EQUAL(__wasi_path_symlink("../../../../../etc", dir, "up"), 0);
  CHECK(is_refusal(open_at(dir, "up/passwd", 0, __WASI_RIGHTS_FD_READ, &fd)));
  CHECK(is_refusal(open_at(dir, "up", 0, __WASI_RIGHTS_FD_READ, &fd)));
}

static void read_only_directory(void) {
  __wasi_fd_t fd;
  EQUAL(open_at(read_only, "data", 0, __WASI_RIGHTS_FD_READ, &fd), 0);
  char text[16] = {0};
  __wasi_iovec_t in = {(uint8_t*)text, sizeof text};
  __wasi_size_t count;
  EQUAL(__wasi_fd_read(fd, &in, 1, &count), 0);
  CHECK(!strcmp(text, "read only\n"));
  EQUAL(open_at(read_only, "data", 0, __WASI_RIGHTS_FD_WRITE, &fd), __WASI_ERRNO_ROFS);
  EQUAL(open_at(read_only, "new", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, &fd), __WASI_ERRNO_ROFS);
  EQUAL(__wasi_path_unlink_file(read_only, "data"), __WASI_ERRNO_ROFS);
  EQUAL(__wasi_path_create_directory(read_only, "d"), __WASI_ERRNO_ROFS);
}

int main(void) {
  dir = preopen("/");
  read_only = preopen("/ro");
  CHECK(dir >= 3 && read_only > dir);
  directories();
  files();
  symbolic_links();
  escapes();
  read_only_directory();
  return finish();
}
