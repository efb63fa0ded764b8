// TCP over loopback, both ends in one thread: names, data, shutdown, flags, and what ends a connection.
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static int listener(int family, struct sockaddr_storage *name, socklen_t *length) {
  int fd = socket(family, SOCK_STREAM, 0);
  NEED(fd >= 0);
  memset(name, 0, sizeof *name);
  name->ss_family = (sa_family_t)family;
  if (family == AF_INET) {
    ((struct sockaddr_in *)name)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *length = sizeof(struct sockaddr_in);
  } else {
    ((struct sockaddr_in6 *)name)->sin6_addr = in6addr_loopback;
    *length = sizeof(struct sockaddr_in6);
  }
  if (bind(fd, (struct sockaddr *)name, *length)) return -1;
  NEED(listen(fd, 5) == 0);
  *length = sizeof *name;
  NEED(getsockname(fd, (struct sockaddr *)name, length) == 0);
  return fd;
}

static void show_name(const char *what, const struct sockaddr_storage *name, socklen_t length) {
  char text[INET6_ADDRSTRLEN] = "";
  if (name->ss_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)name)->sin_addr, text, sizeof text);
  } else if (name->ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)name)->sin6_addr, text, sizeof text);
  }
  printf("%s: family %d length %u address %s\n", what, name->ss_family, (unsigned)length, text);
}

static void exchange(int family) {
  struct sockaddr_storage name, peer, other;
  socklen_t length, peer_length = sizeof peer, other_length = sizeof other;
  int server = listener(family, &name, &length);
  if (server < 0) {
    printf("family %d: none\n", family);
    return;
  }
  show_name("listener", &name, length);
  int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
  SHOW(connect(client, (struct sockaddr *)&name, length));
  int connection = accept4(server, (struct sockaddr *)&peer, &peer_length, SOCK_NONBLOCK | SOCK_CLOEXEC);
  NEED(connection >= 0);
  show_name("accepted", &peer, peer_length);
  SHOW(getsockname(client, (struct sockaddr *)&other, &other_length));
  printf("client's name is what accept told: %d\n",
         other_length == peer_length && !memcmp(&other, &peer, peer_length));
  other_length = sizeof other;
  SHOW(getpeername(client, (struct sockaddr *)&other, &other_length));
  printf("peer's name is the listener's: %d\n", other_length == length && !memcmp(&other, &name, length));
  printf("flags: %d %d\n", (fcntl(connection, F_GETFL) & O_NONBLOCK) != 0, fcntl(connection, F_GETFD));

  char buffer[100] = "";
  SHOW(recv(connection, buffer, sizeof buffer, 0));
  SHOW(send(client, "hello, world", 12, 0));
  struct pollfd item = {connection, POLLIN | POLLOUT, 0};
  SHOW(poll(&item, 1, 1000));
  printf("revents %#x\n", item.revents);
  int waiting = -1;
  SHOW(ioctl(connection, FIONREAD, &waiting));
  printf("FIONREAD %d\n", waiting);
  SHOW(recv(connection, buffer, 5, MSG_PEEK));
  SHOW(recv(connection, buffer, 5, 0));
  printf("%.5s\n", buffer);
  struct iovec parts[3] = {{buffer, 1}, {buffer + 10, 0}, {buffer + 20, 50}};
  SHOW(readv(connection, parts, 3));
  printf("%.1s|%.6s\n", buffer, buffer + 20);
  SHOW(write(connection, "abc", 3));
  SHOW(recv(client, buffer, sizeof buffer, MSG_WAITALL | MSG_DONTWAIT));
  SHOW(send(client, "x", 1, MSG_OOB));
  SHOW(shutdown(client, SHUT_WR));
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  SHOW(recv(connection, buffer, sizeof buffer, 0));
  SHOW(shutdown(connection, 7));
  SHOW(shutdown(connection, SHUT_RDWR));
  SHOW(recv(client, buffer, sizeof buffer, 0));
  SHOW(close(connection));
  SHOW(close(client));
  SHOW(close(server));
  client = socket(family, SOCK_STREAM, 0);
  SHOW(connect(client, (struct sockaddr *)&name, length));
  SHOW(send(client, "x", 1, MSG_NOSIGNAL));
  SHOW(getpeername(client, (struct sockaddr *)&other, &other_length));
  close(client);
}

static void nonblocking(void) {
  struct sockaddr_storage name;
  socklen_t length;
  int server = listener(AF_INET, &name, &length);
  SHOW(fcntl(server, F_SETFL, O_NONBLOCK));
  SHOW(accept(server, NULL, NULL));
  int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int result = connect(client, (struct sockaddr *)&name, length);
  printf("connect goes on: %d\n", result == 0 || errno == EINPROGRESS);
  struct pollfd item = {client, POLLOUT, 0};
  SHOW(poll(&item, 1, 1000));
  int error = -1;
  length = sizeof error;
  SHOW(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length));
  printf("SO_ERROR %d\n", error);
  SHOW(connect(client, (struct sockaddr *)&name, sizeof(struct sockaddr_in)));
  int connection = accept(server, NULL, NULL);
  NEED(connection >= 0);
  printf("flags are not inherited: %d\n", fcntl(connection, F_GETFL) & O_NONBLOCK);
  static char block[65536];
  long total = 0;
  ssize_t count;
  while ((count = send(client, block, sizeof block, MSG_NOSIGNAL)) > 0) total += count;
  printf("full after more than a block: %d %s\n", total >= (long)sizeof block, errno_name(errno));
  long received = 0;
  while (received < total && (count = recv(connection, block, sizeof block, 0)) > 0) received += count;
  printf("all arrived: %d\n", received == total);
  struct timeval timeout = {0, 20000}, got = {1, 1};
  SHOW(setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout));
  length = sizeof got;
  SHOW(getsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &got, &length));
  printf("timeout %ld near 20000 us: %d\n", (long)got.tv_sec, got.tv_usec >= 20000 && got.tv_usec < 40000);
  SHOW(recv(connection, block, 1, 0));
  struct linger linger = {1, 0};
  SHOW(setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  close(client);
  SHOW(recv(connection, block, 1, 0));
  SHOW(recv(connection, block, 1, 0));
}

int main(void) {
  exchange(AF_INET);
  exchange(AF_INET6);
  nonblocking();
  return 0;
}
