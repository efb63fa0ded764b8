// /proc/self: what it tells of the process agrees with what calls answer and follows what they change.
// needs: Linux 5.10
#include "calls.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

enum { BYTES = 1 << 16, FIELDS = 64 };

static char text[BYTES];

/// The text of a file, which is in `text` until the next question.
static char *file_text(const char *path) {
  int fd = open(path, O_RDONLY);
  NEED(fd >= 0);
  ssize_t count = 0, part;
  while ((part = read(fd, text + count, sizeof text - 1 - (size_t)count)) > 0) count += part;
  NEED(part == 0);
  text[count] = '\0';
  close(fd);
  return text;
}

/// What follows "NAME:\t" in the status file.
static const char *status(const char *name) {
  static char value[512];
  size_t length = strlen(name);
  for (char *line = file_text("/proc/self/status"); *line; line = strchr(line, '\n') + 1) {
    if (strncmp(line, name, length) || line[length] != ':') continue;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(line + length + 2, "\n"), line + length + 2);
    return value;
  }
  return "none";
}

static void agrees(const char *name, const char *expected) {
  const char *told = status(name);
  if (strcmp(told, expected)) {
    printf("%s: told \"%s\", expected \"%s\"\n", name, told, expected);
  } else {
    printf("%s agrees\n", name);
  }
}

static void agrees_number(const char *name, long long expected) {
  char number[32];
  snprintf(number, sizeof number, "%lld", expected);
  agrees(name, number);
}

/// Field `index` of stat, counted from 1 as in its manual page; the second is the name. Their number in `count`.
static long long stat_field(int index, int *count) {
  char *rest = strrchr(file_text("/proc/self/stat"), ')') + 2;
  long long found = 0;
  int at = 3;
  for (char *word = strtok(rest, " \n"); word; word = strtok(NULL, " \n"), ++at) {
    if (at == index) found = at == 3 ? *word : atoll(word);
  }
  if (count) *count = at - 1;
  return found;
}

static void field_agrees(const char *name, int index, long long expected) {
  long long told = stat_field(index, NULL);
  printf("stat's %s %s\n", name, told == expected ? "agrees" : "differs");
  if (told != expected) printf("%lld, expected %lld\n", told, expected);
}

/// Lines of the status file that not every processor and kernel has.
static int is_special(const char *name) {
  static const char *const names[] = {"untag_mask",   "Speculation",  "x86_Thread",
                                      "Mems_allowed", "HugetlbPages", "Kthread"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    if (!strncmp(name, names[i], strlen(names[i]))) return 1;
  }
  return 0;
}

static void lines(void) {
  for (char *line = file_text("/proc/self/status"); *line; line = strchr(line, '\n') + 1) {
    if (!is_special(line)) printf("%.*s ", (int)strcspn(line, ":"), line);
  }
  printf("\n");
  int count;
  stat_field(1, &count);
  printf("%d fields\n", count);
}

static void numbers(void) {
  agrees_number("Pid", getpid());
  agrees_number("Tgid", getpid());
  agrees_number("PPid", getppid());
  agrees_number("NStgid", getpid());
  agrees_number("NSpid", getpid());
  agrees_number("NSpgid", getpgrp());
  agrees_number("NSsid", getsid(0));
  field_agrees("parent", 4, getppid());
  field_agrees("group", 5, getpgrp());
  field_agrees("session", 6, getsid(0));
  field_agrees("state", 3, 'R');
  field_agrees("threads", 20, 1);
  field_agrees("exit signal", 38, SIGCHLD);
  field_agrees("exit code", 52, 0);
  field_agrees("nice", 19, getpriority(PRIO_PROCESS, 0));
  field_agrees("priority", 18, 20 + getpriority(PRIO_PROCESS, 0));
  field_agrees("policy", 41, syscall(SYS_sched_getscheduler, 0));
  field_agrees("real-time priority", 40, 0);
  for (const char *const *name =
           (const char *const[]){"State", "TracerPid", "Ngid", "Threads", "CoreDumping", "Mems_allowed_list", NULL};
       *name; ++name) {
    printf("%s: %s\n", *name, status(*name));
  }
  umask(027);
  printf("Umask: %s\n", status("Umask"));
}

static void groups_agree(void) {
  gid_t groups[64];
  int count = getgroups(64, groups);
  char expected[512] = "";
  for (int i = 0; i < count; ++i) sprintf(expected + strlen(expected), "%u ", groups[i]);
  agrees("Groups", count ? expected : " ");
}

