// Addresses that sockets may not have or reach: no permission, loops and long names on the way, addresses of others,
// networks that are none.
#include "calls.h"
#include "paths.h"
#include "sockets.h"

#include <netinet/tcp.h>
#include <poll.h>

static char text[8] = "text";
static struct iovec part = {text, 4};

static void bind_path(const char *path) {
  Address address = local_path(path);
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  printf("%s: ", path);
  CALL(bind, fd, &address, length_of(&address));
  close(fd);
}

static void reach_path(const char *path) {
  Address address = local_path(path);
  int datagram = socket(AF_UNIX, SOCK_DGRAM, 0);
  struct msghdr message = {
      .msg_name = &address, .msg_namelen = length_of(&address), .msg_iov = &part, .msg_iovlen = 1};
  printf("%s:\n", path);
  CALL(connect, datagram, &address, length_of(&address));
  CALL(sendto, datagram, text, 4, 0, &address, length_of(&address));
  CALL(sendmsg, datagram, &message, 0);
  close(datagram);
}

static const char *const k_paths[] = {"dir/socket",  "closed/socket", "private",     "loop/socket", "loop",
                                      "long/socket", "long",          "file/socket", "file",        "missing/socket"};

static void make_paths(void) {
  char name[257];
  memset(name, 'n', 256);
  name[256] = '\0';
  NEED(symlink(name, "long") == 0 && symlink("loop", "loop") == 0);
  NEED(mkdir("dir", 0755) == 0 && mkdir("closed", 0700) == 0);
  make_file("file", "text");
  Address there = local_path("dir/socket"), closed = local_path("closed/socket"), private = local_path("private");
  named_socket(SOCK_DGRAM, &there);
  named_socket(SOCK_DGRAM, &closed);
  named_socket(SOCK_DGRAM, &private);
  NEED(chmod("dir/socket", 0777) == 0 && chmod("closed/socket", 0777) == 0 && chmod("private", 0755) == 0);
  NEED(chmod(".", 0755) == 0);
}

static void show_paths(void) {
  for (size_t i = 0; i < sizeof k_paths / sizeof *k_paths; i++) bind_path(k_paths[i]);
  bind_path("closed/new");
  bind_path("new");
  for (size_t i = 0; i < sizeof k_paths / sizeof *k_paths; i++) reach_path(k_paths[i]);
}

static void addresses(void) {
  Address address = loopback(0), foreign = loopback(0), other = {.internet = {.sin_family = AF_INET}};
  int listener = small_listener(&address), fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  foreign.internet.sin_addr.s_addr = htonl(0xc0000201);  // 192.0.2.1, which nobody has
  CALL(bind, fd, &foreign, sizeof foreign.internet);
  CALL(bind, fd, &address, sizeof address.internet);
  CALL(bind, fd, &foreign, 8);
  CALL(bind, fd, &foreign, 1000);
  other.any.sa_family = AF_UNIX;
  CALL(bind, fd, &other, sizeof other.internet);
  CALL(connect, fd, &other, sizeof other.internet);
  CALL(connect, fd, &address, 7);
  CALL(connect, fd, &address, -1);
  CALL(connect, listener, &address, sizeof address.internet);

  // Two may be bound to the same name, but only one may listen, and only one may connect to the same peer.
  int same[4];
  Address shared = loopback(0);
  for (int i = 0; i < 4; i++) {
    same[i] = socket(AF_INET, SOCK_STREAM, 0);
    NEED(setsockopt(same[i], SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    socklen_t length = sizeof shared;
    if (i == 2) shared = loopback(0);
    NEED(bind(same[i], &shared.any, sizeof shared.internet) == 0);
    NEED(getsockname(same[i], &shared.any, &length) == 0);
  }
  CALL(listen, same[0], 1);
  CALL(listen, same[1], 1);
  CALL(connect, same[2], &address, sizeof address.internet);
  CALL(connect, same[3], &address, sizeof address.internet);
  for (int i = 0; i < 4; i++) close(same[i]);
  close(fd), close(listener);
}

static void broadcast(void) {
  Address address = loopback(htons(9));
  struct msghdr message = {
      .msg_name = &address, .msg_namelen = sizeof address.internet, .msg_iov = &part, .msg_iovlen = 1};
  int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);
  address.internet.sin_addr.s_addr = htonl(0x7fffffff);
  CALL(connect, udp, &address, sizeof address.internet);
  CALL(sendto, udp, text, 1, 0, &address, sizeof address.internet);
  CALL(sendmsg, udp, &message, 0);
  CALL(connect, tcp, &address, sizeof address.internet);
  address.internet.sin_addr.s_addr = htonl(0xe0000001);
  CALL(connect, tcp, &address, sizeof address.internet);
  close(udp), close(tcp);
}

/// A listener that is full does not answer, and the second attempt comes after a second.
static void late(void) {
  Address address = loopback(0);
  int listener = full_listener(&address), fd = socket(AF_INET, SOCK_STREAM, 0), attempts = 1, milliseconds = 1;
  NEED(setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &attempts, sizeof attempts) == 0);
  NEED(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds) == 0);
  CALL(connect, fd, &address, sizeof address.internet);
  close(fd), close(listener);
}

static void credentials(int uid) {
  struct ucred claimed = {getpid(), (uid_t)uid, getegid()};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof claimed)];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_LEN(sizeof claimed)};
  int pair[2];
  control.header = (struct cmsghdr){
      .cmsg_len = CMSG_LEN(sizeof claimed), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS};
  memcpy(CMSG_DATA(&control.header), &claimed, sizeof claimed);
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  printf("user %d: ", uid);
  CALL(sendmsg, pair[0], &message, 0);
  close(pair[0]), close(pair[1]);
}

int main(void) {
  make_paths();
  show_paths();
  NEED(unlink("closed/new") == 0 && unlink("new") == 0);
  addresses();
  broadcast();
  late();
  CALL_OK(socket, AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
  credentials(77);
  drop_privileges();
  show_paths();
  credentials(1234);
  credentials(0);
  CALL(socket, AF_INET, SOCK_RAW, IPPROTO_ICMP);
  return 0;
}
