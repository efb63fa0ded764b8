// Calls by their numbers, past what C libraries check or answer themselves. 32-bit machines know those that take times
// by other names; headers may be older than a call.
#ifndef CALLS_H
#define CALLS_H

#include "check.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __wasm__
#define SYS_clock_adjtime SYS_clock_adjtime64
#define SYS_clock_getres SYS_clock_getres_time64
#define SYS_clock_gettime SYS_clock_gettime64
#define SYS_clock_nanosleep SYS_clock_nanosleep_time64
#define SYS_clock_settime SYS_clock_settime64
#define SYS_mq_timedreceive SYS_mq_timedreceive_time64
#define SYS_mq_timedsend SYS_mq_timedsend_time64
#define SYS_ppoll SYS_ppoll_time64
#define SYS_pselect6 SYS_pselect6_time64
#define SYS_recvmmsg SYS_recvmmsg_time64
#define SYS_rt_sigtimedwait SYS_rt_sigtimedwait_time64
#define SYS_sched_rr_get_interval SYS_sched_rr_get_interval_time64
#define SYS_semtimedop SYS_semtimedop_time64
#define SYS_timer_gettime SYS_timer_gettime64
#define SYS_timer_settime SYS_timer_settime64
#define SYS_timerfd_gettime SYS_timerfd_gettime64
#define SYS_timerfd_settime SYS_timerfd_settime64
#define SYS_truncate SYS_truncate64
#define SYS_utimensat SYS_utimensat_time64
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#ifndef SYS_cachestat
#define SYS_cachestat 451
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat 463
#define SYS_getxattrat 464
#define SYS_listxattrat 465
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#define SYS_file_setattr 469
#endif

/// What sched_setattr takes, in its first version, for headers that lack it.
typedef struct {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
} SchedulingAttributes;

/// An address that no process has.
static void *const nowhere = (void *)-1L;

/// No process has this number.
enum { NOBODY = 99999999 };

#define CALL_WITH(show, name, number, ...)             \
  do {                                                 \
    errno = 0;                                         \
    long call_value = syscall(number, ##__VA_ARGS__);  \
    show(name "(" #__VA_ARGS__ ")", call_value, errno); \
  } while (0)

/// Prints a call and its result.
#define CALL(name, ...) CALL_WITH(show_result, #name, SYS_##name, ##__VA_ARGS__)

/// Prints whether it worked, or its error: for results that may differ.
#define CALL_OK(name, ...) CALL_WITH(show_success, #name, SYS_##name, ##__VA_ARGS__)

static inline void show_success(const char *text, long value, int error) {
  show_result(text, value == -1 ? -1 : 0, error);
}

/// The end of a page behind which there is no memory.
static inline char *page_end(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(pages != MAP_FAILED);
  NEED(mprotect(pages + 4096, 4096, PROT_NONE) == 0);
  return pages + 4096;
}

/// Gives up what root may do and others may not.
static inline void drop_privileges(void) {
  if (syscall(SYS_geteuid) == 0) NEED(syscall(SYS_setresuid, 1234, 1234, 1234) == 0);
}

#endif
