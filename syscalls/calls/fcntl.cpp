// fcntl64: one handler per row of table/fcntl.def, or several rows that share one.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

SysResult duplicate_from(Thread& thread, const Fd& fd, uint32_t minimum, bool closes_on_exec) {
  FdEntry entry = thread.process().fds().entry(fd.number);
  if (!entry.file) return SysResult::error(EBADF);
  entry.closes_on_exec = closes_on_exec;
  if (minimum >= thread.process().fds().limit()) return SysResult::error(EINVAL);
  return thread.process().fds().add(std::move(entry), minimum);
}

SysResult duplicate(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  return duplicate_from(thread, fd, argument.number(), false);
}

SysResult duplicate_close_on_exec(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  return duplicate_from(thread, fd, argument.number(), true);
}

SysResult get_descriptor_flags(Thread& thread, const Fd& fd, FcntlArgument&) {
  return SysResult(thread.process().fds().closes_on_exec(fd.number) ? FD_CLOEXEC : 0);
}

SysResult set_descriptor_flags(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  return thread.process().fds().set_close_on_exec(fd.number, argument.number() & FD_CLOEXEC);
}

SysResult get_open_flags(Thread&, const Fd& fd, FcntlArgument&) { return fd.file->flags(); }

SysResult set_open_flags(Thread&, const Fd& fd, FcntlArgument& argument) {
  return fd.file->set_flags(static_cast<int>(argument.number()));
}

/// To the host, which changes nothing that its own process would notice.
SysResult pass(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  if (fd.file->host_fd() < 0) return SysResult::error(EINVAL);
  return blocking_call(thread, SYS_fcntl, fd.file->host_fd(), argument.command(),
                       static_cast<int64_t>(static_cast<int32_t>(argument.number())));
}

SysResult pass_hint(Thread&, const Fd& fd, FcntlArgument& argument) {
  return SysResult::of_host(fcntl(fd.file->host_fd(), static_cast<int>(argument.command()), argument.host()));
}

/// Leases and directory notifications tell by signals to the host's process.
SysResult refuse(Thread&, const Fd&, FcntlArgument&) { return SysResult::error(EINVAL); }

SysResult refuse_notification(Thread&, const Fd& fd, FcntlArgument&) {
  FileStatus status;
  SYS_TRY(fd.file->status(status));
  return SysResult::error(S_ISDIR(status.stx_mode) ? EINVAL : ENOTDIR);
}

SysResult is_same_file(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  FileRef other = thread.process().fds().get(argument.number());
  if (!other) return SysResult::error(EBADF);
  return SysResult(other.get() == fd.file.get());
}

SysResult find_lock(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  SYS_TRY(thread.process().fds().locks().find_conflict(thread, *fd.file, argument.lock()));
  return argument.put_lock();
}

SysResult set_lock(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  return thread.process().fds().locks().set(thread, *fd.file, argument.lock(), false);
}

SysResult wait_for_lock(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  return thread.process().fds().locks().set(thread, *fd.file, argument.lock(), true);
}

/// Locks of the open file description: the host's own.
SysResult pass_lock(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  int64_t result =
      SYS_TRY(blocking_call(thread, SYS_fcntl, fd.file->host_fd(), argument.command(), &argument.lock()));
  if (argument.command() == F_OFD_GETLK) SYS_TRY(argument.put_lock());
  return SysResult(result);
}

SysResult get_owner(Thread&, const Fd& fd, FcntlArgument&) {
  IoOwner owner = fd.file->io_owner();
  // A group's negative number looks like an error, as on Linux.
  return SysResult(owner.type == IoOwner::k_group ? -owner.id : owner.id);
}

SysResult set_owner(Thread&, const Fd& fd, FcntlArgument& argument) {
  auto id = static_cast<int32_t>(argument.number());
  if (id == INT32_MIN) return SysResult::error(EINVAL);
  return fd.file->set_io_owner({id < 0 ? IoOwner::k_group : IoOwner::k_process, id < 0 ? -id : id});
}

SysResult get_owner_signal(Thread&, const Fd& fd, FcntlArgument&) { return SysResult(fd.file->io_signal()); }

SysResult set_owner_signal(Thread&, const Fd& fd, FcntlArgument& argument) {
  constexpr uint32_t k_last_signal = 64;
  if (argument.number() > k_last_signal) return SysResult::error(EINVAL);
  return fd.file->set_io_signal(static_cast<int>(argument.number()));
}

SysResult get_owner_record(Thread&, const Fd& fd, FcntlArgument& argument) {
  IoOwner owner = fd.file->io_owner();
  argument.owner() = {owner.type, owner.id};
  return argument.put_owner();
}

SysResult set_owner_record(Thread&, const Fd& fd, FcntlArgument& argument) {
  const FcntlArgument::Owner& owner = argument.owner();
  if (owner.type < 0 || owner.type > IoOwner::k_group) return SysResult::error(EINVAL);
  return fd.file->set_io_owner({owner.type, owner.id});
}

using Handler = SysResult (*)(Thread&, const Fd&, FcntlArgument&);

Handler handler_of(uint32_t command) {
  switch (command) {
#define FCNTL(name, number, argument, answer, handler) \
  case number:                                         \
    return handler;
#include "syscalls/table/fcntl.def"
  }
  return nullptr;
}

}  // namespace

SysResult sys_fcntl64(Thread& thread, const Fd& fd, FcntlArgument& argument) {
  Handler handler = handler_of(argument.command());
  return handler ? handler(thread, fd, argument) : SysResult::error(EINVAL);
}

}  // namespace lindvm
