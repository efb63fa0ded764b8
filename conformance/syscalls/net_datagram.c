// UDP over loopback: names of senders, truncation, several messages at once, control messages with where and when.
#include "check.h"

#pragma GCC diagnostic ignored "-Wsign-compare"  // in musl's CMSG_NXTHDR

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int bound(struct sockaddr_in *name) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  NEED(fd >= 0);
  *name = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof *name;
  NEED(bind(fd, (struct sockaddr *)name, length) == 0);
  NEED(getsockname(fd, (struct sockaddr *)name, &length) == 0);
  return fd;
}

static void show_control(struct msghdr *message) {
  printf("flags %#x\n", message->msg_flags);
  for (struct cmsghdr *one = CMSG_FIRSTHDR(message); one; one = CMSG_NXTHDR(message, one)) {
    size_t bytes = one->cmsg_len - CMSG_LEN(0);
    printf("control %d:", one->cmsg_level);
    if (one->cmsg_level == IPPROTO_IP && one->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(one), sizeof info);
      printf(" IP_PKTINFO %zu %s\n", bytes, inet_ntoa(info.ipi_addr));
    } else if (one->cmsg_level == IPPROTO_IP) {
      int value = 0;
      memcpy(&value, CMSG_DATA(one), bytes < sizeof value ? bytes : sizeof value);
      printf(" type %d, %zu bytes: %d\n", one->cmsg_type, bytes, value);
    } else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMP) {
      struct timeval sent;
      memcpy(&sent, CMSG_DATA(one), sizeof sent);
      printf(" SCM_TIMESTAMP now: %d\n", llabs((long long)sent.tv_sec - (long long)time(NULL)) < 10);
    } else if (one->cmsg_level == SOL_SOCKET && one->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec sent;
      memcpy(&sent, CMSG_DATA(one), sizeof sent);
      printf(" SCM_TIMESTAMPNS now: %d\n", llabs((long long)sent.tv_sec - (long long)time(NULL)) < 10);
    } else {
      printf(" type %d\n", one->cmsg_type);
    }
  }
}

