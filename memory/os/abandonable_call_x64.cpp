#if defined(__x86_64__)

// lindvm_abandonable_call(a, b, c, function, sp): see memory/os/abandonable_call.cpp. The System V order of
// the first three arguments is the callee's own.
asm(R"(
  .text
  .globl lindvm_abandonable_call
  .globl lindvm_call_abandoned
  .hidden lindvm_abandonable_call
  .hidden lindvm_call_abandoned
  .type lindvm_abandonable_call, @function
  .balign 16
lindvm_abandonable_call:
  .cfi_startproc
  push %rbp
  .cfi_adjust_cfa_offset 8
  push %rbx
  .cfi_adjust_cfa_offset 8
  push %r12
  .cfi_adjust_cfa_offset 8
  push %r13
  .cfi_adjust_cfa_offset 8
  push %r14
  .cfi_adjust_cfa_offset 8
  push %r15
  .cfi_adjust_cfa_offset 8
  sub $8, %rsp
  .cfi_adjust_cfa_offset 8
  mov %rsp, (%r8)
  call *%rcx
  mov $1, %eax
0:
  add $8, %rsp
  .cfi_adjust_cfa_offset -8
  pop %r15
  .cfi_adjust_cfa_offset -8
  pop %r14
  .cfi_adjust_cfa_offset -8
  pop %r13
  .cfi_adjust_cfa_offset -8
  pop %r12
  .cfi_adjust_cfa_offset -8
  pop %rbx
  .cfi_adjust_cfa_offset -8
  pop %rbp
  .cfi_adjust_cfa_offset -8
  ret
lindvm_call_abandoned:
  .cfi_adjust_cfa_offset 56
  cld
  xor %eax, %eax
  jmp 0b
  .cfi_endproc
  .size lindvm_abandonable_call, . - lindvm_abandonable_call
)");

#endif
