// Calls whose frames are hard to unwind: tail calls to functions with more or fewer parameters, several results that cover the
// return address, signatures of every size.
// options: -O2 -mtail-call -mmultivalue -Xclang -target-abi -Xclang experimental-mv
#include <stdio.h>
#include <string.h>

typedef struct {
  long long a, b, c;
} Three;

__attribute__((noinline)) Three three_of_none(void) {
  volatile long long one = 1;
  return (Three){one, one + 1, one + 2};
}

__attribute__((noinline)) Three three_of_one(int n) {
  Three t = three_of_none();
  return (Three){t.a + n, t.b, t.c};
}

__attribute__((noinline)) int many(int a, int b, int c, int d, int e, int f) {
  volatile int sum = a + b + c + d + e + f;
  return sum;
}

__attribute__((noinline)) int few(int a) { return many(a, 1, 2, 3, 4, 5); }
__attribute__((noinline)) int narrow(int a, int b, int c, int d) { return few(a + b + c + d); }
__attribute__((noinline)) int pointer_to(int (*f)(int), int n) { return f(n); }

static int (*volatile chosen)(int) = few;

int main(void) {
  Three t = three_of_one(narrow(1, 2, 3, 4));
  char text[64];
  memset(text, 0, sizeof text);
  return t.a + pointer_to(chosen, 3) + many(text[0], 0, 0, 0, 0, 0) == 0;
}
