// Numbers and bits that have names, as strace shows them.
// options: --strace=TRACE
// stdout: done
// trace: prctl\(PR_GET_DUMPABLE, NULL, NULL, NULL, NULL\) = 1
// trace: prctl\(9999, NULL, NULL, NULL, NULL\) = -1 EINVAL \(Invalid argument\)
// trace: unshare\(CLONE_FS\|CLONE_FILES\) = 0
// trace: waitid\(P_ALL, 0, NULL, WNOHANG\|WEXITED, NULL\) = -1 ECHILD \(No child processes\)
// trace: getpriority\(PRIO_PROCESS, 0\) = 20
// trace: sched_get_priority_max\(SCHED_FIFO\) = 99
// trace: setitimer\(ITIMER_REAL, NULL, NULL\) = 0
// trace: statx\(AT_FDCWD, "/", 0, STATX_BASIC_STATS\|STATX_BTIME, \{.*\}\) = 0
// trace: statx\(AT_FDCWD, "/", 0, STATX_MODE\|STATX_SIZE, \{.*\}\) = 0
// trace: msgget\(0, IPC_CREAT\|0600\) = \d+
// trace: semget\(0, 1, 0640\) = \d+
// trace: shmget\(0, 4096, IPC_CREAT\|IPC_EXCL\|0600\) = \d+
// trace: futex_time64\(0x[0-9a-f]+, FUTEX_WAKE\|FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0\) = 0
// trace: kcmp\(2, 2, KCMP_VM, 0, NULL\) = 0
// trace: ptrace\(PTRACE_ATTACH, 0, NULL, NULL\) = -1 ESRCH \(No such process\)
// trace: write\(1, "done\\n", 5\) = 5
// trace: exit_group\(0\) = \?
// trace: \+\+\+ exited with 0 \+\+\+
#define _GNU_SOURCE
#include <linux/futex.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  static int word;
  struct statx status;
  syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
  syscall(SYS_prctl, 9999, 0, 0, 0, 0);
  syscall(SYS_unshare, CLONE_FS | CLONE_FILES);
  syscall(SYS_waitid, P_ALL, 0, 0, WEXITED | WNOHANG, 0);
  syscall(SYS_getpriority, PRIO_PROCESS, 0);
  syscall(SYS_sched_get_priority_max, SCHED_FIFO);
  syscall(SYS_setitimer, ITIMER_REAL, 0, 0);
  syscall(SYS_statx, -100, "/", 0, 0xfff, &status);
  syscall(SYS_statx, -100, "/", 0, 0x202, &status);
  syscall(SYS_msgget, 0, IPC_CREAT | 0600);
  syscall(SYS_semget, 0, 1, 0640);
  syscall(SYS_shmget, 0, 4096, IPC_CREAT | IPC_EXCL | 0600);
  syscall(SYS_futex_time64, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0);
  syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0);
  syscall(SYS_ptrace, PTRACE_ATTACH, 0, 0, 0);
  write(1, "done\n", 5);
  return 0;
}
