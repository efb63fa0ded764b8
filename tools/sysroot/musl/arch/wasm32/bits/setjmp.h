// Six words are used: see src/setjmp/wasm32/setjmp.c.
typedef unsigned long long __jmp_buf[8];
