// Data that moves within the kernel: sendfile, splice, tee, vmsplice, copy_file_range.
#include "check.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#define BAD ((void*)-4L)

static char text[200];
static int from, to;

static void show_file(void) {
  ssize_t size = pread(to, text, sizeof text, 0);
  printf("  %zd %.*s\n", size, (int)size, text);
}

static void sends(void) {
  off_t offset = 3;
  SHOW(sendfile(to, from, &offset, 4));
  SHOW(offset);
  SHOW(lseek(from, 0, SEEK_CUR));
  SHOW(sendfile(to, from, NULL, 100));
  SHOW(lseek(from, 0, SEEK_CUR));
  SHOW(sendfile(to, from, NULL, 100));
  show_file();
  offset = -1;
  SHOW(sendfile(to, from, &offset, 4));
  SHOW(sendfile(to, from, BAD, 4));
  SHOW(sendfile(77, from, NULL, 4));
  SHOW(sendfile(from, to, NULL, 4));
}

static void copies(void) {
  off_t in = 2, out = 0;
  SHOW(copy_file_range(from, &in, to, &out, 3, 0));
  printf("  %lld %lld\n", (long long)in, (long long)out);
  show_file();
  SHOW(lseek(to, 0, SEEK_END));
  SHOW(copy_file_range(from, &in, to, NULL, 3, 0));
  SHOW(lseek(to, 0, SEEK_CUR));
  SHOW(copy_file_range(from, &in, to, &out, 3, 1));
  SHOW(copy_file_range(to, NULL, from, NULL, 3, 0));
  SHOW(copy_file_range(77, NULL, from, NULL, 3, 0));
  in = 0, out = 1;
  SHOW(copy_file_range(to, &in, to, &out, 3, 0));
  in = 1000;
  SHOW(copy_file_range(from, &in, to, NULL, 3, 0));
  show_file();
}

static void pipes(void) {
  int first[2], second[2];
  loff_t offset = 5;
  NEED(pipe2(first, O_NONBLOCK) == 0 && pipe2(second, O_NONBLOCK) == 0);
  SHOW(splice(from, &offset, first[1], NULL, 3, 0));
  SHOW(offset);
  SHOW(tee(first[0], second[1], 2, 0));
  SHOW(splice(first[0], NULL, second[1], NULL, 100, SPLICE_F_MOVE));
  SHOW(splice(first[0], NULL, second[1], NULL, 100, 0));
  SHOW(read(second[0], text, 100));
  printf("  %.5s\n", text);
  struct iovec vectors[2] = {{"abc", 3}, {"defg", 4}};
  SHOW(vmsplice(first[1], vectors, 2, 0));
  offset = 0;
  SHOW(splice(first[0], NULL, to, &offset, 5, 0));
  SHOW(offset);
  show_file();
  SHOW(splice(first[0], &offset, to, NULL, 5, 0));
  SHOW(splice(from, NULL, to, NULL, 5, 0));
  SHOW(splice(from, NULL, first[1], NULL, 5, 0x100));
  SHOW(tee(from, first[1], 5, 0));
  SHOW(tee(first[0], first[1], 5, 0));
  SHOW(vmsplice(from, vectors, 2, 0));
  SHOW(vmsplice(first[1], BAD, 2, 0));
  vectors[0] = (struct iovec){text, 1}, vectors[1] = (struct iovec){text + 1, 10};
  SHOW(vmsplice(first[0], vectors, 2, 0));
  printf("  %.2s\n", text);
}

int main(void) {
  from = open("from", O_RDWR | O_CREAT, 0600);
  NEED(from >= 0 && write(from, "0123456789", 10) == 10);
  NEED(close(from) == 0);
  from = open("from", O_RDONLY);
  to = open("to", O_RDWR | O_CREAT, 0600);
  NEED(from >= 0 && to >= 0);
  sends();
  copies();
  pipes();
  return 0;
}
