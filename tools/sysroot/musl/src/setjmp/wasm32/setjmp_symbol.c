// For those who ask the linker whether setjmp exists: the compiler replaces every real call of it.
#include <setjmp.h>

int(setjmp)(jmp_buf buffer) { __builtin_trap(); }
int(_setjmp)(jmp_buf buffer) { __builtin_trap(); }
