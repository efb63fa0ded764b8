// fcntl: flags, pipe sizes, seals, owners, and what is refused.
#include "check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_GET_SEALS 1034
#endif

#define STATUS_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

static void flags(void) {
  int fd = open("file", O_RDWR | O_CREAT | O_APPEND, 0600);
  NEED(fd >= 0);
  SHOW((fcntl(fd, F_GETFL) & STATUS_FLAGS) == (O_RDWR | O_APPEND));
  SHOW(fcntl(fd, F_SETFL, O_NONBLOCK));
  SHOW((fcntl(fd, F_GETFL) & STATUS_FLAGS) == (O_RDWR | O_NONBLOCK));
  SHOW(fcntl(fd, F_SETFL, O_WRONLY | O_CREAT | O_TRUNC));
  SHOW((fcntl(fd, F_GETFL) & STATUS_FLAGS) == O_RDWR);
  SHOW(fcntl(fd, F_SETFD, FD_CLOEXEC));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, F_SETFD, 0));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(fd, F_SETFD, 2));
  SHOW(fcntl(fd, F_GETFD));
  SHOW(fcntl(77, F_GETFL));
  SHOW(fcntl(fd, 12345));
  SHOW(fcntl(fd, F_GETPIPE_SZ));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(fcntl(fd, F_GETLEASE) == F_UNLCK);
  int path = open("file", O_PATH);
  NEED(path >= 0);
  SHOW((fcntl(path, F_GETFL) & O_PATH) != 0);
  SHOW(fcntl(path, F_SETFL, 0));
  SHOW(fcntl(path, F_GETFD));
  SHOW(read(path, &fd, 1));
  SHOW(close(fcntl(path, F_DUPFD, 0)));
}

static void pipes(void) {
  int ends[2];
  NEED(pipe(ends) == 0);
  SHOW(fcntl(ends[0], F_GETPIPE_SZ));
  SHOW(fcntl(ends[0], F_SETPIPE_SZ, 8000));
  SHOW(fcntl(ends[1], F_GETPIPE_SZ));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, 0));
  SHOW(fcntl(ends[1], F_SETPIPE_SZ, -1));
}

static void seals(void) {
  int fd = memfd_create("name", MFD_ALLOW_SEALING);
  if (fd < 0) {
    printf("no memfd: %s\n", errno_name(errno));
    return;
  }
  SHOW(ftruncate(fd, 4096));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
  SHOW(fcntl(fd, F_GET_SEALS));
  SHOW(ftruncate(fd, 100));
  SHOW(ftruncate(fd, 8192));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_GROW));
  SHOW(ftruncate(fd, 16384));
  SHOW(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  SHOW(fcntl(fd, F_ADD_SEALS, 0x1000));
}

static void owners(void) {
  int ends[2];
  struct f_owner_ex owner;
  NEED(pipe(ends) == 0);
  SHOW(fcntl(ends[0], F_GETOWN));
  SHOW(fcntl(ends[0], F_SETOWN, getpid()));
  SHOW(fcntl(ends[0], F_GETOWN) == getpid());
  SHOW(fcntl(ends[0], F_GETOWN_EX, &owner));
  SHOW(owner.type == F_OWNER_PID && owner.pid == getpid());
  SHOW(fcntl(ends[0], F_GETSIG));
  SHOW(fcntl(ends[0], F_SETSIG, 10));
  SHOW(fcntl(ends[0], F_GETSIG));
  SHOW(fcntl(ends[0], F_SETSIG, 100));
  owner.type = 9;
  SHOW(fcntl(ends[0], F_SETOWN_EX, &owner));
  SHOW(fcntl(ends[0], F_SETOWN_EX, (void*)-1L));
}

int main(void) {
  flags();
  pipes();
  seals();
  owners();
  return 0;
}
