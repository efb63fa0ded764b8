#if defined(__aarch64__)

// lindvm_abandonable_call(a, b, c, function, sp): see memory/os/abandonable_call.cpp. The AAPCS64 order of
// the first three arguments is the callee's own.
asm(R"(
  .text
  .globl lindvm_abandonable_call
  .globl lindvm_call_abandoned
  .hidden lindvm_abandonable_call
  .hidden lindvm_call_abandoned
  .type lindvm_abandonable_call, %function
  .balign 16
lindvm_abandonable_call:
  .cfi_startproc
  stp x29, x30, [sp, #-160]!
  .cfi_def_cfa_offset 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  mov x29, sp
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x4]
  blr x3
  mov w0, #1
0:
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
lindvm_call_abandoned:
  mov w0, #0
  b 0b
  .cfi_endproc
  .size lindvm_abandonable_call, . - lindvm_abandonable_call
)");

#endif
