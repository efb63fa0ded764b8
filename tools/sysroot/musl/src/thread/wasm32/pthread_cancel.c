// Deferred cancellation without looking at program counters: the VM takes the address of the thread's flag along with a
// system call that is a cancellation point. Where the flag is set before the call blocks, or when a blocked call is
// interrupted, it answers ECANCELED, and the call has done nothing.
#define _GNU_SOURCE
#include <string.h>
#include "pthread_impl.h"
#include "syscall.h"

hidden long __cancel(void);
hidden long __syscall_cp_c(syscall_arg_t, syscall_arg_t, syscall_arg_t, syscall_arg_t, syscall_arg_t, syscall_arg_t,
                           syscall_arg_t);

__linux_import("syscall_cp") long __vm_syscall_cp(volatile int *, long, long, long, long, long, long, long);

// Acts on a request; where cancellation is masked, the call that noticed it fails and no later one does.
long __cancel(void) {
  pthread_t self = __pthread_self();
  if (self->cancelasync || self->canceldisable == PTHREAD_CANCEL_ENABLE) pthread_exit(PTHREAD_CANCELED);
  self->canceldisable = PTHREAD_CANCEL_DISABLE;
  return -ECANCELED;
}

long __syscall_cp_c(syscall_arg_t number, syscall_arg_t a, syscall_arg_t b, syscall_arg_t c, syscall_arg_t d,
                    syscall_arg_t e, syscall_arg_t f) {
  pthread_t self = __pthread_self();
  int state = self->canceldisable;
  int ignored = state == PTHREAD_CANCEL_DISABLE || (state && number == SYS_close);
  if (ignored) return __syscall(number, a, b, c, d, e, f);
  long result = __vm_syscall_cp(&self->cancel, number, a, b, c, d, e, f);
  int interrupted = result == -ECANCELED || (result == -EINTR && number != SYS_close);
  if (interrupted && self->cancel && self->canceldisable != PTHREAD_CANCEL_DISABLE) return __cancel();
  return result;
}

// The signal breaks a blocked call, which then sees the flag; only asynchronous cancellation acts at once.
static void on_cancel_signal(int signal_number, siginfo_t *info, void *context) {
  pthread_t self = __pthread_self();
  a_barrier();
  if (!self->cancel || !self->cancelasync || self->canceldisable == PTHREAD_CANCEL_DISABLE) return;
  sigset_t mask = ((ucontext_t *)context)->uc_sigmask;
  mask.__bits[(SIGCANCEL - 1) / (8 * sizeof(long))] |= 1UL << (SIGCANCEL - 1) % (8 * sizeof(long));
  pthread_sigmask(SIG_SETMASK, &mask, 0);
  __cancel();
}

void __testcancel(void) {
  pthread_t self = __pthread_self();
  if (self->cancel && !self->canceldisable) __cancel();
}

static void handle_cancel_signal(void) {
  static int done;
  if (done) return;
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK, .sa_sigaction = on_cancel_signal};
  memset(&action.sa_mask, -1, _NSIG / 8);
  __libc_sigaction(SIGCANCEL, &action, 0);
  done = 1;
}

int pthread_cancel(pthread_t thread) {
  handle_cancel_signal();
  a_store(&thread->cancel, 1);
  if (thread != __pthread_self()) return pthread_kill(thread, SIGCANCEL);
  if (thread->canceldisable == PTHREAD_CANCEL_ENABLE && thread->cancelasync) pthread_exit(PTHREAD_CANCELED);
  return 0;
}
