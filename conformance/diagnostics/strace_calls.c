// Calls of every kind of argument, as strace shows them.
// options: --strace=TRACE
// stdout: hello
// trace: write\(99, "ab\\n\\0017", 5\) = -1 EBADF \(Bad file descriptor\)
// trace: socket\(AF_UNIX, SOCK_DGRAM\|SOCK_CLOEXEC, IPPROTO_IP\) = 3
// trace: bind\(3, \{sa_family=AF_UNIX, sun_path=@"name"\}, 7\) = 0
// trace: getsockname\(3, \{sa_family=AF_UNIX, sun_path=@"name"\}, \[7\]\) = 0
// trace: sendto\(3, "01234567890123456789012345678901"\.\.\., 100, MSG_DONTWAIT\|MSG_NOSIGNAL, \{sa_family=AF_UNIX, sun_path=@"name"\}, 7\) = 100
// trace: recvfrom\(3, "0123456789", 10, MSG_TRUNC, NULL, NULL\) = 100
// trace: setsockopt\(3, SOL_SOCKET, SO_RCVBUF, \[70000\], 4\) = 0
// trace: getsockopt\(3, SOL_SOCKET, SO_TYPE, \[2\], \[4\]\) = 0
// trace: sendmsg\(3, \{msg_name=\{sa_family=AF_UNIX, sun_path=@"name"\}, msg_namelen=7, msg_iov=\[\{iov_base="one ", iov_len=4\}, \{iov_base="two", iov_len=3\}\], msg_iovlen=2, msg_controllen=0, msg_flags=0\}, MSG_DONTWAIT\) = 7
// trace: recvmsg\(3, \{msg_name=NULL, msg_namelen=0, msg_iov=\[\{iov_base="one two", iov_len=20\}\], msg_iovlen=1, msg_controllen=0, msg_flags=0\}, 0\) = 7
// trace: connect\(4, \{sa_family=AF_INET, sin_port=htons\(9\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, 16\) = 0
// trace: socket\(AF_NETLINK, SOCK_RAW, IPPROTO_IP\) = -1 EAFNOSUPPORT \(Address family not supported by protocol\)
// trace: write\(1, "hello\\n", 6\) = 6
// trace: exit_group\(0\) = \?
// trace: \+\+\+ exited with 0 \+\+\+
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void) {
  static char text[101] =
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0name"}, got;
  socklen_t length = sizeof got;
  int value = 70000;
  write(99, "ab\n\0017", 5);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bind(fd, (struct sockaddr *)&name, 7);
  getsockname(fd, (struct sockaddr *)&got, &length);
  sendto(fd, text, 100, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&name, 7);
  recv(fd, text, 10, MSG_TRUNC);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, sizeof value);
  length = sizeof value;
  getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length);
  struct iovec parts[2] = {{"one ", 4}, {"two", 3}}, whole = {text, 20};
  struct msghdr message = {.msg_name = &name, .msg_namelen = 7, .msg_iov = parts, .msg_iovlen = 2};
  sendmsg(fd, &message, MSG_DONTWAIT);
  message = (struct msghdr){.msg_iov = &whole, .msg_iovlen = 1};
  recvmsg(fd, &message, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof address);
  socket(AF_NETLINK, SOCK_RAW, 0);
  write(1, "hello\n", 6);
  return 0;
}
