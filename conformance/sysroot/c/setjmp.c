// setjmp and longjmp: values, loops, nesting, several buffers in one function, jumps out of callbacks; the
// mask of sigsetjmp.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf outer, inner;
static sigjmp_buf with_mask;

static void jump(jmp_buf* to, int value, int depth) {
  if (depth == 0) longjmp(*to, value);
  jump(to, value, depth - 1);
  puts("not reached");
}

static int compare(const void* a, const void* b) {
  if (*(const int*)a == 13 || *(const int*)b == 13) longjmp(outer, 13);
  return *(const int*)a - *(const int*)b;
}

static void values(void) {
  volatile int rounds = 0;
  int value = setjmp(outer);
  printf("%d ", value);
  if (rounds++ < 3) jump(&outer, rounds - 1, 5);
  putchar('\n');
}

static void nested(void) {
  volatile int step = 0;
  if (setjmp(outer) == 0) {
    if (setjmp(inner) == 0) jump(&inner, 1, 2);
    step++;
    if (step == 1) jump(&inner, 2, 0);
    jump(&outer, 3, 10);
  }
  printf("nested %d\n", step);
}

static void in_a_loop(void) {
  for (volatile int i = 0; i < 4; i++) {
    switch (_setjmp(inner)) {
      case 0:
        _longjmp(inner, i + 1);
      default:
        printf("round %d\n", i);
    }
  }
}

static void out_of_a_callback(void) {
  int numbers[] = {5, 1, 13, 2};
  if (setjmp(outer) == 0) {
    qsort(numbers, 4, sizeof *numbers, compare);
  } else {
    puts("left qsort");
  }
}

static void masks(void) {
  sigset_t set, now;
  sigemptyset(&set);
  if (sigsetjmp(with_mask, 1) == 0) {
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    siglongjmp(with_mask, 1);
  }
  sigprocmask(SIG_SETMASK, NULL, &now);
  printf("restored %d\n", !sigismember(&now, SIGUSR1));
  if (sigsetjmp(with_mask, 0) == 0) {
    sigprocmask(SIG_BLOCK, &set, NULL);
    siglongjmp(with_mask, 1);
  }
  sigprocmask(SIG_SETMASK, NULL, &now);
  printf("kept %d\n", sigismember(&now, SIGUSR1));
}

int main(void) {
  values();
  nested();
  in_a_loop();
  out_of_a_callback();
  masks();
  return 0;
}
