// Limits of queues, semaphores, segments and timers: by size, by number, by time, by what a process without privileges
// may have.
#include "calls.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/timerfd.h>
#include <time.h>

enum { SET_VALUE = 16, SET_ALL = 17, ALL_HUGE = sizeof(void *) == 8 };

struct attributes {
  long flags, messages, bytes, now, unused[4];
};

static char name[300];

static void names(void) {
  memset(name, 'n', 256);
  CALL(mq_open, name, O_RDONLY, 0, NULL);
  CALL(mq_open, name, O_RDWR | O_CREAT, 0600, NULL);
  CALL(mq_unlink, name);
  name[255] = '\0';
  CALL(mq_open, name, O_RDONLY, 0, NULL);
  CALL(mq_unlink, name);
}

static void times(void) {
  struct attributes small = {.messages = 1, .bytes = 8};
  struct timespec past = {1, 0}, end;
  snprintf(name, sizeof name, "lind-vm-limits-%d", getpid());
  int fd = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
  NEED(fd >= 0);
  CALL(mq_timedreceive, fd, name, sizeof name, NULL, &past);
  CALL(mq_timedsend, fd, "text", 4, 0, &past);
  CALL(mq_timedsend, fd, "text", 4, 0, &past);
  NEED(clock_gettime(CLOCK_REALTIME, &end) == 0);
  end.tv_sec += end.tv_nsec >= 980000000;
  end.tv_nsec = (end.tv_nsec + 20000000) % 1000000000;
  CALL(mq_timedsend, fd, "text", 4, 0, &end);
  CALL(mq_timedsend, fd, "text", 9, 0, &end);
  struct sigevent event = {.sigev_notify = 99};
  CALL(mq_notify, fd, &event);
  event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 65};
  CALL(mq_notify, fd, &event);
  event.sigev_signo = -1;
  CALL(mq_notify, fd, &event);
  snprintf(name, sizeof name, "lind-vm-limits-%d", getpid());
  CALL_OK(mq_unlink, name);
  close(fd);
}

static void charge(long messages, long bytes) {
  struct attributes wanted = {.messages = messages, .bytes = bytes};
  printf("%ld messages of %ld: ", messages, bytes);
  CALL_OK(mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, &wanted);
  if (syscall(SYS_mq_unlink, name) != 0) printf("none\n");
}

/// By the bytes that a user's queues may have: of a user who has no others.
static void queue_bytes(void) {
  struct rlimit limit = {20000, 20000};
  NEED(setrlimit(RLIMIT_MSGQUEUE, &limit) == 0);
  charge(10, 8192);
  charge(10, 1000);  // is still open, and counts
  charge(10, 1000);
  charge(1, 1);
  charge(0, 1);
}

static void semaphores(void) {
  struct sembuf most = {0, 32767, 0}, up = {0, 1, 0}, undo = {0, 1, SEM_UNDO};
  unsigned short beyond[1] = {32768};
  int set = semget(IPC_PRIVATE, 1, 0600);
  NEED(set >= 0);
  CALL(semctl, set, 0, SET_VALUE, 32768);
  CALL(semctl, set, 0, SET_ALL, beyond);
  CALL(semop, set, &most, 1);
  CALL(semop, set, &up, 1);
  CALL(semtimedop, set, &up, 1, NULL);
  CALL(semtimedop, set, &undo, 1, NULL);
  CALL(semctl, set, 0, IPC_RMID, 0);
  CALL(semget, IPC_PRIVATE, 0, 0600);
  CALL(semget, IPC_PRIVATE, 32001, 0600);
  CALL(semget, IPC_PRIVATE, -1, 0600);
}

/// More than there are addresses for.
static void segments(void) {
  size_t half = ALL_HUGE ? (size_t)1 << 46 : (size_t)1 << 30;
  int segment = shmget(IPC_PRIVATE, half, 0600 | SHM_NORESERVE), tries = 0;
  NEED(segment >= 0);
  while (tries < 8 && shmat(segment, NULL, SHM_RDONLY) != (void *)-1) tries++;
  printf("some: %d, one more: %s\n", tries > 0 && tries < 8, errno_name(errno));
  CALL(shmctl, segment, IPC_RMID, NULL);
  CALL(shmget, IPC_PRIVATE, half, 0600 | SHM_HUGETLB);
  CALL(shmget, IPC_PRIVATE, 0, 0600);
  CALL(shmget, IPC_PRIVATE, -4096L, 0600);
}

static void locking(rlim_t bytes) {
  struct rlimit limit = {bytes, bytes};
  int segment = shmget(IPC_PRIVATE, 8192, 0600);
  NEED(segment >= 0 && setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
  printf("%d bytes may be locked:\n", (int)bytes);
  CALL(shmctl, segment, SHM_LOCK, NULL);
  CALL(shmctl, segment, SHM_LOCK, NULL);
  CALL(shmctl, segment, SHM_UNLOCK, NULL);
  CALL(shmctl, segment, IPC_RMID, NULL);
}

static void another_s(void) {
  int segment = shmget(IPC_PRIVATE, 4096, 0666);
  NEED(segment >= 0 && syscall(SYS_setresuid, -1, 1234, -1) == 0);
  CALL(shmctl, segment, SHM_LOCK, NULL);
  CALL(shmctl, segment, SHM_UNLOCK, NULL);
  CALL(shmctl, segment, IPC_RMID, NULL);
  NEED(syscall(SYS_setresuid, -1, 0, -1) == 0 && shmctl(segment, IPC_RMID, NULL) == 0);
}

static void without_privileges(void) {
  int own = 20000 + getpid();
  NEED(syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setresgid, 1234, 1234, 1234) == 0);
  NEED(syscall(SYS_setresuid, own, own, own) == 0);
  queue_bytes();
  CALL(shmget, IPC_PRIVATE, 4096, 0600 | SHM_HUGETLB);
  locking(16384);
  locking(4096);
  locking(0);
  CALL(timerfd_create, CLOCK_REALTIME_ALARM, 0);
  CALL(timerfd_create, CLOCK_BOOTTIME_ALARM, 0);
}

int main(void) {
  names();
  times();
  semaphores();
  segments();
  another_s();
  without_privileges();
  return 0;
}
