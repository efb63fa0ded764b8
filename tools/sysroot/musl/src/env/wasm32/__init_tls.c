// Thread-local storage in one linked module: the linker defines its size, its alignment and the function that fills a
// block and makes it the calling thread's (__wasm_init_tls). A thread's memory is, from low to high addresses: its
// struct pthread, its block, and two words for the table that __tls_get_addr reads.
#define SYSCALL_NO_TLS 1
#include <stddef.h>
#include <sys/mman.h>
#include "pthread_impl.h"
#include "libc.h"
#include "atomic.h"
#include "syscall.h"

extern void __wasm_init_tls(void *);

volatile int __thread_list_lock;

int __init_tp(void *p) {
  pthread_t self = p;
  self->self = self;
  if (__set_thread_area(TP_ADJ(p)) < 0) return -1;
  libc.can_do_threads = 1;
  self->detach_state = DT_JOINABLE;
  self->tid = __syscall(SYS_set_tid_address, &__thread_list_lock);
  self->locale = &libc.global_locale;
  self->robust_list.head = &self->robust_list.head;
  self->sysinfo = __sysinfo;
  self->next = self->prev = self;
  return 0;
}

// The block itself is filled by the thread whose it is, since that is what __wasm_init_tls does: see __clone.
void *__copy_tls(unsigned char *memory) {
  uintptr_t *dtv = (uintptr_t *)(memory + libc.tls_size) - 2;
  memory += -((uintptr_t)memory + sizeof(struct pthread)) & (libc.tls_align - 1);
  pthread_t thread = (pthread_t)memory;
  dtv[0] = 1;
  dtv[1] = (uintptr_t)TP_ADJ(thread);
  thread->dtv = dtv;
  return thread;
}

static struct builtin_tls {
  struct pthread thread;
  _Alignas(16) unsigned char space[256];
} builtin_tls;

static size_t round_up(size_t n, size_t alignment) { return (n + alignment - 1) & -alignment; }

void __init_tls(size_t *aux) {
  size_t align = __builtin_wasm_tls_align();
  if (align < 16) align = 16;
  libc.tls_align = align;
  libc.tls_cnt = 1;
  libc.tls_size = round_up(sizeof(struct pthread) + __builtin_wasm_tls_size() + align + 2 * sizeof(uintptr_t), 16);
  unsigned char *memory = (unsigned char *)&builtin_tls;
  if (libc.tls_size > sizeof builtin_tls) {
    memory = (unsigned char *)__syscall(SYS_mmap2, 0, libc.tls_size, PROT_READ | PROT_WRITE,
                                        MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if ((unsigned long)memory > -4096UL) a_crash();
  }
  void *self = __copy_tls(memory);
  __wasm_init_tls(TP_ADJ(self));
  if (__init_tp(self) < 0) a_crash();
}
