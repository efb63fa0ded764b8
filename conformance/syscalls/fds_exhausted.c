// No descriptor left (RLIMIT_NOFILE): every call that makes one says so, and what it did is undone.
#include "calls.h"
#include "sockets.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

enum { NONE = 999 };

/// Leaves room for `count` descriptors more.
static void leave(int count) {
  struct rlimit limit;
  NEED(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  int next = dup(0);
  NEED(next >= 0 && close(next) == 0);
  limit.rlim_cur = (rlim_t)(next + count);
  NEED(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void plain(void) {
  unsigned long long set = 0;
  int pair[2] = {-7, -7};
  CALL(socket, AF_INET, SOCK_STREAM, 0);
  CALL(socket, AF_UNIX, SOCK_DGRAM, 0);
  CALL(socket, 999, SOCK_STREAM, 0);
  CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
  CALL(socketpair, 999, SOCK_STREAM, 0, pair);
  CALL(epoll_create1, 0);
  CALL(epoll_create1, 1);
  CALL(eventfd2, 0, 0);
  CALL(eventfd2, 0, 1);
  CALL(signalfd4, -1, &set, 8, 0);
  CALL(signalfd4, -1, &set, 7, 0);
  CALL(timerfd_create, CLOCK_MONOTONIC, 0);
  CALL(timerfd_create, 99, 0);
  leave(1);
  CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
  printf("%d %d\n", pair[0], pair[1]);
  int fd = dup(0);
  NEED(fd >= 0 && close(fd) == 0);
  leave(0);
}

/// A connection that there is no descriptor for stays where it is.
static void connections(int listener, int client) {
  CALL(accept, listener, NULL, NULL);
  CALL(accept4, listener, NULL, NULL, 0);
  CALL(accept4, listener, NULL, NULL, 1);
  CALL(accept4, NONE, NULL, NULL, 0);
  CALL(accept, client, NULL, NULL);
  leave(1);
  int fd = accept(listener, NULL, NULL);
  NEED(fd >= 0);
  leave(1);
  CALL(accept4, listener, NULL, NULL, 0);
  SHOW(send(client, "text", 4, 0));
  char text[8];
  SHOW(recv(fd, text, sizeof text, MSG_DONTWAIT));
  leave(0);
  NEED(close(fd) == 0);
}

/// Descriptors that do not fit are lost, and the message says so.
static void passing(int pair[2]) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(2 * sizeof(int))];
  } control;
  char text[8];
  struct iovec part = {text, 4};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(2 * sizeof(int))};
  int fds[2] = {0, 1};
  for (int room = 0; room < 2; room++) {
    control.header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
    message.msg_controllen = CMSG_LEN(2 * sizeof(int));
    leave(room);
    SHOW(sendmsg(pair[0], &message, 0));
    message.msg_controllen = sizeof control;
    SHOW(recvmsg(pair[1], &message, 0));
    struct cmsghdr *got = CMSG_FIRSTHDR(&message);
    printf("flags %#x, descriptors %d\n", message.msg_flags,
           got ? (int)((got->cmsg_len - CMSG_LEN(0)) / sizeof(int)) : 0);
    if (!got) continue;
    memcpy(fds, CMSG_DATA(got), sizeof *fds);
    NEED(close(fds[0]) == 0);
    fds[0] = 0;
  }
}

static void queues(void) {
  char name[40];
  snprintf(name, sizeof name, "lind-vm-exhausted-%d", getpid());
  CALL(mq_open, "lind-vm-exhausted", O_RDWR, 0, NULL);
  CALL(mq_open, nowhere, O_RDWR, 0, NULL);
  CALL(mq_open, "", O_RDWR, 0, NULL);
  CALL(mq_open, "a/b", O_RDWR, 0, NULL);
  SHOW(syscall(SYS_mq_open, name, O_RDWR | O_CREAT, 0600, NULL));
  SHOW(syscall(SYS_mq_unlink, name));
}

int main(void) {
  int pair[2];
  Address address = loopback(0);
  int listener = small_listener(&address), client = connect_to(&address);
  NEED(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  leave(0);
  plain();
  connections(listener, client);
  passing(pair);
  leave(0);
  queues();
  return 0;
}
