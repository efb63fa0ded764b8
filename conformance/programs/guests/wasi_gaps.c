// See include/wasi_gaps.h. File modes and owners are accepted (a WASI file has none); the calls that would
// need what WASI preview 1 does not have fail with ENOSYS.
#include "wasi_gaps.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>

int system(const char* command) {
  if (command == NULL) return 0;
  errno = ENOSYS;
  return -1;
}

char* tmpnam(char* name) {
  (void)name;
  return NULL;
}

FILE* tmpfile(void) {
  errno = ENOSYS;
  return NULL;
}

int chmod(const char* path, mode_t mode) {
  (void)path, (void)mode;
  return 0;
}

int fchmod(int fd, mode_t mode) {
  (void)fd, (void)mode;
  return 0;
}

int fchown(int fd, uid_t owner, gid_t group) {
  (void)fd, (void)owner, (void)group;
  return 0;
}

uid_t geteuid(void) { return 1000; }

uid_t getuid(void) { return 1000; }

struct passwd* getpwuid(uid_t user) {
  (void)user;
  return NULL;
}

FILE* popen(const char* command, const char* mode) {
  (void)command, (void)mode;
  errno = ENOSYS;
  return NULL;
}

int pclose(FILE* stream) {
  (void)stream;
  errno = ENOSYS;
  return -1;
}
