// The functions for those who take their address, and for siglongjmp; calls by these names are the compiler's.
#include <setjmp.h>
#include <features.h>

hidden _Noreturn void __wasm_longjmp(struct __jmp_buf_tag *, int);

_Noreturn void longjmp(jmp_buf buffer, int value) { __wasm_longjmp(buffer, value); }
weak_alias(longjmp, _longjmp);
