// Calls that wait, ended by a signal's handler: those that are made again by SA_RESTART, and those that never are.
// needs: Linux 5.11
#include "calls.h"
#include "sockets.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/time.h>
#include <time.h>

enum { SET_VALUE = 16 };

static void note(int number) { (void)number; }

/// Signals at short intervals, since the first may come before the call waits; none if `microseconds` is 0.
static void ring_every(int microseconds) {
  struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  NEED(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

static void handle_with(int flags) {
  struct sigaction action = {.sa_handler = note, .sa_flags = flags};
  NEED(sigaction(SIGALRM, &action, NULL) == 0);
}

#define INTERRUPTED(name, ...)  \
  do {                          \
    ring_every(5000);           \
    CALL(name, ##__VA_ARGS__);  \
    ring_every(0);              \
  } while (0)

static char text[8192];
static struct iovec part = {text, 4};

static void connections(Address address) {
  socklen_t length = length_of(&address);
  int listener = full_listener(&address), taken = accept(listener, NULL, NULL);
  NEED(taken >= 0);
  INTERRUPTED(accept, listener, NULL, NULL);
  INTERRUPTED(accept4, listener, NULL, NULL, 0);
  int waiting = socket(address.any.sa_family, SOCK_STREAM, 0), other = connect_to(&address);
  INTERRUPTED(connect, waiting, &address, length);
  close(listener), close(taken), close(waiting), close(other);
}

static struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
static struct mmsghdr messages = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};

static void receiving(int fd) {
  INTERRUPTED(recvfrom, fd, text, 4, 0, NULL, NULL);
  INTERRUPTED(recvmsg, fd, &message, 0);
  INTERRUPTED(recvmmsg, fd, &messages, 1, 0, NULL);
  INTERRUPTED(read, fd, text, 4);
}

static void sending(int fd) {
  INTERRUPTED(sendto, fd, text, 4, 0, NULL, 0);
  INTERRUPTED(sendmsg, fd, &message, 0);
  INTERRUPTED(sendmmsg, fd, &messages, 1, 0);
  INTERRUPTED(write, fd, text, 4);
}

static void internet_transfers(void) {
  int pair[2];
  Address address = loopback(0);
  connected_pair(pair);
  receiving(pair[0]);
  int listener = full_listener(&address), fd = half_connected(&address);
  receiving(fd);
  sending(fd);
  close(pair[0]), close(pair[1]), close(listener), close(fd);
}

static void local_transfers(int type) {
  int pair[2];
  NEED(socketpair(AF_UNIX, type, 0, pair) == 0);
  receiving(pair[0]);
  fill(pair[0]);
  sending(pair[0]);
  close(pair[0]), close(pair[1]);
}

/// With a time after which they end, sockets' calls are never made again.
static void timed(Address address) {
  struct timeval long_time = {60, 0};
  int listener = full_listener(&address), waiting = socket(address.any.sa_family, SOCK_STREAM, 0), pair[2];
  NEED(setsockopt(waiting, SOL_SOCKET, SO_SNDTIMEO, &long_time, sizeof long_time) == 0);
  INTERRUPTED(connect, waiting, &address, length_of(&address));
  close(accept(listener, NULL, NULL)), close(waiting);
  NEED(fcntl(listener, F_SETFL, O_NONBLOCK) == 0);
  while (accept(listener, NULL, NULL) >= 0) continue;
  NEED(fcntl(listener, F_SETFL, 0) == 0);
  NEED(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time) == 0);
  INTERRUPTED(accept, listener, NULL, NULL);
  INTERRUPTED(accept4, listener, NULL, NULL, 0);
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  NEED(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time) == 0);
  NEED(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &long_time, sizeof long_time) == 0);
  receiving(pair[0]);
  fill(pair[0]);
  sending(pair[0]);
  close(listener), close(pair[0]), close(pair[1]);
}

static void readiness(void) {
  int ends[2], epoll = epoll_create1(0);
  NEED(epoll >= 0 && pipe(ends) == 0);
  struct epoll_event event = {.events = EPOLLIN};
  struct pollfd item = {ends[0], POLLIN, 0};
  struct timespec long_time = {60, 0};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  NEED(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
  INTERRUPTED(epoll_pwait, epoll, &event, 1, -1, NULL, 8);
  INTERRUPTED(epoll_pwait2, epoll, &event, 1, NULL, NULL, 8);
  INTERRUPTED(epoll_pwait2, epoll, &event, 1, &long_time, NULL, 8);
  INTERRUPTED(ppoll, &item, 1, NULL, NULL, 8);
  INTERRUPTED(ppoll, &item, 1, &long_time, NULL, 8);
  INTERRUPTED(pselect6, ends[0] + 1, &set, NULL, NULL, NULL, NULL);
  INTERRUPTED(pselect6, ends[0] + 1, &set, NULL, NULL, &long_time, NULL);
  close(epoll), close(ends[0]), close(ends[1]);
}

static void sysv(void) {
  struct {
    long type;
    char text[1024];
  } message = {1, ""};
  struct sembuf down = {0, -1, 0}, zero = {0, 0, 0};
  struct timespec long_time = {60, 0};
  int queue = msgget(IPC_PRIVATE, 0600), set = semget(IPC_PRIVATE, 1, 0600);
  NEED(queue >= 0 && set >= 0);
  INTERRUPTED(msgrcv, queue, &message, 8, 0, 0);
  while (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0) continue;
  INTERRUPTED(msgsnd, queue, &message, sizeof message.text, 0);
  INTERRUPTED(semop, set, &down, 1);
  INTERRUPTED(semtimedop, set, &down, 1, &long_time);
  NEED(syscall(SYS_semctl, set, 0, SET_VALUE, 1) == 0);
  INTERRUPTED(semop, set, &zero, 1);
  NEED(msgctl(queue, IPC_RMID, NULL) == 0 && syscall(SYS_semctl, set, 0, IPC_RMID, 0) == 0);
}

static void posix_queues(void) {
  char name[40];
  snprintf(name, sizeof name, "lind-vm-interrupt-%d", getpid());
  int queue = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
  NEED(queue >= 0 && syscall(SYS_mq_unlink, name) == 0);
  struct timespec end;
  NEED(clock_gettime(CLOCK_REALTIME, &end) == 0);
  end.tv_sec += 60;
  INTERRUPTED(mq_timedreceive, queue, text, sizeof text, NULL, NULL);
  INTERRUPTED(mq_timedreceive, queue, text, sizeof text, NULL, &end);
  for (int i = 0; i < 10; i++) NEED(syscall(SYS_mq_timedsend, queue, text, 4, 0, NULL) == 0);
  INTERRUPTED(mq_timedsend, queue, text, 4, 0, NULL);
  INTERRUPTED(mq_timedsend, queue, text, 4, 0, &end);
  close(queue);
}

int main(void) {
  handle_with(0);
  connections(loopback(0));
  connections(local_path("listener"));
  internet_transfers();
  local_transfers(SOCK_STREAM);
  local_transfers(SOCK_DGRAM);
  posix_queues();
  handle_with(SA_RESTART);
  timed(loopback(0));
  timed(local_path("timed"));
  readiness();
  sysv();
  return 0;
}
