// The run time that clang's WebAssembly lowering of setjmp/longjmp calls (-mllvm -wasm-enable-sjlj): setjmp
// notes the calling activation and a label, longjmp throws the tag __c_longjmp with a pointer to {env,
// value}, and each function that calls setjmp catches it and asks __wasm_setjmp_test whether the jump is its
// own.
#include <setjmp.h>
#include <stdint.h>

__asm__(
    ".globl __c_longjmp\n"
    ".tagtype __c_longjmp i32\n"
    "__c_longjmp:\n");

enum { k_c_longjmp_tag = 1 };  // the compiler's number for the tag above

void __wasm_setjmp(jmp_buf env, uint32_t label, void* frame) {
  env->frame = frame;
  env->label = label;
}

uint32_t __wasm_setjmp_test(jmp_buf env, void* frame) { return env->frame == frame ? env->label : 0; }

void __wasm_longjmp(jmp_buf env, int value) {
  env->thrown.env = env;
  env->thrown.value = value ? value : 1;
  __builtin_wasm_throw(k_c_longjmp_tag, &env->thrown);
}
