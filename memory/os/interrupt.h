#pragma once
// Breaking a host thread out of a blocking system call, from another thread or a signal handler. A thread
// that blocks for a guest does so through interruptible_syscall(), which closes the window between looking at
// the interrupt flag and blocking: whoever sets the flag and then kicks is never missed.

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace lindvm {

/// Installs the handler of the kick signal, once per process; later calls do nothing.
void install_kick_handler();

/// A host thread as a target of kicks. Valid while the thread lives.
class HostThread {
 public:
  /// No thread: kicks do nothing.
  constexpr HostThread() = default;
  static HostThread current();

  /// Blocking system calls of the thread end with EINTR. Async-signal-safe. False if there is no such thread
  /// (any more).
  bool kick() const;

 private:
  explicit HostThread(pid_t id) : id_(id) {}

  pid_t id_ = 0;
};

/// The host's system call, unless `flag` is not zero: the kernel's answer (negative errno), or -EINTR without
/// a call. A kick that follows the setting of the flag ends the call, however close the race: from the look
/// at the flag to the system-call instruction a kick makes the thread go on where -EINTR is answered. Each
/// use notes these three places in a section of its own, where the handler of kicks finds them. In line, as
/// raw_syscall() is.
[[gnu::always_inline]] inline int64_t interruptible_syscall(const std::atomic<uint32_t>& flag, long number,
                                                            uint64_t a = 0, uint64_t b = 0, uint64_t c = 0,
                                                            uint64_t d = 0, uint64_t e = 0, uint64_t f = 0) {
#if defined(__x86_64__)
  register uint64_t r10 asm("r10") = d;
  register uint64_t r8 asm("r8") = e;
  register uint64_t r9 asm("r9") = f;
  int64_t result;
  asm volatile(
      "1: cmpl $0, %[flag]\n"
      "   jne 3f\n"
      "   syscall\n"
      "2:\n"
      "   .subsection 1\n"
      "3: mov $-4, %%rax\n"
      "   jmp 2b\n"
      "   .previous\n"
      "   .pushsection lindvm_interruptible, \"a?\"\n"
      "   .long 1b - ., 2b - ., 3b - .\n"
      "   .popsection\n"
      : "=a"(result)
      : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9), [flag] "m"(flag)
      : "rcx", "r11", "memory", "cc");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register uint64_t x0 asm("x0") = a;
  register uint64_t x1 asm("x1") = b;
  register uint64_t x2 asm("x2") = c;
  register uint64_t x3 asm("x3") = d;
  register uint64_t x4 asm("x4") = e;
  register uint64_t x5 asm("x5") = f;
  uint32_t seen;
  asm volatile(
      "1: ldr %w[seen], %[flag]\n"
      "   cbnz %w[seen], 3f\n"
      "   svc #0\n"
      "2:\n"
      "   .subsection 1\n"
      "3: mov x0, #-4\n"
      "   b 2b\n"
      "   .previous\n"
      "   .pushsection lindvm_interruptible, \"a?\"\n"
      "   .long 1b - ., 2b - ., 3b - .\n"
      "   .popsection\n"
      : "+r"(x0), [seen] "=&r"(seen)
      : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), [flag] "m"(flag)
      : "memory", "cc");
  return static_cast<int64_t>(x0);
#else
#error "no system calls for this machine"
#endif
}

}  // namespace lindvm
