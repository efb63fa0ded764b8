// Constructors run after libc is ready and in their order; atexit functions, destructors and flushing at the
// end.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int ready;

__attribute__((constructor(102))) static void second(void) {
  printf("second, HOME %s\n", getenv("HOME") ? "set" : "unset");
}
__attribute__((constructor(101))) static void first(void) { printf("first %d\n", ready++); }
__attribute__((constructor)) static void last(void) {
  void* memory = malloc(100);
  printf("last %d %d\n", ready, memory != NULL);
  free(memory);
}
__attribute__((destructor)) static void gone(void) { puts("destructor"); }

static void one(void) { puts("atexit one"); }
static void two(void) {
  puts("atexit two");
  atexit(one);
}
static void quick(void) { puts("at_quick_exit"); }

int main(void) {
  atexit(one);
  atexit(two);
  at_quick_exit(quick);
  printf("no newline, flushed at exit");
  exit(3);
}
