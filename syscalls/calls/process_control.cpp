// The process and its threads: the end, children (none yet), limits, and what is refused.

#include <linux/capability.h>
#include <linux/kcmp.h>
#include <linux/reboot.h>
#include <linux/utsname.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/epoll_file.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint32_t k_robust_head_bytes = 12;

Identity& self(Thread& thread) { return thread.process().identity(); }

/// Does the new limit keep to what an unprivileged process may do?
SysResult check_limit(Thread& thread, const rlimit& old, const rlimit& wanted) {
  if (wanted.rlim_cur > wanted.rlim_max) return SysResult::error(EINVAL);
  bool raises = wanted.rlim_max > old.rlim_max;
  return raises && !self(thread).may(CAP_SYS_RESOURCE) ? SysResult::error(EPERM) : SysResult();
}

SysResult refused(Thread&) { return SysResult::error(EPERM); }

}  // namespace

/// The only thread there is.
SysResult sys_exit(Thread& thread, const Scalar<int32_t>& status) { return sys_exit_group(thread, status); }

namespace {

/// There are no children.
SysResult find_child(const Scalar<int32_t>& which, const Scalar<int32_t>& pid,
                     const Scalar<int32_t>& options) {
  constexpr int32_t k_all =
      WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
  bool is_known = which.value >= P_ALL && which.value <= P_PIDFD;
  bool waits_for_something = options.value & (WEXITED | WSTOPPED | WCONTINUED);
  if ((options.value & ~k_all) || !waits_for_something || !is_known) return SysResult::error(EINVAL);
  if (which.value == P_PID && pid.value <= 0) return SysResult::error(EINVAL);
  if (which.value == P_PGID && pid.value < 0) return SysResult::error(EINVAL);
  return SysResult::error(which.value == P_PIDFD ? EBADF : ECHILD);
}

}  // namespace

/// Without a child Linux writes that there is none, whatever else it answers.
SysResult sys_waitid(Thread&, const Named<FlagSet::WaitWhich>& which, const Scalar<int32_t>& pid,
                     const Pointer& info, const Bits<FlagSet::WaitOptions, int32_t>& options,
                     const Address&) {
  constexpr std::array<int32_t, 6> k_nobody{};  // si_signo, si_errno, si_code, si_pid, si_uid, si_status
  if (!info.is_null()) SYS_TRY(info.write(k_nobody));
  return find_child(which, pid, options);
}

SysResult sys_set_tid_address(Thread& thread, const Address& address) {
  thread.clear_tid_address = address.value;
  return SysResult(thread.tid());
}

SysResult sys_set_robust_list(Thread& thread, const Address& head, const Scalar<uint32_t>& size) {
  if (size.value != k_robust_head_bytes) return SysResult::error(EINVAL);
  thread.robust_list = head.value;
  return SysResult();
}

SysResult sys_get_robust_list(Thread& thread, const Scalar<int32_t>& pid, Out<uint32_t>& head,
                              Out<uint32_t>& size) {
  if (pid.value == Identity::k_init) return SysResult::error(EPERM);
  Thread* asked = pid.value ? thread.process().find_thread(pid.value) : &thread;
  if (!asked) return SysResult::error(ESRCH);
  SYS_TRY(size.put(k_robust_head_bytes));
  return head.put(asked->robust_list);
}

SysResult sys_prlimit64(Thread& thread, const Scalar<int32_t>& pid, const Scalar<uint32_t>& resource,
                        const OptionalIn<rlimit>& limit, OptionalOut<rlimit>& old) {
  if (pid.value == Identity::k_init) return SysResult::error(EPERM);
  if (!thread.process().is_own(pid.value)) return SysResult::error(ESRCH);
  if (resource.value >= RLIM_NLIMITS) return SysResult::error(EINVAL);
  rlimit& current = self(thread).limits[resource.value];
  rlimit before = current;
  if (limit.is_given) {
    SYS_TRY(check_limit(thread, before, limit.value));
    current = limit.value;
    if (resource.value == RLIMIT_NOFILE) thread.process().fds().set_limit(current.rlim_cur);
    if (MemoryState* memory = thread.process().memory()) memory->follow(self(thread));
  }
  return old.put(before);
}

/// Without an effect on where memory is mapped.
SysResult sys_personality(Thread& thread, const Scalar<uint32_t>& persona) {
  uint32_t old = self(thread).personality;
  if (persona.value != UINT32_MAX) self(thread).personality = persona.value;
  return SysResult(old);
}

namespace {

/// As kcmp orders: 0 for equal, 1 and 2 for less and greater.
SysResult compare(const FileRef& first, const FileRef& second) {
  return SysResult(first == second ? 0 : first < second ? 1 : 2);
}

/// Is the file that of an item of an epoll instance?
SysResult compare_with_item(Thread& thread, const FileRef& file, const Pointer& pointer) {
  kcmp_epoll_slot slot;
  if (!pointer.read(slot)) return SysResult::error(EFAULT);
  FileRef owner = thread.process().fds().get(slot.efd);
  if (!file || !owner) return SysResult::error(EBADF);
  auto epoll = std::dynamic_pointer_cast<EpollFile>(owner);
  if (!epoll) return SysResult::error(EINVAL);
  FileRef item = epoll->item_of(slot.tfd, slot.toff);
  return item ? compare(file, item) : SysResult::error(ENOENT);
}

}  // namespace

