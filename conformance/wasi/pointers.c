// Pointers beyond the memory answer EFAULT, and no call with one has an effect.
#include "check.h"

static const uint32_t wild[] = {0xfffffff8u, 0xffffffffu, 0x80000000u};

int main(void) {
  __wasi_fd_t dir = (__wasi_fd_t)preopen("/"), fd;
  __wasi_size_t count;
  uint64_t rights = __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_FILESTAT_GET;
  EQUAL(open_at((int)dir, "bytes", __WASI_OFLAGS_CREAT, rights, &fd), 0);
  __wasi_ciovec_t one = {(uint8_t*)"abcd", 4};
  for (size_t i = 0; i < sizeof wild / sizeof *wild; i++) {
    void* bad = (void*)wild[i];
    __wasi_ciovec_t out[2] = {one, {bad, 8}};
    __wasi_ciovec_t huge[2] = {one, {(uint8_t*)"x", 0xffffffffu}};
    EQUAL(__wasi_fd_write(fd, bad, 1, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_write(fd, out, 2, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_write(fd, huge, 2, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_write(fd, &one, 1, bad), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_read(fd, (__wasi_iovec_t*)out, 2, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_filestat_get(fd, bad), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_fdstat_get(fd, bad), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_readdir(dir, bad, 64, 0, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_args_sizes_get(bad, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_args_get(bad, bad), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_clock_time_get(0, 0, bad), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_poll_oneoff(bad, bad, 1, &count), __WASI_ERRNO_FAULT);
    EQUAL(__wasi_fd_prestat_get(dir, bad), __WASI_ERRNO_FAULT);
  }
  __wasi_filestat_t stat;
  EQUAL(__wasi_fd_filestat_get(fd, &stat), 0);
  EQUAL(stat.size, 0);
  return finish();
}
