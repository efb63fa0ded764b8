// What the tests of system calls print with. All output is compared with that of the native run, so that values which
// may differ (addresses, times, process ids) must not be printed as they are.
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *errno_name(int number) {
  static char unknown[20];
  switch (number) {
#define NAME(name) \
  case name:       \
    return #name;
    NAME(EPERM) NAME(ENOENT) NAME(ESRCH) NAME(EINTR) NAME(EIO) NAME(ENXIO) NAME(E2BIG) NAME(ENOEXEC) NAME(EBADF)
    NAME(ECHILD) NAME(EAGAIN) NAME(ENOMEM) NAME(EACCES) NAME(EFAULT) NAME(ENOTBLK) NAME(EBUSY) NAME(EEXIST)
    NAME(EXDEV) NAME(ENODEV) NAME(ENOTDIR) NAME(EISDIR) NAME(EINVAL) NAME(ENFILE) NAME(EMFILE) NAME(ENOTTY)
    NAME(ETXTBSY) NAME(EFBIG) NAME(ENOSPC) NAME(ESPIPE) NAME(EROFS) NAME(EMLINK) NAME(EPIPE) NAME(EDOM)
    NAME(ERANGE) NAME(EDEADLK) NAME(ENAMETOOLONG) NAME(ENOLCK) NAME(ENOSYS) NAME(ENOTEMPTY) NAME(ELOOP)
    NAME(ENODATA) NAME(EOVERFLOW) NAME(EILSEQ) NAME(ENOTSOCK) NAME(EDESTADDRREQ) NAME(EMSGSIZE) NAME(EPROTOTYPE)
    NAME(ENOPROTOOPT) NAME(EPROTONOSUPPORT) NAME(ESOCKTNOSUPPORT) NAME(EOPNOTSUPP) NAME(EAFNOSUPPORT)
    NAME(EADDRINUSE) NAME(EADDRNOTAVAIL) NAME(ENETUNREACH) NAME(ECONNABORTED) NAME(ECONNRESET) NAME(ENOBUFS)
    NAME(EISCONN) NAME(ENOTCONN) NAME(ETIMEDOUT) NAME(ECONNREFUSED) NAME(EHOSTUNREACH) NAME(EALREADY)
    NAME(EINPROGRESS) NAME(ESTALE) NAME(ECANCELED) NAME(EIDRM) NAME(ENOMSG)
#undef NAME
  }
  snprintf(unknown, sizeof unknown, "errno %d", number);
  return unknown;
}

static inline void show_result(const char *text, long long value, int error) {
  if (value == -1) {
    printf("%s: -1 %s\n", text, errno_name(error));
  } else {
    printf("%s: %lld\n", text, value);
  }
}

/// The value of a call that answers a number or a pointer; -1 is -1 in both.
#define VALUE(call) (__builtin_classify_type(call) == 5 ? (long long)(intptr_t)(call) : (long long)(call))

/// Prints a call and its result, an error with its name.
#define SHOW(call)                         \
  do {                                     \
    errno = 0;                             \
    long long show_value = VALUE(call);    \
    show_result(#call, show_value, errno); \
  } while (0)

/// Prints whether a call worked, or its error: for results that may differ.
#define SHOW_OK(call)                            \
  do {                                           \
    errno = 0;                                   \
    if (VALUE(call) == -1) {             \
      printf("%s: -1 %s\n", #call, errno_name(errno)); \
    } else {                                     \
      printf("%s: ok\n", #call);                 \
    }                                            \
  } while (0)

/// Ends the test if a condition that the rest needs does not hold.
#define NEED(condition)                                                          \
  do {                                                                           \
    if (!(condition)) {                                                          \
      printf("line %d: %s: %s\n", __LINE__, #condition, errno_name(errno));      \
      exit(1);                                                                   \
    }                                                                            \
  } while (0)

#endif
