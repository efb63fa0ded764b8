// Descriptors: reading, writing, seeking, sizes, flags, rights, renumbering.
#include "check.h"

#define ALL_OF_A_FILE                                                                               \
  (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | \
   __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_ALLOCATE | \
   __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_ADVISE |                    \
   __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES)

static void transfers(int dir) {
  __wasi_fd_t fd;
  __wasi_size_t count;
  __wasi_filesize_t at;
  EQUAL(open_at(dir, "file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, ALL_OF_A_FILE, &fd), 0);
  __wasi_ciovec_t out[3] = {{(uint8_t*)"one ", 4}, {(uint8_t*)"", 0}, {(uint8_t*)"two", 3}};
  EQUAL(__wasi_fd_write(fd, out, 3, &count), 0);
  EQUAL(count, 7);
  EQUAL(__wasi_fd_seek(fd, -3, __WASI_WHENCE_END, &at), 0);
  EQUAL(at, 4);
  char text[16] = {0};
  __wasi_iovec_t in[2] = {{(uint8_t*)text, 2}, {(uint8_t*)text + 8, 8}};
  EQUAL(__wasi_fd_read(fd, in, 2, &count), 0);
  EQUAL(count, 3);
  CHECK(!memcmp(text, "tw", 2) && text[8] == 'o');
  EQUAL(__wasi_fd_read(fd, in, 2, &count), 0);
  EQUAL(count, 0);
  EQUAL(__wasi_fd_pread(fd, in, 1, 1, &count), 0);
  CHECK(count == 2 && !memcmp(text, "ne", 2));
  EQUAL(__wasi_fd_pwrite(fd, out, 1, 10, &count), 0);
  EQUAL(__wasi_fd_tell(fd, &at), 0);
  EQUAL(at, 7);
  EQUAL(__wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at), __WASI_ERRNO_INVAL);
  EQUAL(__wasi_fd_seek(fd, 0, 3, &at), __WASI_ERRNO_INVAL);
  __wasi_filestat_t stat;
  EQUAL(__wasi_fd_filestat_get(fd, &stat), 0);
  EQUAL(stat.size, 14);
  EQUAL(stat.filetype, __WASI_FILETYPE_REGULAR_FILE);
  EQUAL(stat.nlink, 1);
  EQUAL(__wasi_fd_filestat_set_size(fd, 5), 0);
  EQUAL(__wasi_fd_allocate(fd, 0, 4096), 0);
  EQUAL(__wasi_fd_filestat_get(fd, &stat), 0);
  EQUAL(stat.size, 4096);
  EQUAL(__wasi_fd_advise(fd, 0, 100, __WASI_ADVICE_RANDOM), 0);
  EQUAL(__wasi_fd_sync(fd), 0);
  EQUAL(__wasi_fd_datasync(fd), 0);
  EQUAL(__wasi_fd_close(fd), 0);
  EQUAL(__wasi_fd_close(fd), __WASI_ERRNO_BADF);
  EQUAL(__wasi_fd_sync(fd), __WASI_ERRNO_BADF);
}

static void flags_and_rights(int dir) {
  __wasi_fd_t fd;
  __wasi_fdstat_t stat;
  __wasi_size_t count;
  EQUAL(__wasi_path_open((__wasi_fd_t)dir, 0, "log", __WASI_OFLAGS_CREAT, ALL_OF_A_FILE, 0,
                         __WASI_FDFLAGS_APPEND, &fd),
        0);
  EQUAL(__wasi_fd_fdstat_get(fd, &stat), 0);
  EQUAL(stat.fs_flags, __WASI_FDFLAGS_APPEND);
  EQUAL(stat.fs_filetype, __WASI_FILETYPE_REGULAR_FILE);
  EQUAL(stat.fs_rights_base, ALL_OF_A_FILE);
  EQUAL(__wasi_fd_fdstat_set_flags(fd, 0), 0);
  EQUAL(__wasi_fd_fdstat_get(fd, &stat), 0);
  EQUAL(stat.fs_flags, 0);
  EQUAL(__wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_READ, 0), 0);
  EQUAL(__wasi_fd_fdstat_set_rights(fd, ALL_OF_A_FILE, 0), __WASI_ERRNO_NOTCAPABLE);
  __wasi_ciovec_t out = {(uint8_t*)"x", 1};
  EQUAL(__wasi_fd_write(fd, &out, 1, &count), __WASI_ERRNO_NOTCAPABLE);
  EQUAL(__wasi_fd_sync(fd), __WASI_ERRNO_NOTCAPABLE);
  EQUAL(__wasi_fd_close(fd), 0);
}

static void renumbering(int dir) {
  __wasi_fd_t a, b;
  __wasi_size_t count;
  EQUAL(open_at(dir, "a", __WASI_OFLAGS_CREAT, ALL_OF_A_FILE, &a), 0);
  EQUAL(open_at(dir, "b", __WASI_OFLAGS_CREAT, ALL_OF_A_FILE, &b), 0);
  __wasi_ciovec_t out = {(uint8_t*)"A", 1};
  EQUAL(__wasi_fd_write(a, &out, 1, &count), 0);
  EQUAL(__wasi_fd_renumber(a, b), 0);
  __wasi_filestat_t stat;
  EQUAL(__wasi_fd_filestat_get(a, &stat), __WASI_ERRNO_BADF);
  EQUAL(__wasi_fd_filestat_get(b, &stat), 0);
  EQUAL(stat.size, 1);
  EQUAL(__wasi_fd_renumber(a, b), __WASI_ERRNO_BADF);
  EQUAL(__wasi_fd_close(b), 0);
}

static void times(int dir) {
  __wasi_fd_t fd;
  __wasi_filestat_t stat;
  EQUAL(open_at(dir, "a", 0, ALL_OF_A_FILE, &fd), 0);
  EQUAL(__wasi_fd_filestat_set_times(fd, 123456789012, 7, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM), 0);
  EQUAL(__wasi_fd_filestat_get(fd, &stat), 0);
  EQUAL(stat.atim, 123456789012);
  EQUAL(stat.mtim, 7);
  EQUAL(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW),
        __WASI_ERRNO_INVAL);
  EQUAL(__wasi_fd_close(fd), 0);
}

int main(void) {
  int dir = preopen("/");
  CHECK(dir >= 3);
  transfers(dir);
  flags_and_rights(dir);
  renumbering(dir);
  times(dir);
  return finish();
}
