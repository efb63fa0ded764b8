// __clone(function, stack, flags, argument, parent_tid, thread_pointer, child_tid)
#include <stdarg.h>
#include "pthread_impl.h"

hidden int __clone_and_call(int flags, void *stack, int *parent_tid, void *thread_pointer, int *child_tid,
                            int (*function)(void *), void *argument);

hidden int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...) {
  va_list more;
  va_start(more, argument);
  int *parent_tid = va_arg(more, int *);
  void *thread_pointer = va_arg(more, void *);
  int *child_tid = va_arg(more, int *);
  va_end(more);
  return __clone_and_call(flags, stack, parent_tid, thread_pointer, child_tid, function, argument);
}
