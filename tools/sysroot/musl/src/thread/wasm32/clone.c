// __clone(function, stack, flags, argument, parent_tid, thread_pointer, child_tid), of which posix_spawn passes four: a list of none
// is null.
#include <stdarg.h>
#include "pthread_impl.h"

hidden int __clone_and_call(int flags, void *stack, int *parent_tid, void *thread_pointer, int *child_tid,
                            int (*function)(void *), void *argument);

hidden int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...) {
  va_list more;
  va_start(more, argument);
  int *parent_tid = more ? va_arg(more, int *) : 0;
  void *thread_pointer = more ? va_arg(more, void *) : 0;
  int *child_tid = more ? va_arg(more, int *) : 0;
  va_end(more);
  return __clone_and_call(flags, stack, parent_tid, thread_pointer, child_tid, function, argument);
}
