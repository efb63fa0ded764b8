// As everywhere, but for C++'s thread_local objects, which end before static ones; and there are no arrays of
// finalisers: the compiler registers them with atexit.
#include <stdlib.h>
#include "libc.h"

static void nothing(void) {}

// The files that have something to do at the end replace these.
weak_alias(nothing, __end_thread_objects);
weak_alias(nothing, __funcs_on_exit);
weak_alias(nothing, __stdio_exit);

_Noreturn void exit(int code)
{
	__end_thread_objects();
	__funcs_on_exit();
	__stdio_exit();
	_Exit(code);
}
