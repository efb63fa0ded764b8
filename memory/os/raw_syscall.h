#pragma once
// The host's system call in line: its answer is a value or a negative errno, and errno stays as it is. After
// a system call each return to a caller costs several nanoseconds, since the kernel leaves nothing of the
// processor's memory of them; so what is called for every call of a guest does without libc's function. Any
// thread.

#include <cstdint>

namespace lindvm {

[[gnu::always_inline]] inline int64_t raw_syscall(long number, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0,
                                                  uint64_t d = 0, uint64_t e = 0, uint64_t f = 0) {
#if defined(__x86_64__)
  register uint64_t r10 asm("r10") = d;
  register uint64_t r8 asm("r8") = e;
  register uint64_t r9 asm("r9") = f;
  int64_t result;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register uint64_t x0 asm("x0") = a;
  register uint64_t x1 asm("x1") = b;
  register uint64_t x2 asm("x2") = c;
  register uint64_t x3 asm("x3") = d;
  register uint64_t x4 asm("x4") = e;
  register uint64_t x5 asm("x5") = f;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return static_cast<int64_t>(x0);
#else
#error "no system calls for this machine"
#endif
}

}  // namespace lindvm
