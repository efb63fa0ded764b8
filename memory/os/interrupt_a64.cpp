#if defined(__aarch64__)

// lindvm_interruptible_syscall(flag, number, a, b, c, d, e, f): see memory/os/interrupt.cpp.
asm(R"(
  .text
  .globl lindvm_interruptible_syscall
  .globl lindvm_syscall_begin
  .globl lindvm_syscall_end
  .globl lindvm_syscall_interrupted
  .hidden lindvm_interruptible_syscall
  .hidden lindvm_syscall_begin
  .hidden lindvm_syscall_end
  .hidden lindvm_syscall_interrupted
  .type lindvm_interruptible_syscall, %function
  .balign 16
lindvm_interruptible_syscall:
  .cfi_startproc
lindvm_syscall_begin:
  ldr w9, [x0]
  cbnz w9, lindvm_syscall_interrupted
  mov x8, x1
  mov x0, x2
  mov x1, x3
  mov x2, x4
  mov x3, x5
  mov x4, x6
  mov x5, x7
  svc #0
lindvm_syscall_end:
  ret
lindvm_syscall_interrupted:
  mov x0, #-4
  ret
  .cfi_endproc
  .size lindvm_interruptible_syscall, . - lindvm_interruptible_syscall
)");

#endif
