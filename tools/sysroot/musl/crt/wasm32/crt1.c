// The entry of a program: sp points to argc, argv, 0, envp, 0 and the auxiliary vector, as on ELF.
#include <stddef.h>
#include "libc.h"

extern int __main_void(void);
extern void __wasm_call_ctors(void);

// For a main that takes parameters: see src/env/wasm32/__main_void.c.
hidden int __main_argc;
hidden char **__main_argv;

int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void));

// Constructors are in a function of the linker's, not in an array; libc calls this when it is ready for them.
hidden void __libc_start_init(void) { __wasm_call_ctors(); }

static int call_main(int argc, char **argv, char **envp) {
  __main_argc = argc;
  __main_argv = argv;
  return __main_void();
}

__attribute__((__export_name__("_start"))) void _start(long *sp) {
  __libc_start_main(call_main, (int)sp[0], (char **)(sp + 1), NULL, NULL, NULL);
}
