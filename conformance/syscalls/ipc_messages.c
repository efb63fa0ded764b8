// System V message queues: order, types, sizes, limits, what is told of them, and what is refused.
#include "check.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_COPY
#define MSG_COPY 040000
#endif

struct message {
  long type;
  char text[9000];
};

static int put(int queue, long type, const char *text, size_t size) {
  static struct message message;
  message.type = type;
  memcpy(message.text, text, size);
  return msgsnd(queue, &message, size, IPC_NOWAIT);
}

static void get(int queue, size_t room, long type, int flags) {
  static struct message message;
  errno = 0;
  ssize_t count = msgrcv(queue, &message, room, type, flags | IPC_NOWAIT);
  if (count < 0) {
    printf("get %zu %ld %#x: %s\n", room, type, flags, errno_name(errno));
  } else {
    printf("get %zu %ld %#x: type %ld, %.*s\n", room, type, flags, message.type, (int)count, message.text);
  }
}

int main(void) {
  key_t key = 0x6c766d00 + getpid() % 1000;
  SHOW(msgget(key, 0600));
  int queue = msgget(key, IPC_CREAT | IPC_EXCL | 0640);
  NEED(queue >= 0);
  SHOW(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
  printf("the same queue: %d\n", msgget(key, 0) == queue);
  int private = msgget(IPC_PRIVATE, 0600), other = msgget(IPC_PRIVATE, 0600);
  printf("private ones differ: %d\n", private >= 0 && other >= 0 && private != other);

  const char *texts[] = {"one", "two", "three", "four", "five"};
  for (int i = 0; i < 5; i++) SHOW(put(queue, 5 - i, texts[i], strlen(texts[i])));
  SHOW(put(queue, 1, "", 0));
  struct msqid_ds status;
  SHOW(msgctl(queue, IPC_STAT, &status));
  printf("mode %o, %lu messages, %lu bytes at most, key %d, sender %d, receiver %d, sent now %d, received %d\n",
         status.msg_perm.mode, (unsigned long)status.msg_qnum, (unsigned long)status.msg_qbytes,
         status.msg_perm.__key == key, status.msg_lspid == getpid(), status.msg_lrpid,
         time(NULL) - status.msg_stime < 10, status.msg_rtime == 0);
  get(queue, 100, 0, MSG_COPY);
  get(queue, 100, 5, MSG_COPY);
  get(queue, 100, 6, MSG_COPY);
  get(queue, 100, -1, MSG_COPY);
  get(queue, 2, 1, MSG_COPY);
  get(queue, 2, 1, MSG_COPY | MSG_NOERROR);
  get(queue, 100, 1, MSG_COPY | MSG_EXCEPT);
  SHOW(msgrcv(queue, &status, 10, 0, MSG_COPY));
  SHOW(msgrcv(queue, (void *)-1, 10, 0, MSG_COPY | IPC_NOWAIT));
  get(queue, 100, 0, 0);
  get(queue, 100, 3, 0);
  get(queue, 100, -2, 0);
  get(queue, 2, 4, 0);
  get(queue, 2, 4, MSG_NOERROR);
  get(queue, 100, 2, MSG_EXCEPT);
  get(queue, 100, 77, 0);
  get(queue, 100, -1000, 0);
  get(queue, 100, 0, 0);

  int full = 0;
  static char block[8192];
  while (put(queue, 1, block, sizeof block) == 0) full++;
  printf("%d blocks fit, then %s\n", full, errno_name(errno));
  static struct message large = {.type = 1};
  SHOW(msgsnd(queue, &large, 8193, IPC_NOWAIT));
  SHOW(msgsnd(queue, &large, (size_t)-1, IPC_NOWAIT));
  large.type = 0;
  SHOW(msgsnd(queue, &large, 1, IPC_NOWAIT));
  large.type = -4;
  SHOW(msgsnd(queue, &large, 1, IPC_NOWAIT));
  SHOW(msgsnd(queue, (void *)-1, 1, IPC_NOWAIT));
  SHOW(msgsnd(-1, &large, 1, IPC_NOWAIT));
  SHOW(msgrcv(queue, (void *)-1, 10, 0, IPC_NOWAIT | MSG_NOERROR));
  SHOW(msgrcv(queue, &large, (size_t)-1, 0, IPC_NOWAIT));
  SHOW(syscall(SYS_msgctl, queue, 2, (void *)-1));
  SHOW(msgctl(queue, 99, &status));
  SHOW(msgctl(-1, IPC_STAT, &status));
  SHOW(msgctl(queue, IPC_STAT, &status));
  status.msg_perm.mode = 0600;
  SHOW(msgctl(queue, IPC_SET, &status));
  SHOW(msgctl(queue, IPC_STAT, &status));
  printf("mode %o\n", status.msg_perm.mode);
  SHOW(msgctl(queue, IPC_RMID, NULL));
  SHOW(msgctl(private, IPC_RMID, NULL));
  SHOW(msgctl(other, IPC_RMID, NULL));
  SHOW(put(queue, 1, "x", 1));
  SHOW(msgget(key, 0));
  return 0;
}
