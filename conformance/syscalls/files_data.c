// Reading, writing and positions: all families, odd counts and addresses, holes.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define BAD ((void*)-16L)

static char text[100];
static char* volatile nowhere;
static volatile int minus_one = -1;

static void singles(int fd) {
  SHOW(write(fd, "0123456789", 10));
  SHOW(pwrite(fd, "ab", 2, 4));
  SHOW(pread(fd, text, 100, 3));
  printf("%.7s\n", text);
  SHOW(pread(fd, text, 100, 10));
  SHOW(pread(fd, text, 100, 1000));
  SHOW(pread(fd, text, 100, -1));
  SHOW(pwrite(fd, text, 1, -1));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(lseek(fd, 2, SEEK_SET));
  SHOW(read(fd, text, 3));
  printf("%.3s\n", text);
  SHOW(read(fd, text, 0));
  SHOW(read(fd, nowhere, 5));
  SHOW(read(fd, BAD, 16));
  SHOW(write(fd, BAD, 16));
  SHOW(read(77, BAD, 16));
  SHOW(write(-1, text, 1));
  SHOW(lseek(fd, -100, SEEK_CUR));
  SHOW(lseek(fd, 0, 9));
  SHOW(lseek(fd, -1, SEEK_SET));
  SHOW(lseek(fd, 1LL << 40, SEEK_SET));
  SHOW(lseek(fd, 1, SEEK_CUR));
  SHOW(lseek(fd, INT64_MAX, SEEK_CUR));
  SHOW(read(fd, text, 1));
  SHOW(lseek(fd, -3, SEEK_END));
  SHOW(read(fd, text, 10));
}

static void vectors(int fd) {
  struct iovec three[3] = {{text, 2}, {NULL, 0}, {text + 2, 3}}, odd[2] = {{text, 2}, {BAD, 16}};
  static struct iovec many[1025];
  for (int i = 0; i < 1025; i++) many[i] = (struct iovec){text, 0};
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(readv(fd, three, 3));
  printf("%.5s\n", text);
  SHOW(writev(fd, three, 3));
  SHOW(preadv(fd, three, 3, 1));
  printf("%.5s\n", text);
  SHOW(pwritev(fd, three, 3, 6));
  SHOW(preadv(fd, three, 3, -1));
  SHOW(preadv2(fd, three, 3, -1, 0));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(preadv2(fd, three, 3, -1, 0));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(preadv2(fd, three, 3, 0, 0x40000000));
  SHOW(pwritev2(fd, three, 1, 0, RWF_APPEND));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(readv(fd, three, 0));
  SHOW(readv(fd, three, minus_one));
  SHOW(readv(fd, many, 1024));
  SHOW(readv(fd, many, 1025));
  SHOW(readv(fd, BAD, 2));
  SHOW(preadv(fd, odd, 1, 0));
  SHOW(writev(77, three, 3));
}

static void sizes(int fd) {
  struct stat status;
  SHOW(ftruncate(fd, 100));
  SHOW(ftruncate(fd, -1));
  SHOW(ftruncate(77, 1));
  SHOW(fallocate(fd, 0, 0, 8192));
  SHOW(fstat(fd, &status));
  SHOW(status.st_size);
  SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 8192, 8192));
  SHOW(fstat(fd, &status));
  SHOW(status.st_size);
  SHOW(fallocate(fd, 0, 0, 0));
  SHOW(fallocate(fd, 0, -1, 10));
  SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
  SHOW(fallocate(fd, 0, INT64_MAX, 10));
  SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  SHOW(posix_fadvise(fd, 0, 0, 99));
  SHOW(posix_fadvise(fd, 0, -1, POSIX_FADV_NORMAL));
  SHOW(readahead(fd, 0, 4096));
  SHOW(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
  SHOW(sync_file_range(fd, 0, 0, 0x100));
  SHOW(sync_file_range(fd, -1, 0, 0));
  SHOW(fsync(fd));
  SHOW(fdatasync(fd));
  SHOW(fsync(77));
  SHOW(syncfs(fd));
}

static void holes(void) {
  int fd = open("holes", O_RDWR | O_CREAT, 0600);
  NEED(fd >= 0 && ftruncate(fd, 1 << 20) == 0 && pwrite(fd, "x", 1, 1 << 19) == 1);
  SHOW(lseek(fd, 0, SEEK_DATA));
  SHOW(lseek(fd, 1 << 19, SEEK_HOLE));
  SHOW(lseek(fd, 0, SEEK_HOLE));
  SHOW(lseek(fd, 1 << 20, SEEK_DATA));
  SHOW(lseek(fd, (1 << 19) + 8192, SEEK_DATA));
}

static void modes(void) {
  int reader = open("file", O_RDONLY), writer = open("file", O_WRONLY),
      appender = open("file", O_WRONLY | O_APPEND), folder = open(".", O_RDONLY | O_DIRECTORY), ends[2];
  NEED(pipe(ends) == 0);
  SHOW(write(reader, "x", 1));
  SHOW(read(writer, text, 1));
  SHOW(ftruncate(reader, 10));
  SHOW(read(folder, text, 1));
  SHOW(pread(ends[0], text, 1, 0));
  SHOW(lseek(ends[0], 0, SEEK_SET));
  SHOW(ftruncate(ends[0], 0));
  SHOW(fallocate(ends[1], 0, 0, 10));
  SHOW(fsync(ends[0]));
  SHOW(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL));
  SHOW(readahead(ends[0], 0, 10));
  SHOW(ftruncate(writer, 0));
  SHOW(write(appender, "abc", 3));
  SHOW(pwrite(appender, "d", 1, 0));
  SHOW(pread(reader, text, 10, 0));
  printf("%.4s\n", text);
}

int main(void) {
  int fd = open("file", O_RDWR | O_CREAT, 0600);
  NEED(fd >= 0);
  singles(fd);
  vectors(fd);
  sizes(fd);
  holes();
  modes();
  return 0;
}
