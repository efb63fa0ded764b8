// Arguments, environment, chance, clocks; run as "process.wasm 'two words' ''" with LINDVM_TEST=a=b.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void strings(int argc, char** argv) {
  EQUAL(argc, 3);
  CHECK(argc == 3 && !strcmp(argv[1], "two words") && !strcmp(argv[2], ""));
  CHECK(getenv("LINDVM_TEST") && !strcmp(getenv("LINDVM_TEST"), "a=b"));
  CHECK(getenv("HOME") == NULL);
}

static void chance(void) {
  static uint8_t a[100000], b[100000];
  EQUAL(__wasi_random_get(a, sizeof a), 0);
  EQUAL(__wasi_random_get(b, sizeof b), 0);
  CHECK(memcmp(a, b, sizeof a) != 0);
  CHECK(memcmp(a + sizeof a - 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) != 0);
  EQUAL(__wasi_random_get((uint8_t*)0xfffffff0u, 16), __WASI_ERRNO_FAULT);
}

static void clocks(void) {
  __wasi_timestamp_t a, b;
  EQUAL(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &a), 0);
  EQUAL(__wasi_sched_yield(), 0);
  EQUAL(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &b), 0);
  CHECK(b >= a);
  EQUAL(__wasi_clock_res_get(__WASI_CLOCKID_REALTIME, &a), 0);
  CHECK(a > 0 && a <= 1000000000);
  EQUAL(__wasi_clock_time_get(77, 0, &a), __WASI_ERRNO_INVAL);
  CHECK(time(NULL) > 1700000000);
}

static void through_libc(void) {
  CHECK(fopen("/nowhere/x", "r") == NULL && errno == ENOENT);
  CHECK(open("../../etc/passwd", O_RDONLY) < 0);
  CHECK(mkdir("/made", 0777) == 0);
  FILE* file = fopen("/made/text", "w+");
  CHECK(file && fputs("line 1\nline 2\n", file) >= 0 && fseek(file, 7, SEEK_SET) == 0);
  char line[16] = {0};
  CHECK(file && fgets(line, sizeof line, file) && !strcmp(line, "line 2\n"));
  if (file) fclose(file);
  struct stat status;
  CHECK(stat("/made/text", &status) == 0 && status.st_size == 14 && S_ISREG(status.st_mode));
  CHECK(rename("/made/text", "/made/moved") == 0 && unlink("/made/moved") == 0 && rmdir("/made") == 0);
  CHECK(write(99, "x", 1) == -1 && errno == EBADF);
  CHECK(!isatty(open("/file-for-isatty", O_CREAT | O_RDWR, 0666)));
}

int main(int argc, char** argv) {
  strings(argc, argv);
  chance();
  clocks();
  through_libc();
  return finish();
}
