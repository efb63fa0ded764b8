// System calls are imports of the module "linux", one per number of arguments, so that a call site with a constant
// number can be bound to its handler. A 64-bit argument takes two slots, low word first, without alignment.
#define __SYSCALL_LL_E(x) (long)(x), (long)((unsigned long long)(x) >> 32)
#define __SYSCALL_LL_O(x) __SYSCALL_LL_E(x)

#define __linux_import(name) __attribute__((__import_module__("linux"), __import_name__(name)))

long __vm_syscall0(long) __linux_import("syscall0");
long __vm_syscall1(long, long) __linux_import("syscall1");
long __vm_syscall2(long, long, long) __linux_import("syscall2");
long __vm_syscall3(long, long, long, long) __linux_import("syscall3");
long __vm_syscall4(long, long, long, long, long) __linux_import("syscall4");
long __vm_syscall5(long, long, long, long, long, long) __linux_import("syscall5");
long __vm_syscall6(long, long, long, long, long, long, long) __linux_import("syscall6");

static inline long __syscall0(long n) { return __vm_syscall0(n); }
static inline long __syscall1(long n, long a) { return __vm_syscall1(n, a); }
static inline long __syscall2(long n, long a, long b) { return __vm_syscall2(n, a, b); }
static inline long __syscall3(long n, long a, long b, long c) { return __vm_syscall3(n, a, b, c); }
static inline long __syscall4(long n, long a, long b, long c, long d) { return __vm_syscall4(n, a, b, c, d); }
static inline long __syscall5(long n, long a, long b, long c, long d, long e) {
  return __vm_syscall5(n, a, b, c, d, e);
}
static inline long __syscall6(long n, long a, long b, long c, long d, long e, long f) {
  return __vm_syscall6(n, a, b, c, d, e, f);
}

#define IPC_64 0
