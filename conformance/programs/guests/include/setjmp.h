// setjmp/longjmp for guests built with -mllvm -wasm-enable-sjlj; the run time is ../sjlj.c.
#ifndef GUESTS_SETJMP_H
#define GUESTS_SETJMP_H

typedef struct {
  void* frame;     // identifies the activation that called setjmp
  unsigned label;  // which setjmp call of that activation
  struct {
    void* env;
    int value;
  } thrown;  // what longjmp throws: the exception's payload points here
} jmp_buf[1], sigjmp_buf[1];

#ifdef __cplusplus
extern "C" {
#endif
int setjmp(jmp_buf env) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf env, int value);
#ifdef __cplusplus
}
#endif

#define sigsetjmp(env, savemask) setjmp(env)
#define siglongjmp(env, value) longjmp(env, value)

#endif
