// What the compiler's lowering of setjmp and longjmp calls: setjmp notes the calling activation and a label; longjmp
// throws the tag __c_longjmp with a pointer to {buffer, value}; each activation that called setjmp catches it and asks
// __wasm_setjmp_test for the label, which is 0 where the jump is another activation's.
#include <setjmp.h>
#include <stdint.h>
#include <features.h>

enum { k_c_longjmp_tag = 1 };  // the compiler's number for that tag

struct jump {
  void *activation;
  uint32_t label;
  struct {
    struct __jmp_buf_tag *buffer;
    int value;
  } thrown;
};

_Static_assert(sizeof(struct jump) <= sizeof(__jmp_buf), "a jump fits its buffer");

hidden void __wasm_setjmp(struct __jmp_buf_tag *buffer, uint32_t label, void *activation) {
  struct jump *jump = (struct jump *)buffer->__jb;
  jump->activation = activation;
  jump->label = label;
}

hidden uint32_t __wasm_setjmp_test(struct __jmp_buf_tag *buffer, void *activation) {
  struct jump *jump = (struct jump *)buffer->__jb;
  return jump->activation == activation ? jump->label : 0;
}

hidden _Noreturn void __wasm_longjmp(struct __jmp_buf_tag *buffer, int value) {
  struct jump *jump = (struct jump *)buffer->__jb;
  jump->thrown.buffer = buffer;
  jump->thrown.value = value ? value : 1;
  __builtin_wasm_throw(k_c_longjmp_tag, &jump->thrown);
}
