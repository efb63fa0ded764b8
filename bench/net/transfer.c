// Moves bytes over a loopback connection: "transfer receive" listens on a free port, prints it, and counts what arrives;
// "transfer send PORT BYTES" connects and sends. Both print the time from the first byte to the end and a checksum, so
// that no byte is missed. The same source is the guest and the native peer.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { block_bytes = 256 * 1024 };
static uint64_t block[block_bytes / 8];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void check(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

/// The first word of every full block is its number: their sum tells whether all came, in any order of reads.
static void receive(void) {
  struct sockaddr_in name = loopback(0);
  socklen_t length = sizeof name;
  int server = socket(AF_INET, SOCK_STREAM, 0);
  check(bind(server, (struct sockaddr *)&name, length) == 0, "bind");
  check(listen(server, 1) == 0, "listen");
  check(getsockname(server, (struct sockaddr *)&name, &length) == 0, "getsockname");
  printf("%d\n", ntohs(name.sin_port));
  fflush(stdout);
  int connection = accept(server, NULL, NULL);
  check(connection >= 0, "accept");
  uint64_t total = 0, sum = 0;
  double start = now();
  size_t filled = 0;
  ssize_t count;
  while ((count = recv(connection, (char *)block + filled, block_bytes - filled, 0)) > 0) {
    total += (uint64_t)count;
    filled += (size_t)count;
    if (filled == block_bytes) sum += block[0], filled = 0;
  }
  check(count == 0, "recv");
  printf("%llu bytes, %llu, %.6f s\n", (unsigned long long)total, (unsigned long long)sum, now() - start);
}

static void send_all(int port, uint64_t bytes) {
  struct sockaddr_in name = loopback(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  check(connect(fd, (struct sockaddr *)&name, sizeof name) == 0, "connect");
  uint64_t sum = 0, sent = 0;
  double start = now();
  for (uint64_t number = 0; sent < bytes; number++) {
    block[0] = number;
    sum += number;
    for (size_t at = 0; at < block_bytes;) {
      ssize_t count = send(fd, (char *)block + at, block_bytes - at, 0);
      check(count > 0, "send");
      at += (size_t)count;
    }
    sent += block_bytes;
  }
  close(fd);
  printf("%llu bytes, %llu, %.6f s\n", (unsigned long long)sent, (unsigned long long)sum, now() - start);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "receive")) {
    receive();
  } else if (argc == 4 && !strcmp(argv[1], "send")) {
    send_all(atoi(argv[2]), strtoull(argv[3], NULL, 10));
  } else {
    fprintf(stderr, "usage: transfer receive | transfer send PORT BYTES\n");
    return 2;
  }
  return 0;
}