static void owners_agree(void) {
  uid_t uid[3];
  gid_t gid[3];
  char expected[128];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  snprintf(expected, sizeof expected, "%u\t%u\t%u\t%d", uid[0], uid[1], uid[2], setfsuid(-1));
  agrees("Uid", expected);
  snprintf(expected, sizeof expected, "%u\t%u\t%u\t%d", gid[0], gid[1], gid[2], setfsgid(-1));
  agrees("Gid", expected);
  groups_agree();
}

static void capabilities_agree(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  char expected[32];
  CALL(capget, &header, data);
  snprintf(expected, sizeof expected, "%08x%08x", data[1].effective, data[0].effective);
  agrees("CapEff", expected);
  snprintf(expected, sizeof expected, "%08x%08x", data[1].permitted, data[0].permitted);
  agrees("CapPrm", expected);
  snprintf(expected, sizeof expected, "%08x%08x", data[1].inheritable, data[0].inheritable);
  agrees("CapInh", expected);
  unsigned long long bounds = 0;
  for (int i = 0; i < 64; ++i) bounds |= prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1 ? 1ull << i : 0;
  snprintf(expected, sizeof expected, "%016llx", bounds);
  agrees("CapBnd", expected);
}

static void name_agrees(void) {
  char name[20] = "";
  prctl(PR_GET_NAME, name);
  char *comm = file_text("/proc/self/comm");
  size_t length = strlen(comm);
  printf("comm %s\n", length && comm[length - 1] == '\n' && !strncmp(comm, name, length - 1) ? "agrees" : "differs");
  strcpy(name + strlen(name), "\n");
  printf("task's comm %s\n", strcmp(file_text("/proc/thread-self/comm"), name) ? "differs" : "agrees");
}

static void name_is_programs(const char *program) {
  char name[16] = "";
  const char *slash = strrchr(program, '/');
  prctl(PR_GET_NAME, name);
  printf("name of the program: %d\n", strncmp(name, slash ? slash + 1 : program, 15) == 0);
  agrees("Name", name);
}

static void write_name(const char *name, size_t size) {
  int fd = open("/proc/self/comm", O_WRONLY | O_TRUNC);
  SHOW(write(fd, name, size));
  char byte;
  SHOW(read(fd, &byte, 1));
  close(fd);
  printf("comm %s", file_text("/proc/self/comm"));
  printf("Name %s\n", status("Name"));
}

static void names(const char *program) {
  name_is_programs(program);
  name_agrees();
  SHOW(prctl(PR_SET_NAME, "a (strange) name"));
  printf("comm %s", file_text("/proc/self/comm"));
  printf("Name: %s\n", status("Name"));
  printf("stat: %s\n", strchr(strtok(file_text("/proc/self/stat"), "R"), ' '));
  SHOW(prctl(PR_SET_NAME, "b\n\\c"));
  name_agrees();
  printf("Name: %s\n", status("Name"));
  write_name("written", 7);
  write_name("with an end\n", 12);
  write_name("longer than fifteen bytes", 25);
  struct stat st;
  SHOW(stat("/proc/self/comm", &st));
  printf("%o %lld\n", st.st_mode, (long long)st.st_size);
  SHOW(access("/proc/self/comm", R_OK | W_OK));
  int fd = open("/proc/self/comm", O_RDWR);
  SHOW(fcntl(fd, F_GETFL) & O_ACCMODE);
  SHOW(write(fd, "x", 1));
  SHOW(write(fd, nowhere, 1));
  close(fd);
  fd = open("/proc/self/comm", O_RDONLY);
  SHOW(write(fd, "y", 1));
  close(fd);
}

static void handle(int number) { (void)number; }

static void signals(void) {
  for (const char *const *name = (const char *const[]){"SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", NULL}; *name;
       ++name) {
    printf("%s %s\n", *name, status(*name));
  }
  printf("stat: %llx %llx %llx %llx\n", stat_field(31, NULL), stat_field(32, NULL), stat_field(33, NULL),
         stat_field(34, NULL));
}

static int queued(void) { return atoi(status("SigQ")); }

