// UNIX sockets: names by path, abstract and automatic ones, descriptors and credentials in messages.
#include "check.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static socklen_t set(struct sockaddr_un *address, const char *name, size_t bytes) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, name, bytes);
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
}

static void show(const char *what, const struct sockaddr_un *address, socklen_t length) {
  printf("%s: %u bytes", what, (unsigned)length);
  if (length > offsetof(struct sockaddr_un, sun_path)) {
    const char *name = address->sun_path;
    size_t bytes = length - offsetof(struct sockaddr_un, sun_path);
    if (!*name) {
      printf(" @");
      name++, bytes--;
    } else {
      bytes = strnlen(name, bytes);
      printf(" ");
    }
    fwrite(name, 1, bytes, stdout);
  }
  printf("\n");
}

static void show_names(int fd) {
  struct sockaddr_un address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) == 0) show("own name", &address, length);
  length = sizeof address;
  SHOW(getpeername(fd, (struct sockaddr *)&address, &length));
  if (length != sizeof address) show("peer's name", &address, length);
}

static void streams(const char *name, size_t bytes) {
  struct sockaddr_un address;
  socklen_t length = set(&address, name, bytes);
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(server, (struct sockaddr *)&address, length));
  SHOW(listen(server, 3));
  int other = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(other, (struct sockaddr *)&address, length));
  SHOW(bind(server, (struct sockaddr *)&address, length));
  SHOW(connect(other, (struct sockaddr *)&address, length));
  struct sockaddr_un peer;
  socklen_t peer_length = sizeof peer;
  int connection = accept(server, (struct sockaddr *)&peer, &peer_length);
  NEED(connection >= 0);
  show("accepted", &peer, peer_length);
  show_names(other);
  show_names(connection);
  char buffer[10];
  SHOW(write(other, "abc", 3));
  SHOW(read(connection, buffer, sizeof buffer));
  close(server);
  show_names(other);
  int late = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect(late, (struct sockaddr *)&address, length));
  close(other), close(connection), close(late);
}

static void datagrams(void) {
  struct sockaddr_un one, two;
  socklen_t one_length = set(&one, "one", 4), two_length = set(&two, "\0two", 4);
  int first = socket(AF_UNIX, SOCK_DGRAM, 0), second = socket(AF_UNIX, SOCK_DGRAM, 0);
  SHOW(bind(first, (struct sockaddr *)&one, one_length));
  SHOW(bind(second, (struct sockaddr *)&two, two_length));
  SHOW(sendto(first, "to two", 6, 0, (struct sockaddr *)&two, two_length));
  char buffer[20];
  struct sockaddr_un from;
  socklen_t length = sizeof from;
  SHOW(recvfrom(second, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length));
  show("from", &from, length);
  SHOW(sendto(second, "back", 4, 0, (struct sockaddr *)&from, length));
  length = sizeof from;
  SHOW(recvfrom(first, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length));
  show("from", &from, length);
  int unnamed = socket(AF_UNIX, SOCK_DGRAM, 0);
  SHOW(sendto(unnamed, "?", 1, 0, (struct sockaddr *)&one, one_length));
  length = sizeof from;
  SHOW(recvfrom(first, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length));
  show("from", &from, length);
  SHOW(unlink("one"));
  SHOW(sendto(unnamed, "?", 1, 0, (struct sockaddr *)&one, one_length));
  struct sockaddr_un automatic = {.sun_family = AF_UNIX};
  SHOW(bind(unnamed, (struct sockaddr *)&automatic, sizeof(sa_family_t)));
  length = sizeof from;
  SHOW(getsockname(unnamed, (struct sockaddr *)&from, &length));
  printf("automatic name: %u bytes, abstract %d\n", (unsigned)length, from.sun_path[0] == 0);
  close(first), close(second), close(unnamed);
}

static int send_files(int fd, const int *files, int count, const char *text) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(8 * sizeof(int))];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {(char *)text, strlen(text)};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = CMSG_SPACE((size_t)count * sizeof(int))};
  struct cmsghdr *one = CMSG_FIRSTHDR(&message);
  one->cmsg_level = SOL_SOCKET;
  one->cmsg_type = SCM_RIGHTS;
  one->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
  memcpy(CMSG_DATA(one), files, (size_t)count * sizeof(int));
  return (int)sendmsg(fd, &message, 0);
}

static int receive_files(int fd, int *files, size_t room, int flags) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(8 * sizeof(int))];
  } control;
  char data[20];
  struct iovec part = {data, sizeof data};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = room};
  ssize_t count = recvmsg(fd, &message, flags);
  printf("received %zd, flags %#x\n", count, message.msg_flags & ~MSG_CMSG_CLOEXEC);
  struct cmsghdr *one = CMSG_FIRSTHDR(&message);
  if (!one) return 0;
  int number = (int)((one->cmsg_len - CMSG_LEN(0)) / sizeof(int));
  memcpy(files, CMSG_DATA(one), (size_t)number * sizeof(int));
  printf("level %d type %d: %d files\n", one->cmsg_level, one->cmsg_type, number);
  return number;
}

