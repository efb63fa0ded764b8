// The user database, which a WASI guest does not have: getpwuid finds nobody.
#ifndef GUESTS_PWD_H
#define GUESTS_PWD_H

#include <sys/types.h>

struct passwd {
  char *pw_name, *pw_passwd, *pw_gecos, *pw_dir, *pw_shell;
  uid_t pw_uid;
  gid_t pw_gid;
};
struct passwd* getpwuid(uid_t user);

#endif
