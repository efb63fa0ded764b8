#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include "syscall.h"

hidden _Noreturn void __wasm_longjmp(struct __jmp_buf_tag *, int);

_Noreturn void siglongjmp(sigjmp_buf buffer, int value) {
  if (buffer->__fl) __syscall(SYS_rt_sigprocmask, SIG_SETMASK, buffer->__ss, 0, _NSIG / 8);
  __wasm_longjmp(buffer, value);
}
