// What sockets refuse by their state: descriptors that are none, of the wrong type, unconnected, connected, ended.
#include "calls.h"
#include "sockets.h"

#include <netinet/tcp.h>
#include <poll.h>

enum { NONE = 999 };

static char text[70000];
static struct iovec part = {text, 4};
static struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

static void descriptors(void) {
  Address address = loopback(0);
  socklen_t length = sizeof address;
  int value = 0, ends[2];
  NEED(pipe(ends) == 0);
  for (int i = 0; i < 2; i++) {
    int fd = i ? ends[0] : NONE;
    CALL(accept4, fd, NULL, NULL, 0);
    CALL(bind, fd, &address, sizeof address.internet);
    CALL(connect, fd, &address, sizeof address.internet);
    CALL(getpeername, fd, &address, &length);
    CALL(getsockname, fd, &address, &length);
    CALL(getsockopt, fd, SOL_SOCKET, SO_TYPE, &value, &length);
    CALL(setsockopt, fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value);
    CALL(listen, fd, 1);
    CALL(recvfrom, fd, text, 1, 0, NULL, NULL);
    CALL(recvmsg, fd, &message, 0);
    CALL(recvmmsg, fd, NULL, 0, 0, NULL);
    CALL(sendto, fd, text, 1, 0, NULL, 0);
    CALL(sendmsg, fd, &message, 0);
    CALL(sendmmsg, fd, NULL, 0, 0);
    CALL(shutdown, fd, SHUT_RD);
  }
  CALL(epoll_pwait, NONE, &value, 1, 0, NULL, 8);
  CALL(socketpair, 999, SOCK_STREAM, 0, ends);
  CALL(socketpair, AF_UNIX, SOCK_STREAM, 99, ends);
  CALL(socketpair, AF_INET, SOCK_STREAM, IPPROTO_UDP, ends);
  CALL(socketpair, AF_UNIX, 9, 0, ends);
  CALL(socketpair, AF_UNIX, SOCK_STREAM | 0x100, 0, ends);
  CALL(socket, AF_UNIX, SOCK_STREAM, 99);
  CALL(socket, AF_INET, SOCK_STREAM, -1);
  close(ends[0]), close(ends[1]);
}

static void types(void) {
  int datagram[2], udp = socket(AF_INET, SOCK_DGRAM, 0);
  NEED(udp >= 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, datagram) == 0);
  for (int i = 0; i < 2; i++) {
    int fd = i ? udp : datagram[0];
    CALL(accept, fd, NULL, NULL);
    CALL(accept4, fd, NULL, NULL, 0);
    CALL(listen, fd, 1);
    CALL(sendto, fd, text, 1, MSG_OOB, NULL, 0);
    CALL(sendmsg, fd, &message, MSG_OOB);
    CALL(recvfrom, fd, text, 1, MSG_OOB | MSG_DONTWAIT, NULL, NULL);
    CALL(recvmsg, fd, &message, MSG_OOB | MSG_DONTWAIT);
  }
  Address address = loopback(htons(9));
  CALL(sendto, udp, text, 65508, 0, &address, sizeof address.internet);
  CALL(sendto, udp, text, 1, 0, &address, 7);
  CALL(sendto, udp, text, 1, 0, &address, 1000);
  CALL(sendto, udp, text, 1, 0, &address, -1);
  address.any.sa_family = 99;
  CALL(sendto, udp, text, 1, 0, &address, sizeof address.internet);
  CALL(connect, udp, &address, sizeof address.internet);
  close(udp), close(datagram[0]), close(datagram[1]);
}

static void unconnected(int family) {
  int fd = socket(family, SOCK_STREAM, 0);
  Address address = family == AF_INET ? loopback(htons(9)) : local_path("nothing");
  socklen_t length = sizeof address;
  CALL(accept, fd, NULL, NULL);
  CALL(getpeername, fd, &address, &length);
  CALL(recvfrom, fd, text, 1, 0, NULL, NULL);
  CALL(recvmsg, fd, &message, 0);
  CALL(sendto, fd, text, 1, MSG_NOSIGNAL, NULL, 0);
  CALL(sendmsg, fd, &message, MSG_NOSIGNAL);
  CALL(shutdown, fd, SHUT_RDWR);
  CALL(shutdown, fd, 9);
  close(fd);
}

