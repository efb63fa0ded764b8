// Goes down some calls of several shapes to a system call; with an argument, to memory that is not there.
#include <stdlib.h>
#include <unistd.h>

typedef int (*Step)(int);
typedef struct {
  double a, b, c;
} Triple;

__attribute__((noinline)) int write_line(const char *text, size_t size) { return (int)write(1, text, size); }

__attribute__((noinline)) int read_at(unsigned address) { return *(volatile int *)address; }

__attribute__((noinline)) int finish(int wild) {
  if (wild) return read_at(0xfffffff0u) + 1;
  return write_line("done\n", 5) + 1;
}

__attribute__((noinline)) double spread(Triple t, int n, long long m) {
  volatile char buffer[400];
  buffer[n & 255] = (char)m;
  return t.a + t.b * t.c + finish(n) + buffer[0];
}

__attribute__((noinline)) int by_pointer(int n) {
  Triple t = {1, 2, 3};
  return (int)spread(t, n, 1ll << 40);
}

static volatile Step step = by_pointer;

__attribute__((noinline)) int recurse(int depth, int n) {
  if (depth == 0) return step(n) + 1;
  return recurse(depth - 1, n) / depth;
}

int main(int argc, char **argv) { return recurse(3, argc > 1 ? atoi(argv[1]) : 0) < 0; }
