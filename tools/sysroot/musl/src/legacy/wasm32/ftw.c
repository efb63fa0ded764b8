// nftw calls its function with four arguments, which must not reach one of three.
#include <ftw.h>

typedef int callback(const char *, const struct stat *, int);

static _Thread_local callback *current;

static int call_current(const char *path, const struct stat *status, int type, struct FTW *where) {
  return current(path, status, type);
}

int ftw(const char *path, callback *function, int fd_limit) {
  callback *outer = current;
  current = function;
  int result = nftw(path, call_current, fd_limit, FTW_PHYS);
  current = outer;
  return result;
}
