// Watching files with inotify; what guests may not have.
#include "paths.h"

#include <poll.h>
#include <sys/inotify.h>

static void show_events(int fd) {
  char buffer[4096] __attribute__((aligned(8)));
  struct pollfd ready = {fd, POLLIN, 0};
  while (poll(&ready, 1, 0) == 1) {
    ssize_t count = read(fd, buffer, sizeof buffer);
    NEED(count > 0);
    for (ssize_t at = 0; at < count;) {
      struct inotify_event *event = (struct inotify_event *)(buffer + at);
      printf("watch %d, mask %x, cookie %d, name %s\n", event->wd, event->mask, event->cookie != 0,
             event->len ? event->name : "-");
      at += (ssize_t)(sizeof *event + event->len);
    }
  }
}

int main(void) {
  char small[4];
  NEED(mkdir("dir", 0755) == 0 && symlink("dir", "to_dir") == 0);
  make_file("file", "file");
  int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  NEED(fd >= 0);
  SHOW(read(fd, small, sizeof small));
  SHOW(inotify_add_watch(fd, "to_dir", IN_CREATE | IN_DELETE | IN_MOVE));
  SHOW(inotify_add_watch(fd, "dir/../file", IN_MODIFY | IN_ATTRIB | IN_OPEN));
  make_file("dir/new", "x");
  NEED(rename("dir/new", "dir/newer") == 0);
  NEED(unlink("dir/newer") == 0);
  show_events(fd);
  NEED(chmod("file", 0600) == 0);
  NEED(truncate("file", 1) == 0);
  show_events(fd);
  SHOW(read(fd, small, sizeof small));
  SHOW(inotify_add_watch(fd, "missing", IN_CREATE));
  SHOW(inotify_add_watch(fd, "file", IN_ONLYDIR | IN_CREATE));
  SHOW(inotify_add_watch(fd, "to_dir", IN_ONLYDIR | IN_DONT_FOLLOW | IN_CREATE));
  SHOW(inotify_add_watch(fd, "file", 0));
  SHOW(inotify_add_watch(99, "file", IN_CREATE));
  SHOW(inotify_add_watch(0, "file", IN_CREATE));
  SHOW(inotify_rm_watch(fd, 1));
  SHOW(inotify_rm_watch(fd, 77));
  SHOW(inotify_rm_watch(99, 1));
  show_events(fd);
  SHOW(inotify_init1(1));
  return 0;
}
