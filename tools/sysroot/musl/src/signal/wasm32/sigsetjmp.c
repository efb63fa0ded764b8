// sigsetjmp is setjmp of the buffer that this returns: the mask is kept in it, and put back by siglongjmp.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include "syscall.h"

struct __jmp_buf_tag *__sigsetjmp_save(sigjmp_buf buffer, int save_mask) {
  buffer->__fl = save_mask != 0;
  if (save_mask) __syscall(SYS_rt_sigprocmask, SIG_SETMASK, 0, buffer->__ss, _NSIG / 8);
  return buffer;
}

// For those who ask the linker whether sigsetjmp exists. Called by name, without the header, it cannot do its work.
int(sigsetjmp)(sigjmp_buf buffer, int save_mask) { __builtin_trap(); }
