// Who may use queues, semaphores and segments: root's by another user, and the other way round, as far as the test may
// change users. How many queues somebody may make who is not root.
#include "calls.h"

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

enum { STAT = 2, SET_VALUE = 16, GET_VALUE = 12, GET_PID = 11, GET_ALL = 13, OTHER = 1234 };

struct attributes {
  long flags, messages, bytes, now, unused[4];
};

static int queue, set, segment;
static char name[40];

static void make(int mode) {
  queue = msgget(IPC_PRIVATE, mode);
  set = semget(IPC_PRIVATE, 2, mode);
  segment = shmget(IPC_PRIVATE, 4096, mode);
  NEED(queue >= 0 && set >= 0 && segment >= 0);
}

static void use(void) {
  struct {
    long type;
    char text[8];
  } message = {1, "text"};
  struct sembuf up = {0, 1, IPC_NOWAIT}, look = {1, 0, IPC_NOWAIT};
  unsigned short values[2];
  struct msqid_ds queue_status;
  struct shmid_ds segment_status;
  SHOW(msgsnd(queue, &message, 4, IPC_NOWAIT));
  SHOW(msgrcv(queue, &message, 4, 0, IPC_NOWAIT));
  SHOW(msgctl(queue, IPC_STAT, &queue_status));
  SHOW(semop(set, &up, 1));
  SHOW(semop(set, &look, 1));
  CALL(semtimedop, set, &up, 1, NULL);
  CALL(semtimedop, set, &look, 1, NULL);
  CALL(semctl, set, 0, SET_VALUE, 1);
  CALL(semctl, set, 0, SET_VALUE, -1);
  CALL(semctl, set, 9, SET_VALUE, 1);
  CALL(semctl, set, 0, GET_VALUE, 0);
  CALL(semctl, set, 0, GET_ALL, values);
  SHOW_OK(shmat(segment, NULL, 0));
  SHOW_OK(shmat(segment, NULL, SHM_RDONLY));
  SHOW(shmctl(segment, IPC_STAT, &segment_status));
}

static void give(int mode) {
  struct msqid_ds status;
  if (msgctl(queue, IPC_STAT, &status) != 0) return;
  status.msg_perm.uid = OTHER;
  status.msg_perm.mode = (unsigned short)mode;
  SHOW(msgctl(queue, IPC_SET, &status));
  status.msg_qbytes = 1 << 20;
  SHOW_OK(msgctl(queue, IPC_SET, &status));
}

static void removing(void) {
  SHOW(msgctl(queue, IPC_RMID, NULL));
  CALL(semctl, set, 0, IPC_RMID, 0);
  SHOW(shmctl(segment, IPC_RMID, NULL));
}

static void keyed(int mode) {
  key_t key = 0x5eed0000 + getpid();
  queue = msgget(key, IPC_CREAT | IPC_EXCL | 0640);
  set = semget(key, 2, IPC_CREAT | IPC_EXCL | 0640);
  segment = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0640);
  NEED(queue >= 0 && set >= 0 && segment >= 0);
  SHOW(setresuid(-1, OTHER, -1));
  SHOW_OK(msgget(key, 0));
  SHOW_OK(msgget(key, mode));
  SHOW_OK(semget(key, 0, 0));
  SHOW_OK(semget(key, 2, mode));
  SHOW_OK(semget(key, 3, mode));
  SHOW_OK(shmget(key, 0, 0));
  SHOW_OK(shmget(key, 4096, mode));
  SHOW_OK(shmget(key, 4097, mode));
  SHOW(setresuid(-1, 0, -1));
  removing();
}

static void queue_files(void) {
  snprintf(name, sizeof name, "lind-vm-owners-%d", getpid());
  CALL(umask, 027);
  int fd = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0666, NULL);
  struct stat status;
  NEED(fd >= 0);
  SHOW(fstat(fd, &status));
  printf("%o, owner %d\n", (unsigned)status.st_mode, status.st_uid == geteuid() && status.st_gid == getegid());
  SHOW(setresgid(-1, OTHER, -1));
  SHOW(setresuid(-1, OTHER, -1));
  CALL_OK(mq_open, name, O_RDONLY, 0, NULL);
  CALL_OK(mq_open, name, O_RDWR, 0, NULL);
  CALL(mq_unlink, name);
  struct attributes large = {.messages = 11, .bytes = 8192};
  CALL(mq_open, "lind-vm-large", O_RDWR | O_CREAT, 0600, &large);
  SHOW(setresuid(-1, 0, -1));
  SHOW(setresgid(-1, 0, -1));
  CALL(mq_unlink, name);
}

/// Small queues until there may be no more; the number of those that are there already is not known.
static void fill_names(void) {
  struct attributes small = {.messages = 1, .bytes = 1};
  int made = 0, fd;
  for (;; made++) {
    snprintf(name, sizeof name, "lind-vm-owners-%d-%d", getpid(), made);
    fd = (int)syscall(SYS_mq_open, name, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
    if (fd < 0) break;
    close(fd);
  }
  printf("%d, one more: %s\n", made > 0 && made <= 256, errno_name(errno));
  while (made-- > 0) {
    snprintf(name, sizeof name, "lind-vm-owners-%d-%d", getpid(), made);
    NEED(syscall(SYS_mq_unlink, name) == 0);
  }
}

int main(void) {
  make(0600);
  SHOW(setresuid(-1, OTHER, -1));
  use();
  removing();
  SHOW(setresuid(-1, 0, -1));
  give(0200);
  SHOW(setresuid(-1, OTHER, -1));
  use();
  SHOW(setresuid(-1, 0, -1));
  removing();
  make(0604);
  SHOW(setresuid(-1, OTHER, -1));
  use();
  removing();
  SHOW(setresuid(-1, 0, -1));
  removing();
  SHOW(setresuid(-1, OTHER, -1));
  make(0400);
  use();
  SHOW(setresuid(-1, 0, -1));
  use();
  removing();
  keyed(0400);
  keyed(0200);
  queue_files();
  SHOW(setresuid(-1, OTHER, -1));
  fill_names();
  return 0;
}
