#ifndef _SETJMP_H
#define _SETJMP_H

#ifdef __cplusplus
extern "C" {
#endif

#include <features.h>

#include <bits/setjmp.h>

typedef struct __jmp_buf_tag {
  __jmp_buf __jb;
  unsigned long __fl;
  unsigned long __ss[128 / sizeof(long)];
} jmp_buf[1];

// The compiler replaces calls of functions with the names setjmp and longjmp, which is what setjmp is made of; so every
// other way to set a jump is a macro that leads to setjmp.
int setjmp(jmp_buf) __attribute__((__returns_twice__));
_Noreturn void longjmp(jmp_buf, int);

#define setjmp setjmp

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || \
    defined(_BSD_SOURCE)
typedef jmp_buf sigjmp_buf;
struct __jmp_buf_tag *__sigsetjmp_save(sigjmp_buf, int);
_Noreturn void siglongjmp(sigjmp_buf, int);

#define sigsetjmp(buffer, save_mask) setjmp(__sigsetjmp_save(buffer, save_mask))
#endif

#if defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
_Noreturn void _longjmp(jmp_buf, int);

#define _setjmp(buffer) setjmp(buffer)
#endif

#ifdef __cplusplus
}
#endif

#endif
