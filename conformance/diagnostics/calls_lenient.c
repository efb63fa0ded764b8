// The same and worse with --lenient-calls: surplus arguments are dropped, missing ones and results are zero, and each place is
// told once.
// options: --lenient-calls
// stdout: surplus 8
// stdout: missing 5 0 0
// stdout: result dropped 3
// stdout: no result 0
// stdout: sorted 1 2 3 4
// stdout: deep 55
// stderr: call adapted: expected \[i32 i32\] -> \[i32\], found \[i32\] -> \[i32\]: .*main .*calls_lenient\.c:[0-9]+ calls one\n
// stderr: calls three
// stderr: calls compare
// stderr: calls descend
// stderr-distinct: all
#include <stdio.h>
#include <stdlib.h>

static int calls;
static int one(int value) { return value + 1; }
static int three(int a, int b, int c) {
  printf("missing %d %d %d\n", a, b, c);
  return 0;
}
static int counted(void) { return ++calls; }
static void nothing(int value) { calls += value; }
static int compare(const int *a, const int *b, void *unused) { return (*a > *b) - (*a < *b); }

static void *volatile pointers[8];

/// Each level is a call of another type, so that adapters stand between all frames.
static int descend(int depth, int surplus) {
  int (*next)(int) = (int (*)(int))pointers[4];
  return depth == 0 ? 0 : depth + next(depth - 1);
}

int main(void) {
  pointers[0] = (void *)one, pointers[1] = (void *)three, pointers[2] = (void *)counted;
  pointers[3] = (void *)nothing, pointers[4] = (void *)descend, pointers[5] = (void *)compare;
  int sum = 0;
  for (int i = 0; i < 3; i++) sum += ((int (*)(int, int))pointers[0])(i, 1000);
  printf("surplus %d\n", sum + 2);
  ((int (*)(int))pointers[1])(5);
  for (int i = 0; i < 3; i++) ((void (*)(void))pointers[2])();
  printf("result dropped %d\n", calls);
  printf("no result %d\n", ((int (*)(int))pointers[3])(1));
  int values[] = {3, 1, 4, 2};
  qsort(values, 4, sizeof *values, (int (*)(const void *, const void *))pointers[5]);
  printf("sorted %d %d %d %d\n", values[0], values[1], values[2], values[3]);
  printf("deep %d\n", descend(10, 0));
  return 0;
}