static void signal_sets(void) {
  signal(SIGPIPE, SIG_DFL);
  signals();
  signal(SIGUSR1, handle);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  signal(SIGRTMAX, handle);
  signals();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGRTMAX);
  sigprocmask(SIG_BLOCK, &set, NULL);
  int before = queued();
  raise(SIGUSR1);
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGRTMAX);
  kill(getpid(), SIGRTMAX);
  signals();
  printf("%d more are queued\n", queued() - before);
  struct rlimit limit;
  getrlimit(RLIMIT_SIGPENDING, &limit);
  printf("limit %s\n", strtoull(strchr(status("SigQ"), '/') + 1, NULL, 10) == limit.rlim_cur ? "agrees" : "differs");
  signal(SIGHUP, SIG_IGN);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  signals();
}

/// Those that the process may run on are told; the host's kernel may count ones in that are not there.
static void processors(void) {
  cpu_set_t set, told;
  CPU_ZERO(&set);
  CPU_ZERO(&told);
  sched_getaffinity(0, sizeof set, &set);
  char list[256];
  snprintf(list, sizeof list, "%s", status("Cpus_allowed_list"));
  for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
    int first = atoi(word), last = strchr(word, '-') ? atoi(strchr(word, '-') + 1) : first;
    for (int i = first; i <= last; ++i) CPU_SET(i, &told);
  }
  CPU_AND(&told, &told, &set);
  printf("processors %s\n", CPU_EQUAL(&told, &set) ? "agree" : "differ");
  printf("on one of them: %d\n", CPU_ISSET(stat_field(39, NULL), &set) != 0);
}

static double number_in(const char *path, const char *after) {
  char *at = file_text(path);
  if (after) at = strstr(at, after) + strlen(after);
  return atof(at);
}

static int is_about(double a, double b, double most) { return a - b <= most && b - a <= most; }

/// Clocks, calls and files agree on when the machine started, and the process did after it, and on its memory.
static void machine_agrees(void) {
  struct timespec boot, real;
  struct sysinfo info;
  double uptime = number_in("/proc/uptime", NULL);
  clock_gettime(CLOCK_BOOTTIME, &boot);
  clock_gettime(CLOCK_REALTIME, &real);
  sysinfo(&info);
  printf("uptime: %d %d\n", is_about(uptime, (double)boot.tv_sec, 1.5), is_about((double)info.uptime, uptime, 1.5));
  printf("btime: %d\n", is_about(number_in("/proc/stat", "btime "), (double)(real.tv_sec - boot.tv_sec), 2));
  double total = (double)info.totalram * info.mem_unit / 1024, told = number_in("/proc/meminfo", "MemTotal:");
  printf("memory: %d\n", is_about(told, total, total / 1000));
  printf("available: %d\n", number_in("/proc/meminfo", "MemAvailable:") <= told);
  printf("started just now: %d\n", is_about((double)stat_field(22, NULL) / 100, uptime, 20));
}

static void limits(void) {
  struct rlimit limit = {100, 200};
  setrlimit(RLIMIT_CORE, &limit);
  char *at = strstr(file_text("/proc/self/limits"), "Max core");
  printf("%.*s", (int)strcspn(at, "\n") + 1, at);
  at = strstr(file_text("/proc/self/limits"), "Max nice");
  printf("%d\n", (int)strcspn(at, "\n"));
}

static void show_lines(int fd, const char *const *names) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  for (char *line = file_text(path); *line; line = strchr(line, '\n') + 1) {
    for (const char *const *name = names; *name; ++name) {
      if (!strncmp(line, *name, strlen(*name))) printf("%.*s", (int)strcspn(line, "\n") + 1, line);
    }
  }
}
#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void link_of(int fd) {
  char path[64], target[256] = "";
  struct stat link;
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(path, target, sizeof target - 1);
  target[strcspn(target, "[")] = '\0';
  lstat(path, &link);
  const char *name = strrchr(target, '/');
  printf("%s %o, size %lld, read %d\n", name ? name : target, link.st_mode, (long long)link.st_size, length > 0);
}

