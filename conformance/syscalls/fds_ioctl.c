// ioctl: terminals by way of a pseudo-terminal, and the requests that any file knows.
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif

static void any_file(void) {
  int ends[2], count = -1, on = 1, off = 0, file = open("file", O_RDWR | O_CREAT, 0600);
  NEED(file >= 0 && pipe(ends) == 0 && write(ends[1], "abc", 3) == 3 && write(file, "12345", 5) == 5);
  SHOW(ioctl(ends[0], FIONREAD, &count));
  SHOW(count);
  NEED(lseek(file, 2, SEEK_SET) == 2);
  SHOW(ioctl(file, FIONREAD, &count));
  SHOW(count);
  SHOW(ioctl(ends[0], FIONBIO, &on));
  SHOW((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
  SHOW(ioctl(ends[0], FIONBIO, &off));
  SHOW((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
  SHOW(ioctl(file, FIOCLEX));
  SHOW(fcntl(file, F_GETFD));
  SHOW(ioctl(file, FIONCLEX));
  SHOW(fcntl(file, F_GETFD));
  SHOW(ioctl(77, FIONREAD, &count));
  SHOW(ioctl(ends[0], FIONREAD, (void*)-1L));
  SHOW(ioctl(ends[0], 0x12345678, &count));
  struct winsize size;
  struct termios termios;
  SHOW(ioctl(file, TIOCGWINSZ, &size));
  SHOW(tcgetattr(file, &termios));
  SHOW(isatty(ends[0]));
}

static void terminal(int master, int slave) {
  struct winsize size = {30, 100, 5, 6}, other = {0};
  struct termios termios;
  SHOW(isatty(slave));
  SHOW(ioctl(master, TIOCSWINSZ, &size));
  SHOW(ioctl(slave, TIOCGWINSZ, &other));
  printf("%d %d %d %d\n", other.ws_row, other.ws_col, other.ws_xpixel, other.ws_ypixel);
  SHOW(tcgetattr(slave, &termios));
  printf("%#x %#x %#x %#x\n", termios.c_iflag, termios.c_oflag, termios.c_cflag, termios.c_lflag);
  printf("%d %d %d\n", termios.c_cc[VINTR], termios.c_cc[VEOF], termios.c_cc[VMIN]);
  termios.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  termios.c_oflag &= ~(tcflag_t)OPOST;
  SHOW(tcsetattr(slave, TCSANOW, &termios));
  SHOW(tcgetattr(master, &termios));
  printf("%#x %#x\n", termios.c_oflag, termios.c_lflag);
  SHOW(write(master, "hello", 5));
  int count = 0;
  struct pollfd ready = {slave, POLLIN, 0};
  SHOW(poll(&ready, 1, 1000));
  SHOW(ioctl(slave, FIONREAD, &count));
  SHOW(count);
  char text[10];
  SHOW(read(slave, text, sizeof text));
  SHOW(write(slave, "x\n", 2));
  SHOW(read(master, text, sizeof text));
  SHOW(tcflush(slave, TCIOFLUSH));
  SHOW(tcdrain(slave));
  SHOW(tcflow(slave, TCOON));
  SHOW(ioctl(slave, TIOCOUTQ, &count));
  SHOW(ioctl(slave, TIOCEXCL));
  SHOW(ioctl(slave, TIOCNXCL));
  SHOW(tcsetattr(slave, 99, &termios));
  SHOW(ioctl(slave, TCSETS, (void*)-1L));
  SHOW(tcgetpgrp(slave));
}

int main(void) {
  any_file();
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  NEED(master >= 0);
  SHOW(grantpt(master));
  SHOW(unlockpt(master));
  int locked = -1, number = -1;
  SHOW(ioctl(master, TIOCGPTN, &number));
  SHOW(ioctl(master, 0x80045439, &locked));
  SHOW(locked);
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  NEED(slave >= 0);
  terminal(master, slave);
  return 0;
}
