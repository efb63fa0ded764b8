// A call through a pointer of another type traps, and says what both sides are and where.
// status: 132
// stdout: before
// stderr: indirect call type mismatch: expected \[i32 i32\] -> \[i32\], found \[i32\] -> \[i32\]: apply \(\+0x[0-9a-f]+\) at .*calls_trap\.c:[0-9]+ calls callee
// stderr:  0: apply
// stderr:  1: .*main
#include <stdio.h>

__attribute__((noinline)) static int callee(int value) { return value + 1; }

typedef int (*binary)(int, int);
static void *volatile pointer = (void *)callee;

__attribute__((noinline)) static int apply(int a, int b) {
  binary function = (binary)pointer;
  return function(a, b) * 3;
}

int main(void) {
  puts("before");
  fflush(stdout);
  printf("%d\n", apply(1, 2));
  return 0;
}
