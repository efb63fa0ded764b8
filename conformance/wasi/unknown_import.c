// A function that the personality does not have links, and answers ENOSYS.
#include "check.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("no_such_function"))) int
no_such_function(int, long long);

int main(void) {
  EQUAL(no_such_function(1, 2), __WASI_ERRNO_NOSYS);
  return finish();
}
