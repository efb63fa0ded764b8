// POSIX message queues: priorities, limits, times, readiness, and what is refused.
#include "check.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char name[40];

static void show_ready(mqd_t queue) {
  struct pollfd item = {(int)queue, POLLIN | POLLOUT, 0};
  int count = poll(&item, 1, 0);
  printf("ready %d: %s %s\n", count, item.revents & POLLIN ? "in" : "-", item.revents & POLLOUT ? "out" : "-");
}

static void get(mqd_t queue) {
  char text[100] = "";
  unsigned priority = 99;
  ssize_t count = mq_receive(queue, text, sizeof text, &priority);
  if (count < 0) {
    printf("get: %s\n", errno_name(errno));
  } else {
    printf("get: %zd bytes, priority %u, %s\n", count, priority, text);
  }
}

static void show_attributes(mqd_t queue) {
  struct mq_attr attributes;
  SHOW(mq_getattr(queue, &attributes));
  printf("flags %#lx, %ld messages at most, of %ld bytes, now %ld\n", (long)attributes.mq_flags,
         (long)attributes.mq_maxmsg, (long)attributes.mq_msgsize, (long)attributes.mq_curmsgs);
}

/// The next signal, if there is one.
static void next_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  siginfo_t info;
  int number = sigtimedwait(&set, &info, &(struct timespec){0, 0});
  if (number < 0) {
    printf("no signal: %s\n", errno_name(errno));
  } else {
    printf("signal %d, of a queue %d, value %d, own %d %d\n", number, info.si_code == SI_MESGQ, info.si_value.sival_int,
           info.si_pid == getpid(), info.si_uid == getuid());
  }
}

/// A message in an empty queue sends a signal, once for each registration.
static void notices(mqd_t queue) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 77};
  SHOW(mq_notify(queue, &event));
  SHOW(mq_notify(queue, &event));
  next_signal();
  for (int i = 0; i < 2; i++) {
    SHOW(mq_send(queue, "first", 6, 1));
    next_signal();
  }
  SHOW(mq_notify(queue, &event));
  SHOW(mq_send(queue, "third", 6, 1));
  next_signal();
  for (int i = 0; i < 3; i++) get(queue);
  SHOW(mq_notify(queue, NULL));
  SHOW(mq_send(queue, "untold", 7, 1));
  next_signal();
  get(queue);
  SHOW(mq_notify(queue, &event));
  mqd_t other = mq_open(name, O_RDONLY);
  NEED(other != (mqd_t)-1);
  SHOW(mq_close(other));
  SHOW(mq_send(queue, "nobody registered", 18, 1));
  next_signal();
  get(queue);
  event.sigev_signo = 0;
  SHOW(mq_notify(queue, &event));
  SHOW(mq_send(queue, "no signal", 10, 1));
  next_signal();
  get(queue);
}

int main(void) {
  snprintf(name, sizeof name, "/lind-vm-test-%d", getpid());
  SHOW(mq_open(name, O_RDWR));
  struct mq_attr attributes = {.mq_maxmsg = 3, .mq_msgsize = 50};
  mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attributes);
  if (queue == (mqd_t)-1 && errno == ENOSYS) return 0;
  NEED(queue != (mqd_t)-1);
  SHOW(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
  show_attributes(queue);
  show_ready(queue);
  get(queue);
  SHOW(mq_send(queue, "low", 4, 1));
  show_ready(queue);
  SHOW(mq_send(queue, "high", 5, 9));
  SHOW(mq_send(queue, "low too", 8, 1));
  show_ready(queue);
  SHOW(mq_send(queue, "one too many", 13, 1));
  show_attributes(queue);
  for (int i = 0; i < 4; i++) get(queue);
  show_ready(queue);
  SHOW(mq_send(queue, "", 0, 0));
  get(queue);
  char text[60] = "";
  SHOW(mq_send(queue, text, 51, 0));
  SHOW(mq_send(queue, text, 1, 32768));
  SHOW(mq_send(queue, (void *)-1, 10, 0));
  SHOW(mq_receive(queue, text, 49, NULL));
  SHOW(mq_send(12345, text, 1, 0));
  SHOW(mq_send(0, text, 1, 0));

  mqd_t reader = mq_open(name, O_RDONLY);
  NEED(reader != (mqd_t)-1);
  SHOW(mq_send(reader, "x", 1, 0));
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  soon.tv_nsec += 20000000;
  if (soon.tv_nsec >= 1000000000) soon.tv_sec++, soon.tv_nsec -= 1000000000;
  SHOW(mq_timedreceive(reader, text, sizeof text, NULL, &soon));
  soon.tv_nsec = -1;
  SHOW(mq_timedreceive(reader, text, sizeof text, NULL, &soon));
  attributes = (struct mq_attr){.mq_flags = O_NONBLOCK};
  SHOW(mq_setattr(reader, &attributes, NULL));
  show_attributes(reader);
  get(reader);
  attributes.mq_flags = O_APPEND;
  SHOW(syscall(SYS_mq_getsetattr, (int)reader, &attributes, NULL));
  SHOW(syscall(SYS_mq_getsetattr, (int)reader, (void *)-1, NULL));
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_NONE;
  SHOW(mq_notify(reader, &event));
  SHOW(mq_notify(queue, &event));
  SHOW(mq_notify(queue, NULL));
  SHOW(mq_notify(queue, &event));
  SHOW(mq_close(reader));
  notices(queue);

  SHOW(mq_unlink(name));
  SHOW(mq_unlink(name));
  SHOW(mq_send(queue, "still there", 12, 3));
  get(queue);
  SHOW(mq_close(queue));
  attributes = (struct mq_attr){.mq_maxmsg = 0, .mq_msgsize = 50};
  SHOW(mq_open(name, O_RDWR | O_CREAT, 0600, &attributes));
  attributes = (struct mq_attr){.mq_maxmsg = 5, .mq_msgsize = -1};
  SHOW(mq_open(name, O_RDWR | O_CREAT, 0600, &attributes));
  SHOW(mq_open("/a/b", O_RDWR | O_CREAT, 0600, NULL));
  SHOW(mq_unlink("/."));
  return 0;
}