static void descriptors(void) {
  int file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  SHOW(write(file, "12345", 5));
  show_lines(file, LINES("pos:"));
  struct stat st, again;
  fstat(file, &st);
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", file);
  printf("inode: %d\n", strtoull(strstr(file_text(path), "ino:\t") + 5, NULL, 10) == st.st_ino);
  unsigned long long flags = strtoull(strstr(file_text(path), "flags:\t") + 7, NULL, 8);
  printf("flags: %d %d\n", (flags & O_ACCMODE) == O_RDWR, (flags & O_CLOEXEC) != 0);
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  stat(path, &again);
  printf("same: %d\n", again.st_ino == st.st_ino && again.st_dev == st.st_dev);
  int read_only = open("file", O_RDONLY), write_only = open("file", O_WRONLY), path_only = open("file", O_PATH);
  link_of(read_only);
  link_of(write_only);
  link_of(file);
  link_of(path_only);
  int event = eventfd(7, EFD_SEMAPHORE), timer = timerfd_create(CLOCK_MONOTONIC, 0), watch = inotify_init1(0);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  int signals = signalfd(-1, &set, 0), epoll = epoll_create1(0);
  show_lines(event, LINES("pos:", "eventfd-count:"));
  struct itimerspec interval = {{5, 0}, {0, 0}};
  timerfd_settime(timer, 0, &interval, NULL);
  show_lines(timer, LINES("clockid:", "ticks:", "settime flags:", "it_value:", "it_interval:"));
  show_lines(signals, LINES("sigmask:"));
  inotify_add_watch(watch, ".", IN_CREATE);
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", watch);
  printf("%.12s\n", strstr(file_text(path), "inotify wd:"));
  int spare = dup2(event, 100);
  struct epoll_event wanted = {EPOLLIN, {.u64 = 0x1234}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, spare, &wanted);
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", epoll);
  printf("%.53s\n", strstr(file_text(path), "tfd:"));
  link_of(event);
  link_of(timer);
  link_of(epoll);
  for (int fd = file; fd <= epoll; ++fd) close(fd);
  close(spare);
}

/// A file that tells of itself.
static void itself(void) {
  char path[64], part[6] = "";
  int number = dup(0);
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", number);
  int info = open(path, O_RDONLY);
  SHOW(dup2(info, number) == number);
  SHOW(read(number, part, 5));
  puts(part);
  SHOW(pread(number, part, 5, 7) > 0);
  close(info);
  close(number);
}

static void table_grows(void) {
  int size = atoi(status("FDSize"));
  printf("FDSize: %d\n", size >= 64 && (size & (size - 1)) == 0);
  dup2(0, 1000);
  printf("FDSize: %s\n", status("FDSize"));
  close(1000);
  printf("FDSize: %s\n", status("FDSize"));
}

/// Texts are made when they are read from their beginning, or from elsewhere than the last read ended.
static void reading(void) {
  int fd = open("/proc/self/status", O_RDONLY);
  char byte, part[8] = "";
  prctl(PR_SET_NAME, "first");
  SHOW(read(fd, part, 6));
  SHOW(read(fd, part, 5));
  puts(part);
  prctl(PR_SET_NAME, "other");
  SHOW(lseek(fd, 6, SEEK_SET));
  SHOW(lseek(fd, 0, SEEK_SET));
  SHOW(pread(fd, part, 5, 6));
  puts(part);
  SHOW(lseek(fd, -1, SEEK_SET));
  SHOW(lseek(fd, 0, SEEK_END));
  SHOW(pread(fd, &byte, 1, 1 << 20));
  SHOW(write(fd, "x", 1));
  close(fd);
  SHOW(open("/proc/self/none", O_RDONLY));
  SHOW(open("/proc/self/status", O_RDONLY | O_DIRECTORY));
  SHOW(open("/proc/self/status", O_RDONLY | O_CREAT | O_EXCL, 0600));
  SHOW(open("/proc/self/task", O_RDWR));
}

/// Names neither come nor go.
static void changes(void) {
  SHOW(mkdir("/proc/new", 0755));
  SHOW(mkdir("/proc/self/new", 0755));
  SHOW(mkdir("/proc/self/comm", 0755));
  SHOW(open("/proc/new", O_WRONLY | O_CREAT, 0644));
  SHOW(open("/proc/self/new", O_WRONLY | O_CREAT, 0644));
  SHOW(symlink("target", "/proc/self/new"));
  SHOW(unlink("/proc/self/comm"));
  SHOW(unlink("/proc/self/none"));
  SHOW(rmdir("/proc/self/task"));
  SHOW(rmdir("/proc/self/none"));
  int fd = open("/proc/self/comm", O_RDWR | O_CREAT, 0644);
  SHOW(ftruncate(fd, 0));
  close(fd);
}

