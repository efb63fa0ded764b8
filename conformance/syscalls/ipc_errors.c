// Queues and semaphores: bad pointers, times that are none, descriptors that are none.
#include "calls.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <time.h>

enum { STAT = 2 };  // without what 32-bit C libraries add to IPC_STAT

static const struct timespec nothing = {0, 0}, bad = {0, 1000000000}, negative = {-1, 0};

static void posix_queue(void) {
  char name[40], text[8192];
  unsigned priority = 0;
  snprintf(name, sizeof name, "lind-vm-errors-%d", getpid());
  CALL(mq_open, nowhere, O_RDONLY, 0, NULL);
  CALL(mq_open, NULL, O_RDONLY, 0, NULL);
  CALL(mq_open, name, O_RDWR | O_CREAT, 0600, nowhere);
  int fd = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, NULL);
  NEED(fd >= 0);
  CALL(mq_timedreceive, fd, text, sizeof text, &priority, NULL);
  CALL(mq_timedsend, fd, nowhere, 4, 1, NULL);
  CALL(mq_timedsend, fd, page_end() - 2, 4, 1, NULL);
  CALL(mq_timedsend, fd, "text", 4, 1, nowhere);
  CALL(mq_timedsend, fd, "text", 4, 32768, NULL);
  CALL(mq_timedsend, fd, "text", 4, 1, &bad);
  CALL(mq_timedsend, fd, "text", 4, 1, &negative);
  CALL(mq_timedsend, 1, "text", 4, 1, NULL);
  CALL(mq_timedsend, 999, "text", 4, 1, NULL);
  CALL(mq_timedsend, fd, "text", 8193, 1, NULL);
  CALL(mq_timedsend, fd, NULL, 0, 32767, &nothing);
  CALL(mq_timedreceive, fd, text, 8191, &priority, NULL);
  CALL(mq_timedreceive, fd, text, sizeof text, &priority, nowhere);
  CALL(mq_timedreceive, fd, text, sizeof text, &priority, &bad);
  CALL(mq_timedreceive, 1, text, sizeof text, &priority, NULL);
  CALL(mq_timedreceive, 999, text, sizeof text, &priority, NULL);
  CALL(mq_timedreceive, fd, nowhere, sizeof text, &priority, NULL);
  printf("%u\n", priority);
  CALL(mq_timedsend, fd, "text", 4, 1, NULL);
  CALL(mq_timedreceive, fd, text, sizeof text, nowhere, NULL);
  CALL(mq_timedsend, fd, "text", 4, 1, NULL);
  CALL(mq_timedreceive, fd, nowhere, sizeof text, NULL, NULL);
  CALL(mq_timedreceive, fd, text, sizeof text, NULL, NULL);
  CALL(mq_getsetattr, fd, nowhere, NULL);
  CALL(mq_getsetattr, fd, NULL, nowhere);
  CALL(mq_getsetattr, 1, NULL, NULL);
  CALL(mq_notify, fd, nowhere);
  CALL(mq_notify, 1, NULL);
  CALL(mq_notify, 999, NULL);
  CALL(mq_notify, fd, NULL);
  CALL(mq_unlink, nowhere);
  CALL(mq_unlink, NULL);
  CALL(mq_unlink, "");
  CALL(mq_unlink, name);
  CALL(mq_unlink, name);
}

static void semaphores(void) {
  struct sembuf up = {0, 1, 0}, down = {0, -1, 0}, beyond = {2, 1, 0};
  int set = semget(IPC_PRIVATE, 1, 0600);
  NEED(set >= 0);
  CALL(semtimedop, set, &up, 1, &nothing);
  CALL(semtimedop, set, &down, 1, NULL);
  CALL(semtimedop, set, &down, 1, &nothing);
  CALL(semtimedop, set, &down, 1, &bad);
  CALL(semtimedop, set, &down, 1, &negative);
  CALL(semtimedop, set, &down, 1, nowhere);
  CALL(semtimedop, set, nowhere, 1, NULL);
  CALL(semtimedop, set, NULL, 1, NULL);
  CALL(semtimedop, set, &up, 0, NULL);
  CALL(semtimedop, set, &up, 501, NULL);
  CALL(semtimedop, set, &beyond, 1, NULL);
  CALL(semtimedop, -1, &up, 1, NULL);
  CALL(semop, set, nowhere, 1);
  CALL(semctl, set, 0, STAT, nowhere);
  CALL(semctl, set, 0, 17, nowhere);
  CALL(semctl, set, 0, 13, nowhere);
  CALL(semctl, set, 9, 12, 0);
  CALL(semctl, set, 0, 99, 0);
  CALL(semctl, set, 0, IPC_RMID, 0);
  CALL(semctl, set, 0, IPC_RMID, 0);
}

static void messages(void) {
  struct {
    long type;
    char text[8];
  } message = {1, "1234567"};
  int queue = msgget(IPC_PRIVATE, 0600);
  NEED(queue >= 0);
  CALL(msgsnd, queue, nowhere, 4, IPC_NOWAIT);
  CALL(msgsnd, queue, NULL, 4, IPC_NOWAIT);
  CALL(msgsnd, queue, &message, -1, IPC_NOWAIT);
  CALL(msgsnd, queue, &message, 8, IPC_NOWAIT);
  CALL(msgrcv, queue, nowhere, 8, 0, IPC_NOWAIT);
  CALL(msgrcv, queue, &message, 8, 0, IPC_NOWAIT);
  CALL(msgctl, queue, STAT, nowhere);
  CALL(msgctl, queue, IPC_SET, nowhere);
  CALL(msgctl, queue, 99, NULL);
  CALL(msgctl, queue, IPC_RMID, NULL);
  CALL(msgctl, queue, IPC_RMID, NULL);
}

int main(void) {
  posix_queue();
  semaphores();
  messages();
  return 0;
}
