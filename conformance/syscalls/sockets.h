// What the tests of sockets share: addresses, and listeners that have, or have not, room for one more connection.
#ifndef SOCKETS_H
#define SOCKETS_H

#include "check.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef union {
  struct sockaddr any;
  struct sockaddr_in internet;
  struct sockaddr_un local;
} Address;

/// Port 0 asks for one that is free.
static inline Address loopback(unsigned short port) {
  return (Address){.internet = {.sin_family = AF_INET, .sin_port = port, .sin_addr = {htonl(INADDR_LOOPBACK)}}};
}

static inline Address local_path(const char *path) {
  Address address = {.local = {.sun_family = AF_UNIX}};
  strncpy(address.local.sun_path, path, sizeof address.local.sun_path);
  return address;
}

/// Of a path, or of an internet address.
static inline socklen_t length_of(const Address *address) {
  if (address->any.sa_family != AF_UNIX) return sizeof address->internet;
  size_t bytes = strnlen(address->local.sun_path, sizeof address->local.sun_path);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
}

/// A socket with a name of its own, which goes to `address`: a port that was free, or the path that is there.
static inline int named_socket(int type, Address *address) {
  socklen_t length = sizeof *address;
  int fd = socket(address->any.sa_family, type, 0);
  NEED(fd >= 0 && bind(fd, &address->any, length_of(address)) == 0);
  if (address->any.sa_family == AF_INET) NEED(getsockname(fd, &address->any, &length) == 0);
  return fd;
}

/// A listener that has room for one connection.
static inline int small_listener(Address *address) {
  int fd = named_socket(SOCK_STREAM, address);
  NEED(listen(fd, 0) == 0);
  return fd;
}

static inline int connect_to(const Address *address) {
  int fd = socket(address->any.sa_family, SOCK_STREAM, 0);
  NEED(fd >= 0 && connect(fd, &address->any, length_of(address)) == 0);
  return fd;
}

/// A listener whose only place is taken: who connects, waits.
static inline int full_listener(Address *address) {
  int fd = small_listener(address);
  connect_to(address);
  return fd;
}

/// A connected pair of internet sockets.
static inline void connected_pair(int pair[2]) {
  Address address = loopback(0);
  int listener = small_listener(&address);
  pair[0] = connect_to(&address);
  pair[1] = accept(listener, NULL, NULL);
  NEED(pair[1] >= 0);
}

/// A blocking socket whose connection to a full listener has begun: whatever is sent has to wait.
static inline int half_connected(const Address *address) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  NEED(fd >= 0 && connect(fd, &address->any, sizeof address->internet) == -1 && errno == EINPROGRESS);
  NEED(fcntl(fd, F_SETFL, 0) == 0);
  return fd;
}

/// Sends until nothing more goes into a socket, which keeps all until its peer reads: of TCP none does.
static inline void fill(int fd) {
  static char block[65536];
  while (send(fd, block, sizeof block, MSG_DONTWAIT) > 0 || send(fd, block, 1, MSG_DONTWAIT) > 0) continue;
}

#endif
