// The thread pointer is the global __tls_base, which is per thread: struct pthread ends where the thread's block of
// _Thread_local objects begins.
#define __get_tp() ((uintptr_t)__builtin_wasm_tls_base())

#define TLS_ABOVE_TP
#define GAP_ABOVE_TP 0
#define DTP_OFFSET 0
