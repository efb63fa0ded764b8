// Declarations that POSIX programs expect and Debian's wasi-libc lacks; wasi_gaps.c answers them with ENOSYS
// or with the one value that makes sense for a guest. Force-included (-include) when such a program is built.
#ifndef GUESTS_WASI_GAPS_H
#define GUESTS_WASI_GAPS_H
#ifdef __wasi__

#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>

#ifndef L_tmpnam
#define L_tmpnam 20
#endif

#ifdef __cplusplus
extern "C" {
#endif
int system(const char* command);
char* tmpnam(char* name);
FILE* tmpfile(void);
int chmod(const char* path, mode_t mode);
int fchmod(int fd, mode_t mode);
int fchown(int fd, uid_t owner, gid_t group);
uid_t geteuid(void);
uid_t getuid(void);
FILE* popen(const char* command, const char* mode);
int pclose(FILE* stream);
#ifdef __cplusplus
}
#endif

// The lock commands of fcntl: WASI has no file locks and fcntl refuses them.
#ifndef F_SETLK
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#endif

#endif
#endif
