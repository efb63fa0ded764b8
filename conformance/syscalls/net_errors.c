// What calls on sockets refuse: families, descriptors, pointers, options.
#include "check.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static void *const nowhere = (void *)-1;

static void options(int fd, int udp) {
  int value = 1;
  socklen_t length = sizeof value;
  SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value));
  SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, 3));
  SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, nowhere, sizeof value));
  SHOW(setsockopt(fd, SOL_SOCKET, 999, &value, sizeof value));
  SHOW(setsockopt(fd, SOL_SOCKET, SO_TYPE, &value, sizeof value));
  SHOW(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, (socklen_t)-1));
  SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &length));
  printf("%d, %u bytes\n", value, (unsigned)length);
  SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, nowhere, &length));
  SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, nowhere));
  length = 2;
  value = -1;
  SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &length));
  printf("%#x, %u bytes\n", value, (unsigned)length);
  length = (socklen_t)-5;
  SHOW(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, &length));
  length = sizeof value;
  SHOW(getsockopt(fd, SOL_SOCKET, 999, &value, &length));
  int names[] = {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_ERROR, SO_BROADCAST, SO_KEEPALIVE};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    length = sizeof value;
    int result = getsockopt(fd, SOL_SOCKET, names[i], &value, &length);
    printf("option %d: %d, %d\n", names[i], result, value);
  }
  struct timeval old = {-1, 5}, bad = {0, 1000000};
  SHOW(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &old, sizeof old));
  SHOW(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bad, sizeof bad));
  struct linger linger = {1, 7};
  length = sizeof linger;
  SHOW(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  linger = (struct linger){0, 0};
  SHOW(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length));
  printf("linger %d %d\n", linger.l_onoff, linger.l_linger);
  int on = 1;
  SHOW(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  SHOW(setsockopt(udp, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
  struct ip_mreq group = {.imr_multiaddr = {htonl(0xe0000101)}, .imr_interface = {htonl(INADDR_LOOPBACK)}};
  SHOW(setsockopt(udp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group));
  SHOW(setsockopt(udp, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group));
  SHOW(setsockopt(udp, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, 3));
  unsigned char ttl = 3;
  SHOW(setsockopt(udp, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl));
  struct tcp_info info;
  length = sizeof info;
  SHOW(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
  printf("state %d\n", info.tcpi_state);
}

static void pointers(int fd, int udp, int connected) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(9)};
  socklen_t length = sizeof name;
  char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(edge != MAP_FAILED);
  NEED(mprotect(edge + 4096, 4096, PROT_NONE) == 0);
  SHOW(bind(fd, nowhere, sizeof name));
  SHOW(bind(fd, NULL, sizeof name));
  SHOW(bind(fd, (void *)(edge + 4088), sizeof name));
  SHOW(bind(fd, (void *)&name, 0));
  SHOW(connect(udp, nowhere, sizeof name));
  SHOW(connect(udp, (void *)&name, 300));
  SHOW(getsockname(udp, nowhere, &length));
  SHOW(getsockname(udp, (void *)&name, nowhere));
  length = (socklen_t)-1;
  SHOW(getsockname(udp, (void *)&name, &length));
  SHOW(sendto(udp, nowhere, 10, 0, (void *)&name, sizeof name));
  SHOW(sendto(udp, "x", 1, 0, nowhere, sizeof name));
  SHOW(sendto(udp, edge + 4090, 20, 0, (void *)&name, sizeof name));
  SHOW(syscall(SYS_sendmsg, udp, nowhere, 0));
  struct iovec part = {"x", 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  SHOW(sendmsg(udp, &message, 0));
  message.msg_iov = nowhere;
  SHOW(sendmsg(connected, &message, 0));
  struct iovec negative[2] = {{nowhere, 1}, {"x", -1L}};
  message.msg_iov = negative;
  message.msg_iovlen = 2;
  SHOW(sendmsg(connected, &message, 0));
  message.msg_iov = &part;
  message.msg_iovlen = 1025;
  SHOW(sendmsg(connected, &message, 0));
  message.msg_iovlen = 1;
  message.msg_control = nowhere;
  message.msg_controllen = 20;
  SHOW(sendmsg(connected, &message, 0));
  message.msg_control = &name;
  message.msg_controllen = 3;
  SHOW(sendmsg(connected, &message, 0));
  struct cmsghdr broken = {.cmsg_len = 2, .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  message.msg_control = &broken;
  message.msg_controllen = sizeof broken;
  SHOW(sendmsg(connected, &message, 0));
  SHOW(syscall(SYS_recvmsg, connected, nowhere, MSG_DONTWAIT));
  SHOW(recvfrom(connected, nowhere, 5, MSG_DONTWAIT, NULL, NULL));
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, nowhere));
  struct mmsghdr many = {.msg_hdr = {.msg_iov = nowhere, .msg_iovlen = 1}};
  SHOW(sendmmsg(connected, &many, 1, 0));
  SHOW(sendmmsg(connected, nowhere, 1, 0));
  SHOW(recvmmsg(connected, nowhere, 1, MSG_DONTWAIT, NULL));
  SHOW(accept(fd, NULL, NULL));
  SHOW(accept4(fd, NULL, NULL, 1));
  SHOW(listen(udp, 1));
}

static void kinds(void) {
  int families[] = {AF_UNSPEC, AF_UNIX, AF_INET, 999, -1};
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    int fd = socket(families[i], SOCK_STREAM, 0);
    printf("family %d: %s\n", families[i], fd >= 0 ? "ok" : errno_name(errno));
    if (fd >= 0) close(fd);
  }
  int types[] = {0, 9, SOCK_STREAM | 0x100, SOCK_SEQPACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    int fd = socket(AF_INET, types[i], 0);
    printf("type %#x: %s\n", types[i], fd >= 0 ? "ok" : errno_name(errno));
    if (fd >= 0) close(fd);
  }
  SHOW(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
  int pair[2];
  SHOW(socketpair(AF_INET, SOCK_STREAM, 0, pair));
  SHOW(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
  SHOW(send(pair[0], "packet", 6, MSG_EOR));
  char buffer[10];
  SHOW(recv(pair[1], buffer, 3, 0));
  close(pair[0]), close(pair[1]);
}

/// A listening socket to which somebody has connected.
static int ready_listener(void) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof name;
  int fd = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
  NEED(bind(fd, (void *)&name, sizeof name) == 0 && listen(fd, 4) == 0);
  NEED(getsockname(fd, (void *)&name, &length) == 0);
  NEED(connect(client, (void *)&name, sizeof name) == 0);
  SHOW(getpeername(client, nowhere, &length));
  SHOW(getpeername(client, (void *)&name, nowhere));
  SHOW(getpeername(client, (void *)&name, NULL));
  length = (socklen_t)-1;
  SHOW(getpeername(client, (void *)&name, &length));
  return fd;
}

static void accepting(void) {
  struct sockaddr_in name;
  socklen_t length = sizeof name, negative = (socklen_t)-1;
  SHOW(accept(ready_listener(), nowhere, &length));
  SHOW(accept(ready_listener(), (void *)&name, nowhere));
  SHOW(accept(ready_listener(), (void *)&name, &negative));
  SHOW(accept4(ready_listener(), nowhere, &length, SOCK_NONBLOCK));
  SHOW(accept4(ready_listener(), (void *)&name, NULL, SOCK_NONBLOCK));
  SHOW_OK(accept4(ready_listener(), NULL, nowhere, SOCK_CLOEXEC));
}

int main(void) {
  kinds();
  accepting();
  int fd = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0), pair[2], pipes[2];
  NEED(fd >= 0 && udp >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(pipes) == 0);
  options(fd, udp);
  pointers(fd, udp, pair[0]);
  struct sockaddr_in name = {.sin_family = AF_INET};
  socklen_t length = sizeof name;
  SHOW(bind(999, (void *)&name, sizeof name));
  SHOW(bind(pipes[0], (void *)&name, sizeof name));
  SHOW(listen(pipes[0], 1));
  SHOW(accept(pipes[0], NULL, NULL));
  SHOW(accept(999, NULL, NULL));
  SHOW(getsockname(pipes[0], (void *)&name, &length));
  SHOW(send(pipes[1], "x", 1, 0));
  SHOW(recv(pipes[0], &length, 1, 0));
  SHOW(shutdown(pipes[0], 0));
  SHOW(shutdown(fd, SHUT_RD));
  SHOW(getsockopt(pipes[0], SOL_SOCKET, SO_TYPE, &name, &length));
  SHOW(setsockopt(-1, SOL_SOCKET, SO_TYPE, &name, length));
  SHOW(syscall(SYS_sendmsg, pipes[0], NULL, 0));
  return 0;
}
