// System V semaphores: operations that are done together, values, limits, and what is refused.
#include "check.h"

#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

union argument {
  int value;
  struct semid_ds *status;
  unsigned short *values;
};

static int set;

static void show_values(void) {
  unsigned short values[3] = {9, 9, 9};
  SHOW(semctl(set, 0, GETALL, (union argument){.values = values}));
  printf("values %d %d %d\n", values[0], values[1], values[2]);
}

static int change(int number, int by, int flags) {
  struct sembuf one = {(unsigned short)number, (short)by, (short)(flags | IPC_NOWAIT)};
  return semop(set, &one, 1);
}

int main(void) {
  key_t key = 0x6c766d00 + getpid() % 1000;
  SHOW(semget(key, 0, 0));
  SHOW(semget(key, 0, IPC_CREAT | 0600));
  SHOW(semget(key, -1, IPC_CREAT | 0600));
  SHOW(semget(key, 32001, IPC_CREAT | 0600));
  set = semget(key, 3, IPC_CREAT | IPC_EXCL | 0600);
  NEED(set >= 0);
  printf("found: %d %d\n", semget(key, 3, 0) == set, semget(key, 0, 0) == set);
  SHOW(semget(key, 4, 0));
  SHOW(semget(key, 3, IPC_CREAT | IPC_EXCL | 0600));
  show_values();
  SHOW(change(0, 2, 0));
  SHOW(change(0, -1, 0));
  SHOW(change(0, -2, 0));
  SHOW(change(0, 0, 0));
  SHOW(change(1, 0, 0));
  SHOW(change(3, 1, 0));
  SHOW(change(1, 32767, 0));
  SHOW(change(1, 1, 0));
  SHOW(change(2, 1, SEM_UNDO));
  show_values();
  struct sembuf both[2] = {{2, 5, IPC_NOWAIT}, {0, -5, IPC_NOWAIT}};
  SHOW(semop(set, both, 2));
  show_values();
  both[1].sem_op = -1;
  SHOW(semop(set, both, 2));
  show_values();
  SHOW(semop(set, both, 0));
  SHOW(semop(set, both, 501));
  SHOW(semop(set, (void *)-1, 1));
  SHOW(semop(-1, both, 1));
  struct timespec timeout = {0, 20000000}, bad = {0, 1000000000};
  both[0] = (struct sembuf){0, -1, 0};
  SHOW(semtimedop(set, both, 1, &timeout));
  SHOW(semtimedop(set, both, 1, &bad));
  SHOW(semctl(set, 1, GETVAL));
  SHOW(semctl(set, 3, GETVAL));
  SHOW(semctl(set, -1, GETVAL));
  SHOW(semctl(set, 1, SETVAL, (union argument){.value = 7}));
  SHOW(semctl(set, 1, SETVAL, (union argument){.value = 40000}));
  SHOW(semctl(set, 1, SETVAL, (union argument){.value = -1}));
  printf("last process: %d\n", semctl(set, 1, GETPID) == getpid());
  SHOW(semctl(set, 1, GETNCNT));
  SHOW(semctl(set, 1, GETZCNT));
  unsigned short values[3] = {1, 2, 3};
  SHOW(semctl(set, 0, SETALL, (union argument){.values = values}));
  show_values();
  values[1] = 40000;
  SHOW(semctl(set, 0, SETALL, (union argument){.values = values}));
  SHOW(semctl(set, 0, SETALL, (union argument){.values = (void *)-1}));
  struct semid_ds status;
  SHOW(semctl(set, 0, IPC_STAT, (union argument){.status = &status}));
  printf("mode %o, %lu semaphores, key %d, operated now %d, changed now %d\n", status.sem_perm.mode,
         (unsigned long)status.sem_nsems, status.sem_perm.__key == key, time(NULL) - status.sem_otime < 10,
         time(NULL) - status.sem_ctime < 10);
  SHOW(syscall(SYS_semctl, set, 0, 2, (void *)-1));
  SHOW(semctl(set, 0, 99));
  status.sem_perm.mode = 0640;
  SHOW(semctl(set, 0, IPC_SET, (union argument){.status = &status}));
  SHOW(semctl(set, 0, IPC_STAT, (union argument){.status = &status}));
  printf("mode %o\n", status.sem_perm.mode);
  SHOW(semctl(set, 0, IPC_RMID));
  SHOW(change(0, 1, 0));
  SHOW(semctl(set, 0, GETVAL));
  return 0;
}
