// Futexes of one thread: values that differ, times that pass, nobody to wake, bad words.
#include "calls.h"

#include <linux/futex.h>
#include <time.h>

static uint32_t words[4];
static const struct timespec nothing = {0, 0}, bad = {0, 1000000000}, negative = {-1, 0};

static void waiting(void) {
  CALL(futex, words, FUTEX_WAIT, 1, NULL);
  CALL(futex, words, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 1, NULL);
  CALL(futex, words, FUTEX_WAIT, 0, &nothing);
  CALL(futex, words, FUTEX_WAIT, 0, &bad);
  CALL(futex, words, FUTEX_WAIT, 0, &negative);
  CALL(futex, words, FUTEX_WAIT, 0, nowhere);
  CALL(futex, (char *)words + 1, FUTEX_WAIT, 0, &nothing);
  CALL(futex, nowhere, FUTEX_WAIT, 0, &nothing);
  CALL(futex, (char *)nowhere - 3, FUTEX_WAIT, 0, &nothing);
  CALL(futex, page_end(), FUTEX_WAIT, 0, &nothing);
  CALL(futex, NULL, FUTEX_WAIT, 0, &nothing);
  CALL(futex, words, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &nothing);
  CALL(futex, words, FUTEX_WAIT_BITSET, 0, &nothing, NULL, 1);
  CALL(futex, words, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &nothing, NULL, 1);
  CALL(futex, words, FUTEX_WAIT_BITSET, 0, &nothing, NULL, 0);
  CALL(futex, words, FUTEX_WAIT_BITSET, 1, NULL, NULL, 1);
}

static void waking(void) {
  CALL(futex, words, FUTEX_WAKE, 1);
  CALL(futex, words, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
  CALL(futex, (char *)words + 2, FUTEX_WAKE, 1);
  CALL(futex, nowhere, FUTEX_WAKE, 1);
  CALL(futex, page_end(), FUTEX_WAKE, 1);
  CALL(futex, page_end(), FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
  CALL(futex, words, FUTEX_WAKE_BITSET, 1, NULL, NULL, 1);
  CALL(futex, words, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0);
  CALL(futex, words, FUTEX_REQUEUE, 1, 1, words + 1);
  CALL(futex, words, FUTEX_REQUEUE, 1, 1, nowhere);
  CALL(futex, words, FUTEX_CMP_REQUEUE, 1, 1, words + 1, 0);
  CALL(futex, words, FUTEX_CMP_REQUEUE, 1, 1, words + 1, 9);
  CALL(futex, words, FUTEX_WAKE_OP, 1, 1, words + 1, FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0));
  printf("%u\n", words[1]);
  CALL(futex, words, FUTEX_WAKE_OP, 1, 1, page_end(), FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 0));
  CALL(futex, words, FUTEX_WAKE_OP, 1, 1, words + 1, FUTEX_OP(9, 5, FUTEX_OP_CMP_EQ, 0));
  CALL(futex, words, 99, 1);
  CALL(futex, words, FUTEX_FD, 1);
}

int main(void) {
  waiting();
  waking();
  return 0;
}
