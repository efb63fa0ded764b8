// Identifiers of queues, semaphores and segments that have been removed.
#include "calls.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { STAT = 2, SET_VALUE = 16 };

static struct {
  long type;
  char text[8];
} message = {1, ""};

/// Others get their places in the end.
static void stale(void) {
  struct sembuf up = {0, 1, IPC_NOWAIT};
  char buffer[256];
  int queue = msgget(IPC_PRIVATE, 0600), set = semget(IPC_PRIVATE, 1, 0600);
  int segment = shmget(IPC_PRIVATE, 4096, 0600);
  NEED(queue >= 0 && set >= 0 && segment >= 0);
  NEED(msgctl(queue, IPC_RMID, NULL) == 0 && shmctl(segment, IPC_RMID, NULL) == 0);
  NEED(syscall(SYS_semctl, set, 0, IPC_RMID, 0) == 0);
  for (int i = 0; i < 200; i++) {
    int again = msgget(IPC_PRIVATE, 0600), other = semget(IPC_PRIVATE, 1, 0600);
    int more = shmget(IPC_PRIVATE, 4096, 0600);
    NEED(again >= 0 && other >= 0 && more >= 0);
    if (i % 50 == 0) {
      CALL(msgsnd, queue, &message, 4, IPC_NOWAIT);
      CALL(msgrcv, queue, &message, 4, 0, IPC_NOWAIT);
      CALL(msgctl, queue, STAT, buffer);
      CALL(msgctl, queue, IPC_RMID, NULL);
      CALL(semop, set, &up, 1);
      CALL(semtimedop, set, &up, 1, NULL);
      CALL(semctl, set, 0, STAT, buffer);
      CALL(semctl, set, 0, SET_VALUE, 1);
      CALL(semctl, set, 0, IPC_RMID, 0);
      CALL(shmat, segment, NULL, 0);
      CALL(shmctl, segment, STAT, buffer);
      CALL(shmctl, segment, IPC_RMID, NULL);
    }
    NEED(msgctl(again, IPC_RMID, NULL) == 0 && shmctl(more, IPC_RMID, NULL) == 0);
    NEED(syscall(SYS_semctl, other, 0, IPC_RMID, 0) == 0);
  }
}

/// A segment lives until nobody has it attached.
static void attached(void) {
  char buffer[256];
  int segment = shmget(IPC_PRIVATE, 4096, 0600);
  char *first = shmat(segment, NULL, 0);
  NEED(segment >= 0 && first != (void *)-1);
  CALL(shmctl, segment, IPC_RMID, NULL);
  CALL(shmctl, segment, IPC_RMID, NULL);
  CALL(shmctl, segment, STAT, buffer);
  CALL(shmctl, segment, STAT, nowhere);
  CALL(shmctl, segment, IPC_SET, nowhere);
  CALL(shmctl, segment, 99, NULL);
  CALL_OK(shmat, segment, NULL, SHM_RDONLY);
  CALL(shmdt, first);
  CALL(shmdt, first);
  CALL(shmdt, first + 1);
}

int main(void) {
  stale();
  attached();
  return 0;
}