static void receive_with_control(int fd) {
  char data[20] = "", control[512];
  struct sockaddr_in from;
  struct iovec part = {data, sizeof data};
  struct msghdr message = {.msg_name = &from,
                           .msg_namelen = sizeof from,
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  SHOW(recvmsg(fd, &message, 0));
  printf("%s, name of %u bytes\n", data, (unsigned)message.msg_namelen);
  show_control(&message);
}

static void truncation(int from, int to, struct sockaddr_in *name) {
  char data[4];
  struct sockaddr_in sender;
  socklen_t length = sizeof sender;
  SHOW(sendto(from, "123456789", 9, 0, (struct sockaddr *)name, sizeof *name));
  SHOW(recvfrom(to, data, sizeof data, 0, (struct sockaddr *)&sender, &length));
  SHOW(sendto(from, "123456789", 9, 0, (struct sockaddr *)name, sizeof *name));
  SHOW(recv(to, data, sizeof data, MSG_TRUNC));
  SHOW(sendto(from, "123456789", 9, 0, (struct sockaddr *)name, sizeof *name));
  length = 5;
  SHOW(recvfrom(to, data, sizeof data, 0, (struct sockaddr *)&sender, &length));
  printf("length of the name %u\n", (unsigned)length);
  SHOW(sendto(from, "123456789", 9, 0, (struct sockaddr *)name, sizeof *name));
  struct iovec parts[2] = {{data, 2}, {data + 2, 2}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  SHOW(recvmsg(to, &message, 0));
  printf("flags %#x, name %u, control %zu\n", message.msg_flags, (unsigned)message.msg_namelen,
         (size_t)message.msg_controllen);
  SHOW(sendto(from, "", 0, 0, (struct sockaddr *)name, sizeof *name));
  SHOW(recv(to, data, sizeof data, 0));
  SHOW(recv(to, data, sizeof data, MSG_DONTWAIT));
}

static void many(int from, int to, struct sockaddr_in *name) {
  enum { count = 5 };
  char data[count][16];
  struct iovec parts[count];
  struct mmsghdr messages[count];
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < count; i++) {
    snprintf(data[i], sizeof data[i], "message %d", i);
    parts[i] = (struct iovec){data[i], strlen(data[i]) - (size_t)(i % 2)};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = name, .msg_namelen = sizeof *name, .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  SHOW(sendmmsg(from, messages, count, 0));
  for (int i = 0; i < count; i++) printf("%u ", messages[i].msg_len);
  printf("\n");
  struct sockaddr_in senders[count];
  for (int i = 0; i < count; i++) {
    memset(data[i], 0, sizeof data[i]);
    parts[i].iov_len = sizeof data[i];
    messages[i].msg_hdr.msg_name = &senders[i];
    messages[i].msg_hdr.msg_namelen = sizeof senders[i];
    messages[i].msg_len = 77;
  }
  struct timespec timeout = {1, 0};
  SHOW(recvmmsg(to, messages, 3, 0, &timeout));
  SHOW(recvmmsg(to, messages + 3, 2, MSG_WAITFORONE, NULL));
  for (int i = 0; i < count; i++)
    printf("%s, %u bytes, name %u\n", data[i], messages[i].msg_len, (unsigned)messages[i].msg_hdr.msg_namelen);
  SHOW(recvmmsg(to, messages, count, MSG_DONTWAIT, NULL));
  timeout = (struct timespec){0, 1000000000};
  SHOW(recvmmsg(to, messages, count, MSG_DONTWAIT, &timeout));
  SHOW(sendmmsg(from, messages, 0, 0));
}

int main(void) {
  struct sockaddr_in name, other;
  int to = bound(&name), from = bound(&other);
  truncation(from, to, &name);
  many(from, to, &name);
  int on = 1, ttl = 33;
  SHOW(setsockopt(to, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
  SHOW(setsockopt(to, IPPROTO_IP, IP_RECVTTL, &on, sizeof on));
  SHOW(setsockopt(to, IPPROTO_IP, IP_RECVTOS, &on, sizeof on));
  SHOW(setsockopt(from, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl));
  SHOW(sendto(from, "info", 4, 0, (struct sockaddr *)&name, sizeof name));
  receive_with_control(to);
  SHOW(setsockopt(to, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on));
  SHOW(sendto(from, "time", 4, 0, (struct sockaddr *)&name, sizeof name));
  receive_with_control(to);
  SHOW(setsockopt(to, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on));
  SHOW(sendto(from, "timens", 6, 0, (struct sockaddr *)&name, sizeof name));
  receive_with_control(to);

  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {"sent with control", 17};
  struct msghdr message = {.msg_name = &name,
                           .msg_namelen = sizeof name,
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control};
  struct cmsghdr *one = CMSG_FIRSTHDR(&message);
  one->cmsg_level = IPPROTO_IP;
  one->cmsg_type = IP_PKTINFO;
  one->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
  ((struct in_pktinfo *)CMSG_DATA(one))->ipi_spec_dst.s_addr = htonl(INADDR_LOOPBACK);
  one = CMSG_NXTHDR(&message, one);
  NEED(one);
  one->cmsg_level = IPPROTO_IP;
  one->cmsg_type = IP_TTL;
  one->cmsg_len = CMSG_LEN(sizeof(int));
  int sent_ttl = 44;
  memcpy(CMSG_DATA(one), &sent_ttl, sizeof sent_ttl);
  SHOW(sendmsg(from, &message, 0));
  receive_with_control(to);

  SHOW(connect(from, (struct sockaddr *)&name, sizeof name));
  SHOW(send(from, "connected", 9, 0));
  close(to);
  SHOW(send(from, "x", 1, 0));
  SHOW(send(from, "x", 1, 0));
  struct sockaddr none = {.sa_family = AF_UNSPEC};
  SHOW(connect(from, &none, sizeof none));
  SHOW(send(from, "x", 1, 0));
  return 0;
}
