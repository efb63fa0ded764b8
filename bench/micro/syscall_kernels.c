// The guest side of the system-call benchmarks: one exported loop per call of the linux personality, compiled
// freestanding for wasm32. Each takes the number of iterations. Descriptors 0 to 2 are what the benchmark
// says (syscall_bench.cpp).

#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name), noinline))
#define LINUX(name) __attribute__((import_module("linux"), import_name(name)))

LINUX("syscall0") uint32_t syscall0(uint32_t);
LINUX("syscall3") uint32_t syscall3(uint32_t, uint32_t, uint32_t, uint32_t);
LINUX("syscall5") uint32_t syscall5(uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t);

enum {
  k_llseek = 62,
  k_read = 63,
  k_write = 64,
  k_writev = 66,
  k_getpid = 172,
  k_unknown = 511,
  k_fcntl = 25
};
enum { k_zero, k_null, k_file };

static uint8_t byte;
static int64_t position;
static struct {
  uint8_t* data;
  uint32_t size;
} vector = {&byte, 1};

#define KERNEL(name, call)                          \
  EXPORT(#name) uint32_t name(uint32_t n) {         \
    uint32_t sum = 0;                               \
    for (uint32_t i = 0; i < n; i++) sum += (call); \
    return sum;                                     \
  }

KERNEL(getpid, syscall0(k_getpid))
KERNEL(get_descriptor_flags, syscall3(k_fcntl, k_zero, 1, 0))
KERNEL(read_byte, syscall3(k_read, k_zero, (uint32_t)&byte, 1))
KERNEL(write_byte, syscall3(k_write, k_null, (uint32_t)&byte, 1))
KERNEL(writev_byte, syscall3(k_writev, k_null, (uint32_t)&vector, 1))
KERNEL(seek, syscall5(k_llseek, k_file, 0, 0, (uint32_t)&position, 1))
