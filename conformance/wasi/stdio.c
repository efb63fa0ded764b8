// Standard streams: what comes in goes out; the runner gives "ping\n" and checks stdout and stderr itself.
#include <unistd.h>

#include "check.h"

int main(void) {
  char line[16] = {0};
  CHECK(fgets(line, sizeof line, stdin) && !strcmp(line, "ping\n"));
  CHECK(fgets(line, sizeof line, stdin) == NULL && feof(stdin));
  __wasi_fdstat_t stat;
  EQUAL(__wasi_fd_fdstat_get(1, &stat), 0);
  EQUAL(__wasi_fd_seek(1, 0, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}), __WASI_ERRNO_NOTCAPABLE);
  CHECK(!isatty(0) && !isatty(1));
  fputs("to stderr\n", stderr);
  return finish();
}