static void pass_files(void) {
  int pair[2], files[8], got[8];
  char buffer[20] = "";
  SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  NEED(pipe(files) == 0);
  files[2] = open("file", O_RDWR | O_CREAT, 0600);
  NEED(files[2] >= 0);
  SHOW(send_files(pair[0], files, 3, "three"));
  SHOW(receive_files(pair[1], got, CMSG_SPACE(3 * sizeof(int)), MSG_CMSG_CLOEXEC));
  printf("close on exec %d\n", fcntl(got[0], F_GETFD));
  SHOW(write(got[1], "through", 7));
  SHOW(read(files[0], buffer, sizeof buffer));
  SHOW(write(files[2], "12345", 5));
  printf("the file's position is shared: %d\n", (int)lseek(got[2], 0, SEEK_CUR));
  for (int i = 0; i < 3; i++) close(got[i]);
  SHOW(send_files(pair[0], files, 3, "cut"));
  SHOW(receive_files(pair[1], got, CMSG_LEN(2 * sizeof(int)), 0));
  printf("close on exec %d\n", fcntl(got[0], F_GETFD));
  SHOW(send_files(pair[0], files, 1, "no room"));
  SHOW(receive_files(pair[1], got, 0, 0));
  SHOW(send_files(pair[0], files, 1, "half a header"));
  SHOW(receive_files(pair[1], got, 7, 0));
  files[1] = 999;
  SHOW(send_files(pair[0], files, 2, "bad"));
  // A directory, and a socket to itself.
  files[0] = open(".", O_RDONLY | O_DIRECTORY);
  files[1] = pair[0];
  SHOW(send_files(pair[0], files, 2, "directory"));
  close(files[0]);
  SHOW(receive_files(pair[1], got, CMSG_SPACE(2 * sizeof(int)), 0));
  SHOW_OK(openat(got[0], "file", O_RDONLY));
  SHOW(write(got[1], "x", 1));
  SHOW(read(pair[1], buffer, sizeof buffer));
  close(pair[0]), close(pair[1]);
}

static void credentials(void) {
  int pair[2], on = 1;
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  struct ucred who;
  socklen_t length = sizeof who;
  SHOW(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &who, &length));
  printf("peer is this process: %d %d %d\n", who.pid == getpid(), who.uid == geteuid(), who.gid == getegid());
  SHOW(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  SHOW(send(pair[0], "hi", 2, 0));
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(struct ucred))];
  } control;
  char data[20];
  struct iovec part = {data, sizeof data};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  SHOW(recvmsg(pair[1], &message, 0));
  struct cmsghdr *one = CMSG_FIRSTHDR(&message);
  NEED(one);
  memcpy(&who, CMSG_DATA(one), sizeof who);
  printf("type %d, length %zu; sender is this process: %d %d\n", one->cmsg_type,
         (size_t)(one->cmsg_len - CMSG_LEN(0)), who.pid == getpid(), who.uid == geteuid());
  message.msg_controllen = sizeof control;
  one = CMSG_FIRSTHDR(&message);
  one->cmsg_level = SOL_SOCKET;
  one->cmsg_type = SCM_CREDENTIALS;
  one->cmsg_len = CMSG_LEN(sizeof who);
  who = (struct ucred){getpid(), geteuid(), getegid()};
  memcpy(CMSG_DATA(one), &who, sizeof who);
  SHOW(sendmsg(pair[0], &message, 0));
  message.msg_controllen = sizeof control;
  SHOW(recvmsg(pair[1], &message, 0));
  close(pair[0]), close(pair[1]);
}

static void paths(void) {
  struct sockaddr_un address = {0};
  char name[108];
  memset(name, 'n', sizeof name);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
  NEED(mkdir("dir", 0700) == 0 && symlink("dir/inner", "link") == 0);
  SHOW(bind(fd, (struct sockaddr *)&address, set(&address, "missing/x", 9)));
  SHOW(bind(fd, (struct sockaddr *)&address, set(&address, "file/x", 6)));
  SHOW(bind(fd, (struct sockaddr *)&address, set(&address, "link", 4)));
  SHOW(bind(fd, (struct sockaddr *)&address, set(&address, "dir/../dir/inner", 16)));
  SHOW(listen(fd, 1));
  struct stat status;
  SHOW(stat("dir/inner", &status));
  printf("is a socket: %d\n", S_ISSOCK(status.st_mode));
  SHOW(connect(client, (struct sockaddr *)&address, set(&address, "link", 4)));
  close(client);
  client = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(connect(client, (struct sockaddr *)&address, set(&address, "file", 4)));
  SHOW(connect(client, (struct sockaddr *)&address, set(&address, "dir", 3)));
  SHOW(connect(client, (struct sockaddr *)&address, set(&address, "nothing", 7)));
  SHOW(connect(client, (struct sockaddr *)&address, set(&address, "\0nothing", 8)));
  close(fd);
  fd = socket(AF_UNIX, SOCK_STREAM, 0);
  SHOW(bind(fd, (struct sockaddr *)&address, set(&address, name, sizeof name)));
  SHOW(stat("dir/inner", &status));
  address.sun_family = AF_INET;
  SHOW(bind(client, (struct sockaddr *)&address, 20));
  SHOW(bind(client, (struct sockaddr *)&address, 1));
  SHOW(bind(client, (struct sockaddr *)&address, 4000));
  int datagram = socket(AF_UNIX, SOCK_DGRAM, 0);
  SHOW(listen(fd, 1));
  SHOW(connect(datagram, (struct sockaddr *)&address, set(&address, name, sizeof name)));
  close(fd), close(client), close(datagram);
}

int main(void) {
  streams("stream", 7);
  streams("\0abstract", 9);
  streams("\0with\0zero", 10);
  char name[107] = "\0long";
  memset(name + 5, 'x', sizeof name - 5);
  streams(name, sizeof name);
  datagrams();
  pass_files();
  credentials();
  paths();
  return 0;
}