static void connected(int pair[2], const Address *address) {
  struct msghdr named = {
      .msg_name = (void *)address, .msg_namelen = length_of(address), .msg_iov = &part, .msg_iovlen = 1};
  socklen_t negative = (socklen_t)-1;
  CALL(connect, pair[0], address, length_of(address));
  CALL(sendto, pair[0], text, 1, 0, address, length_of(address));
  CALL(sendmsg, pair[0], &named, 0);
  CALL(recvfrom, pair[0], text, 4, MSG_DONTWAIT, NULL, NULL);
  CALL(recvmsg, pair[0], &message, MSG_DONTWAIT);
  NEED(send(pair[1], text, 1, 0) == 1);
  named.msg_namelen = (socklen_t)-1;
  CALL(recvmsg, pair[0], &named, MSG_DONTWAIT);
  CALL(sendmsg, pair[0], &named, MSG_DONTWAIT);
  CALL(recvfrom, pair[0], text, 4, MSG_DONTWAIT, &named, &negative);
  if (address->any.sa_family == AF_UNIX) {
    fill(pair[0]);
    CALL(sendto, pair[0], text, 4, MSG_DONTWAIT, NULL, 0);
    CALL(sendmsg, pair[0], &message, MSG_DONTWAIT);
  }
  CALL(shutdown, pair[0], 9);
  CALL(shutdown, pair[0], SHUT_WR);
  CALL(sendto, pair[0], text, 1, MSG_NOSIGNAL, NULL, 0);
  CALL(sendmsg, pair[0], &message, MSG_NOSIGNAL);
  close(pair[0]), close(pair[1]);
}

/// Closes one end so that the other is told of a reset.
static void reset(int pair[2]) {
  struct linger at_once = {1, 0};
  struct pollfd other = {.events = POLLIN};
  connected_pair(pair);
  NEED(setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0 && close(pair[0]) == 0);
  other.fd = pair[1];
  NEED(poll(&other, 1, 10000) == 1);
}

static void ended(void) {
  int pair[2];
  reset(pair);
  CALL(sendto, pair[1], text, 1, MSG_NOSIGNAL, NULL, 0);
  CALL(sendto, pair[1], text, 1, MSG_NOSIGNAL, NULL, 0);
  CALL(recvfrom, pair[1], text, 1, 0, NULL, NULL);
  reset(pair);
  CALL(sendmsg, pair[1], &message, MSG_NOSIGNAL);
  CALL(recvmsg, pair[1], &message, 0);
  reset(pair);
  CALL(recvmsg, pair[1], &message, 0);
  // A port that was free and is again: nobody receives there.
  Address address = loopback(0);
  int udp = socket(AF_INET, SOCK_DGRAM, 0), other = named_socket(SOCK_DGRAM, &address);
  NEED(connect(udp, &address.any, sizeof address.internet) == 0 && close(other) == 0);
  NEED(send(udp, text, 1, 0) == 1);
  CALL(recvfrom, udp, text, 1, 0, NULL, NULL);
  NEED(send(udp, text, 1, 0) == 1);
  CALL(recvmsg, udp, &message, 0);
  NEED(send(udp, text, 1, 0) == 1);
  CALL(sendto, udp, text, 1, 0, NULL, 0);
  NEED(send(udp, text, 1, 0) == 1);
  CALL(sendmsg, udp, &message, 0);
  close(udp);
}

static void large_control(void) {
  static char control[1 << 20];
  struct cmsghdr header = {.cmsg_len = sizeof control, .cmsg_level = SOL_SOCKET, .cmsg_type = 99};
  struct msghdr large = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  memcpy(control, &header, sizeof header);
  CALL(sendmsg, udp, &large, 0);
  large.msg_controllen = 0x80000000u;
  CALL(sendmsg, udp, &large, 0);
  close(udp);
}

/// A connection to a full listener is neither there nor refused.
static void half_way(void) {
  Address address = loopback(0);
  int listener = full_listener(&address), fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CALL(connect, fd, &address, sizeof address.internet);
  CALL(connect, fd, &address, sizeof address.internet);
  CALL(sendto, fd, text, 1, MSG_NOSIGNAL, NULL, 0);
  CALL(sendmsg, fd, &message, MSG_NOSIGNAL);
  CALL(recvfrom, fd, text, 1, 0, NULL, NULL);
  CALL(recvmsg, fd, &message, MSG_DONTWAIT);
  CALL(shutdown, fd, SHUT_WR);
  close(fd), close(listener);

  address = local_path("full");
  listener = full_listener(&address);
  fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  CALL(connect, fd, &address, length_of(&address));
  CALL(connect, fd, &address, length_of(&address));
  close(fd), close(listener);
}

/// A connection that is to carry data when it begins, and has not begun yet, has no room for more such data.
static void fast_open(void) {
  Address address = loopback(0);
  struct msghdr named = {
      .msg_name = &address, .msg_namelen = sizeof address.internet, .msg_iov = &part, .msg_iovlen = 1};
  int listener = full_listener(&address), fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  NEED(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on) == 0);
  CALL(connect, fd, &address, sizeof address.internet);
  CALL(sendto, fd, text, 1, MSG_FASTOPEN, &address, sizeof address.internet);
  CALL(sendmsg, fd, &named, MSG_FASTOPEN);
  close(fd), close(listener);
}

int main(void) {
  int pair[2];
  descriptors();
  types();
  unconnected(AF_INET);
  unconnected(AF_UNIX);
  Address address = loopback(htons(9));
  connected_pair(pair);
  connected(pair, &address);
  address = local_path("name");
  close(named_socket(SOCK_STREAM, &address));
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  connected(pair, &address);
  ended();
  large_control();
  half_way();
  fast_open();
  return 0;
}
