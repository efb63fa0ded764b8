// WebAssembly calls functions by their exact type, and so the compiler names main by its parameters: __main_void,
// __main_argc_argv, or main with any others. The start code calls the first; these definitions, used where the
// program has none, lead to the next.
#include "libc.h"

extern hidden int __main_argc;
extern hidden char **__main_argv;

int __main_argc_argv(int argc, char **argv);

int __main_void(void) { return __main_argc_argv(__main_argc, __main_argv); }
