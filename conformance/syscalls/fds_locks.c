// Locks of one process: records (POSIX), open file descriptions, flock.
#include "check.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int lock(int fd, int command, short type, short whence, long long start, long long length) {
  struct flock lock = {.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
  int result = fcntl(fd, command, &lock);
  int error = errno;
  if (result == 0 && (command == F_GETLK || command == F_OFD_GETLK)) {
    printf("  type %d whence %d start %lld length %lld\n", lock.l_type, lock.l_whence,
           (long long)lock.l_start, (long long)lock.l_len);
  }
  errno = error;
  return result;
}

static void records(void) {
  int fd = open("file", O_RDWR | O_CREAT, 0600), again = open("file", O_RDWR),
      reader = open("file", O_RDONLY), writer = open("file", O_WRONLY);
  NEED(fd >= 0 && again >= 0 && reader >= 0 && writer >= 0);
  SHOW(ftruncate(fd, 100));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 10, 20));
  SHOW(lock(again, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
  SHOW(lock(again, F_GETLK, F_WRLCK, SEEK_SET, 0, 0));
  SHOW(lock(fd, F_SETLKW, F_RDLCK, SEEK_SET, 5, 1));
  SHOW(lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0));
  SHOW(lock(reader, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
  SHOW(lock(reader, F_SETLK, F_RDLCK, SEEK_SET, 0, 1));
  SHOW(lock(writer, F_SETLK, F_RDLCK, SEEK_SET, 0, 1));
  SHOW(lock(writer, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, -1, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_END, -10, 5));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 50, -10));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 5, -10));
  SHOW(lock(fd, F_SETLK, 55, SEEK_SET, 0, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, 9, 0, 1));
  SHOW(lock(fd, F_GETLK, F_UNLCK, SEEK_SET, 0, 1));
  SHOW(lseek(fd, 30, SEEK_SET));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_CUR, 0, 10));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_CUR, -31, 1));
  // Another owner sees them: locks of an open file description.
  SHOW(lock(again, F_OFD_GETLK, F_WRLCK, SEEK_SET, 0, 0));
  SHOW(lock(again, F_OFD_SETLK, F_WRLCK, SEEK_SET, 30, 1));
  SHOW(close(reader));
  SHOW(lock(again, F_OFD_SETLK, F_WRLCK, SEEK_SET, 30, 1));
  SHOW(lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 30, 1));
  SHOW(lock(fd, F_GETLK, F_WRLCK, SEEK_SET, 0, 0));
  SHOW(lock(77, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
  int ends[2];
  NEED(pipe(ends) == 0);
  SHOW(fcntl(fd, F_SETLK, (void*)-1L));
  SHOW(lockf(fd, F_TLOCK, 5));
  SHOW(close(again));
  SHOW(close(writer));
  SHOW(close(fd));
}

static void descriptions(void) {
  int fd = open("other", O_RDWR | O_CREAT, 0600), again = open("other", O_RDWR), same = dup(fd);
  NEED(fd >= 0 && again >= 0 && same >= 0);
  SHOW(lock(fd, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 10));
  SHOW(lock(same, F_OFD_SETLK, F_WRLCK, SEEK_SET, 5, 10));
  SHOW(lock(again, F_OFD_SETLK, F_RDLCK, SEEK_SET, 14, 1));
  SHOW(lock(again, F_OFD_GETLK, F_RDLCK, SEEK_SET, 0, 0));
  SHOW(close(fd));
  SHOW(lock(again, F_OFD_SETLK, F_RDLCK, SEEK_SET, 14, 1));
  SHOW(close(same));
  SHOW(lock(again, F_OFD_SETLK, F_RDLCK, SEEK_SET, 14, 1));
  SHOW(close(again));
}

static void whole_files(void) {
  int fd = open("file", O_RDWR), again = open("file", O_RDONLY), same = dup(fd);
  NEED(fd >= 0 && again >= 0 && same >= 0);
  SHOW(flock(fd, LOCK_EX));
  SHOW(flock(again, LOCK_SH | LOCK_NB));
  SHOW(flock(same, LOCK_SH));
  SHOW(flock(again, LOCK_SH | LOCK_NB));
  SHOW(flock(same, LOCK_EX | LOCK_NB));
  SHOW(flock(again, LOCK_UN));
  SHOW(flock(same, LOCK_EX | LOCK_NB));
  SHOW(close(fd));
  SHOW(flock(again, LOCK_EX | LOCK_NB));
  SHOW(close(same));
  SHOW(flock(again, LOCK_EX | LOCK_NB));
  SHOW(flock(again, 0));
  SHOW(flock(77, LOCK_SH));
}

int main(void) {
  records();
  descriptions();
  whole_files();
  return 0;
}