static void attributes(void) {
  for (const char *const *name = LINES("timerslack_ns", "personality", "wchan", "setgroups", "coredump_filter"); *name;
       ++name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/%s", *name);
    printf("%s: %s\n", *name, file_text(path));
  }
  prctl(PR_SET_TIMERSLACK, 70000);
  printf("timerslack_ns: %s", file_text("/proc/self/timerslack_ns"));
  int fd = open("/proc/self/timerslack_ns", O_WRONLY);
  SHOW(write(fd, "80000\n", 6));
  SHOW(write(fd, "x", 1));
  close(fd);
  SHOW(prctl(PR_GET_TIMERSLACK));
  char target[64] = "";
  SHOW(readlink("/proc/self/ns/pid", target, sizeof target) > 0);
  printf("%.5s\n", target);
}

/// The vector as the program finds it on its stack, behind the environment.
static void start_memory(char **argv, char **environment) {
  char **end = environment;
  while (*end) ++end;
  int fd = open("/proc/self/auxv", O_RDONLY);
  ssize_t bytes = read(fd, text, sizeof text);
  close(fd);
  printf("auxv: %d\n", bytes > 0 && !memcmp(text, end + 1, (size_t)bytes));
  const uintptr_t *last = (const uintptr_t *)(text + bytes) - 2;
  printf("ends: %d\n", last[0] == 0 && bytes % (2 * sizeof *last) == 0);
  printf("arguments: %d\n", (uintptr_t)stat_field(48, NULL) == (uintptr_t)argv[0]);
  printf("environment: %d\n", !environment[0] || (uintptr_t)stat_field(50, NULL) == (uintptr_t)environment[0]);
  argv[0][0] = '@';
  printf("cmdline: %c\n", file_text("/proc/self/cmdline")[0]);
}

static int links_of(const char *path) {
  struct stat st;
  return stat(path, &st) ? -1 : (int)st.st_nlink;
}

static void threads(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)getpid());
  char *at = strstr(file_text(path), "\nPid:\t");
  printf("thread: %d\n", atoi(at + 6) == getpid());
  SHOW(access("/proc/self/task/1", F_OK));
  SHOW(access("/proc/thread-self/fd/0", F_OK));
  SHOW(links_of("/proc/self/task"));
  SHOW(links_of("/proc/self/fd"));
}

/// The parent is there too.
static void parent(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)getppid());
  printf("parent: %d\n", atoi(file_text(path)) == getppid());
  snprintf(path, sizeof path, "/proc/%d/status", (int)getppid());
  char *at = strstr(file_text(path), "\nPid:\t");
  printf("parent: %d\n", atoi(at + 6) == getppid());
}

/// The device of a file system is what its files' status has.
static void mounts(void) {
  struct stat st;
  char line[64];
  stat("/proc/self", &st);
  snprintf(line, sizeof line, " %u:%u / /proc ", major(st.st_dev), minor(st.st_dev));
  printf("device: %d\n", strstr(file_text("/proc/self/mountinfo"), line) != NULL);
}

/// A process that has given up its users belongs to root, but for what everyone may read.
static void refused(void) {
  SHOW(open("/proc/self/environ", O_RDONLY));
  SHOW(open("/proc/self/comm", O_WRONLY));
  SHOW_OK(open("/proc/self/status", O_RDONLY));
  SHOW_OK(open("/proc/self/fd", O_RDONLY));
}

static void privileges(void) {
  agrees_number("NoNewPrivs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  printf("NoNewPrivs: %s\n", status("NoNewPrivs"));
  SHOW(prctl(PR_CAPBSET_DROP, CAP_SYS_TTY_CONFIG, 0, 0, 0));
  capabilities_agree();
  gid_t groups[] = {30, 10, 20};
  SHOW(setgroups(3, groups));
  printf("Groups: %s\n", status("Groups"));
  SHOW(setresgid(11, 12, 13));
  SHOW(setfsgid(11));
  printf("Gid: %s\n", status("Gid"));
  SHOW(prctl(PR_SET_KEEPCAPS, 1));
  SHOW(setresuid(21, 22, 23));
  SHOW(setfsuid(21));
  printf("Uid: %s\n", status("Uid"));
  owners_agree();
  capabilities_agree();
  refused();
}

int main(int argc, char **argv, char **environment) {
  (void)argc;
  lines();
  names(argv[0]);
  numbers();
  owners_agree();
  capabilities_agree();
  signal_sets();
  processors();
  machine_agrees();
  limits();
  table_grows();
  descriptors();
  itself();
  reading();
  changes();
  attributes();
  threads();
  parent();
  mounts();
  start_memory(argv, environment);
  privileges();
  return 0;
}