SysResult sys_kcmp(Thread& thread, const Scalar<int32_t>& pid1, const Scalar<int32_t>& pid2,
                   const Named<FlagSet::CompareTypes>& type, const Scalar<uint32_t>& index1,
                   const Pointer& index2) {
  for (int32_t pid : {pid1.value, pid2.value}) {
    if (pid != Identity::k_init && !thread.process().is_own(pid)) return SysResult::error(ESRCH);
  }
  if (pid1.value == Identity::k_init || pid2.value == Identity::k_init) return SysResult::error(EPERM);
  if (type.value < 0 || type.value >= KCMP_TYPES) return SysResult::error(EINVAL);
  if (type.value != KCMP_FILE && type.value != KCMP_EPOLL_TFD) return SysResult(0);
  FileRef first = thread.process().fds().get(index1.value);
  if (type.value == KCMP_EPOLL_TFD) return compare_with_item(thread, first, index2);
  FileRef second = thread.process().fds().get(index2.value);
  return first && second ? compare(first, second) : SysResult::error(EBADF);
}

/// New namespaces are not offered. The only thread of a process shares nothing, but for what it has promised
/// to take back from semaphores.
SysResult sys_unshare(Thread& thread, const Bits<FlagSet::CloneFlags>& flags) {
  constexpr uint32_t k_memory = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM;
  constexpr uint32_t k_namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUSER |
                                    CLONE_NEWPID | CLONE_NEWCGROUP | 0x80;  // CLONE_NEWTIME
  constexpr uint32_t k_known = k_memory | k_namespaces | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM;
  bool is_alone = thread.process().threads().size() == 1;
  if (flags.value & ~k_known || (flags.value & k_memory && !is_alone)) return SysResult::error(EINVAL);
  if (flags.value & k_namespaces || !is_alone) return SysResult::error(EPERM);
  if (flags.value & CLONE_SYSVSEM) thread.process().semaphore_undo().reset();
  return SysResult();
}
/// Nobody is traced: not by his will, and none of the requests to a tracee finds one.
SysResult sys_ptrace(Thread& thread, const Named<FlagSet::TraceRequests>& request, const Scalar<int32_t>& pid,
                     const Address& address, const Address& data) {
  constexpr uint32_t k_options = PTRACE_O_MASK;
  if (request.value == PTRACE_TRACEME) return refused(thread);
  bool seizes = request.value == PTRACE_SEIZE;
  bool exists = pid.value == Identity::k_init || (pid.value != 0 && thread.process().is_own(pid.value));
  if (!exists || (!seizes && request.value != PTRACE_ATTACH)) return SysResult::error(ESRCH);
  bool is_valid = !seizes || (address.value == 0 && !(data.value & ~k_options));
  return SysResult::error(is_valid ? EPERM : EIO);
}

namespace {

/// Linux checks privileges first, then arguments; what is left is nothing that a guest may do to the host.
SysResult refuse_name(Thread& thread, const Pointer& name, uint32_t length) {
  char text[__NEW_UTS_LEN];
  if (!self(thread).may(CAP_SYS_ADMIN)) return SysResult::error(EPERM);
  if (length > sizeof text) return SysResult::error(EINVAL);
  if (!name.read_bytes(text, length)) return SysResult::error(EFAULT);
  return refused(thread);
}

bool is_reboot_command(uint32_t command) {
  constexpr uint32_t k_commands[] = {LINUX_REBOOT_CMD_RESTART,    LINUX_REBOOT_CMD_HALT,
                                     LINUX_REBOOT_CMD_CAD_ON,     LINUX_REBOOT_CMD_CAD_OFF,
                                     LINUX_REBOOT_CMD_POWER_OFF,  LINUX_REBOOT_CMD_RESTART2,
                                     LINUX_REBOOT_CMD_SW_SUSPEND, LINUX_REBOOT_CMD_KEXEC};
  return std::find(std::begin(k_commands), std::end(k_commands), command) != std::end(k_commands);
}

bool is_reboot_magic(uint32_t magic, uint32_t magic2) {
  bool is_second = magic2 == LINUX_REBOOT_MAGIC2 || magic2 == LINUX_REBOOT_MAGIC2A ||
                   magic2 == LINUX_REBOOT_MAGIC2B || magic2 == LINUX_REBOOT_MAGIC2C;
  return magic == LINUX_REBOOT_MAGIC1 && is_second;
}

/// The actions of syslog that read, of sys/klog.h's.
bool reads_log(int32_t type) { return type >= 2 && type <= 4; }

bool is_log_request(int32_t type, uint32_t buffer, int32_t size) {
  constexpr int32_t k_last = 10, k_set_level = 8, k_levels = 8;
  if (reads_log(type)) return buffer != 0 && size >= 0;
  if (type == k_set_level) return size >= 1 && size <= k_levels;
  return type >= 0 && type <= k_last;
}

}  // namespace

SysResult sys_syslog(Thread& thread, const Named<FlagSet::LogActions>& type, const Address& buffer,
                     const Scalar<int32_t>& size) {
  if (!self(thread).may(CAP_SYSLOG)) return refused(thread);
  return is_log_request(type.value, buffer.value, size.value) ? refused(thread) : SysResult::error(EINVAL);
}
SysResult sys_reboot(Thread& thread, const Named<FlagSet::RebootMagic>& magic,
                     const Named<FlagSet::RebootMagic>& magic2, const Named<FlagSet::RebootCommands>& command,
                     const Address&) {
  if (!self(thread).may(CAP_SYS_BOOT)) return refused(thread);
  bool is_known = is_reboot_magic(static_cast<uint32_t>(magic.value), static_cast<uint32_t>(magic2.value)) &&
                  is_reboot_command(static_cast<uint32_t>(command.value));
  return is_known ? refused(thread) : SysResult::error(EINVAL);
}
SysResult sys_sethostname(Thread& thread, const Pointer& name, const Scalar<uint32_t>& length) {
  return refuse_name(thread, name, length.value);
}
SysResult sys_setdomainname(Thread& thread, const Pointer& name, const Scalar<uint32_t>& length) {
  return refuse_name(thread, name, length.value);
}

}  // namespace lindvm
