// Calls on files that would wait: ended by a signal, or refused where the descriptor does not wait.
#include "calls.h"
#include "paths.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

enum { PIPE = 65536 };

static char room[PIPE];

static void on_alarm(int number) { (void)number; }

/// Signals from soon on, again and again: one may come before the call that it is to end.
static void soon(void) {
  struct itimerval timer = {.it_interval = {0, 20000}, .it_value = {0, 20000}};
  NEED(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

static void no_more(void) {
  struct itimerval timer = {0};
  NEED(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

#define INTERRUPTED(call)           \
  do {                              \
    soon();                         \
    errno = 0;                      \
    long long value = VALUE(call);  \
    int error = errno;              \
    no_more();                      \
    show_result(#call, value, error); \
  } while (0)

static void full_and_empty(void) {
  int full[2], empty[2];
  struct iovec vector = {room, 10};
  NEED(pipe(full) == 0 && pipe(empty) == 0 && write(full[1], room, PIPE) == PIPE);
  INTERRUPTED(write(full[1], "x", 1));
  INTERRUPTED(writev(full[1], &vector, 1));
  INTERRUPTED(read(empty[0], room, 1));
  INTERRUPTED(readv(empty[0], &vector, 1));
  INTERRUPTED(vmsplice(full[1], &vector, 1, 0));
  INTERRUPTED(tee(empty[0], full[1], 1, 0));
  INTERRUPTED(splice(empty[0], NULL, full[1], NULL, 1, 0));
  INTERRUPTED(open("fifo", O_RDONLY));
  INTERRUPTED(open("fifo", O_WRONLY));
  int file = open("file", O_RDONLY);
  INTERRUPTED(sendfile(full[1], file, NULL, 1));
  close(file);
}

static void locks(void) {
  int first = open("file", O_RDWR), second = open("file", O_RDWR);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  NEED(first >= 0 && second >= 0);
  SHOW(flock(first, LOCK_EX));
  SHOW(flock(second, LOCK_SH | LOCK_NB));
  INTERRUPTED(flock(second, LOCK_SH));
  SHOW(flock(second, LOCK_SH | LOCK_EX));
  SHOW(fcntl(first, F_OFD_SETLK, &lock));
  SHOW(fcntl(second, F_OFD_SETLK, &lock));
  SHOW(fcntl(second, F_SETLK, &lock));
  INTERRUPTED(fcntl(second, F_OFD_SETLKW, &lock));
  INTERRUPTED(fcntl(second, F_SETLKW, &lock));
  close(first);
  close(second);
}

static void without_waiting(void) {
  int full[2], empty[2], file = open("file", O_RDONLY);
  struct iovec vector = {room, 10};
  NEED(pipe2(full, O_NONBLOCK) == 0 && pipe2(empty, O_NONBLOCK) == 0 && file >= 0);
  NEED(write(full[1], room, PIPE) == PIPE);
  SHOW(write(full[1], "x", 1));
  SHOW(writev(full[1], &vector, 1));
  SHOW(sendfile(full[1], file, NULL, 1));
  SHOW(splice(file, NULL, full[1], NULL, 1, 0));
  SHOW(splice(empty[0], NULL, full[1], NULL, 1, SPLICE_F_NONBLOCK));
  SHOW(tee(empty[0], full[1], 1, SPLICE_F_NONBLOCK));
  SHOW(tee(empty[0], full[1], 1, 0));
  SHOW(vmsplice(full[1], &vector, 1, SPLICE_F_NONBLOCK));
  SHOW(vmsplice(empty[1], &vector, 1, SPLICE_F_NONBLOCK));
  SHOW(tee(empty[0], full[1], 1, SPLICE_F_NONBLOCK));
  SHOW(fcntl(full[1], F_SETPIPE_SZ, 4096));
  close(file);
}

/// What is written to nobody, and terminals whose other end is gone.
static void nobody(void) {
  int udp = socket(AF_INET, SOCK_DGRAM, 0), local = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct iovec vector = {room, 4};
  NEED(udp >= 0 && local >= 0);
  SHOW(write(udp, "x", 1));
  SHOW(writev(udp, &vector, 1));
  SHOW(write(local, "x", 1));
  close(udp);
  close(local);
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  NEED(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  NEED(slave >= 0);
  SHOW(ioctl(slave, TCFLSH, 77));
  SHOW(ioctl(slave, TCXONC, 77));
  close(slave);
  SHOW(read(master, room, 1));
  slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  NEED(slave >= 0);
  close(master);
  SHOW(write(slave, "x", 1));
  SHOW(read(slave, room, 1));
  close(slave);
}

int main(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  NEED(sigaction(SIGALRM, &action, NULL) == 0);
  make_file("file", "0123456789");
  NEED(mkfifo("fifo", 0600) == 0);
  full_and_empty();
  locks();
  without_waiting();
  nobody();
  return 0;
}
