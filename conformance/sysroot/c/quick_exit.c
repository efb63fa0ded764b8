// quick_exit runs its own functions only.
#include <stdio.h>
#include <stdlib.h>

static void never(void) { puts("not run"); }
static void one(void) {
  puts("one");
  fflush(stdout);
}

int main(void) {
  atexit(never);
  at_quick_exit(one);
  quick_exit(4);
}
