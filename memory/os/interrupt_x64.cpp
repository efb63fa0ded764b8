#if defined(__x86_64__)

// lindvm_interruptible_syscall(flag, number, a, b, c, d, e, f): see memory/os/interrupt.cpp. The first six
// come in registers, e and f on the stack.
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
  .type lindvm_interruptible_syscall, @function
  .balign 16
lindvm_interruptible_syscall:
  .cfi_startproc
lindvm_syscall_begin:
  cmpl $0, (%rdi)
  jne lindvm_syscall_interrupted
  mov %rsi, %rax
  mov %rdx, %rdi
  mov %rcx, %rsi
  mov %r8, %rdx
  mov %r9, %r10
  mov 8(%rsp), %r8
  mov 16(%rsp), %r9
  syscall
lindvm_syscall_end:
  ret
lindvm_syscall_interrupted:
  mov $-4, %rax
  ret
  .cfi_endproc
  .size lindvm_interruptible_syscall, . - lindvm_interruptible_syscall
)");

#endif
