// Calls on the descriptor table, and those that make files out of nothing.

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/host_file.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

SysResult add_host_file(Thread& thread, OwnedFd fd, bool closes_on_exec) {
  FdEntry entry{std::make_shared<HostFile>(std::move(fd)), {}, {}, closes_on_exec};
  return thread.process().fds().add(std::move(entry));
}

}  // namespace

SysResult sys_close(Thread& thread, const FdNumber& fd) { return thread.process().fds().close(fd.value); }

SysResult sys_dup(Thread& thread, const FdNumber& fd) {
  FdEntry entry = thread.process().fds().entry(fd.value);
  if (!entry.file) return SysResult::error(EBADF);
  entry.closes_on_exec = false;
  return thread.process().fds().add(std::move(entry));
}

SysResult sys_dup3(Thread& thread, const FdNumber& from, const FdNumber& to,
                   const Flags<FlagSet::OpenFlags>& flags) {
  if (flags.bits & ~flag::OpenFlags_O_CLOEXEC) return SysResult::error(EINVAL);
  if (from.value == to.value) return SysResult::error(EINVAL);
  if (to.value >= thread.process().fds().limit()) return SysResult::error(EBADF);
  FdEntry entry = thread.process().fds().entry(from.value);
  if (!entry.file) return SysResult::error(EBADF);
  entry.closes_on_exec = flags.has(flag::OpenFlags_O_CLOEXEC);
  return thread.process().fds().place(std::move(entry), to.value);
}

/// No process shares its table with another yet, so there is nothing to unshare.
SysResult sys_close_range(Thread& thread, const Scalar<uint32_t>& first, const Scalar<uint32_t>& last,
                          const Flags<FlagSet::CloseRangeFlags>& flags) {
  if ((flags.bits & ~flags.k_known) || first.value > last.value) return SysResult::error(EINVAL);
  FdTable& fds = thread.process().fds();
  if (flags.has(flag::CloseRangeFlags_CLOSE_RANGE_CLOEXEC)) {
    fds.set_close_on_exec_range(first.value, last.value);
  } else {
    fds.close_range(first.value, last.value);
  }
  return SysResult();
}

SysResult sys_pipe2(Thread& thread, Out<FdPair>& ends, const Flags<FlagSet::OpenFlags>& flags) {
  constexpr uint64_t k_allowed =
      flag::OpenFlags_O_CLOEXEC | flag::OpenFlags_O_NONBLOCK | flag::OpenFlags_O_DIRECT;
  if (flags.bits & ~k_allowed) return SysResult::error(EINVAL);
  int host[2];
  SYS_TRY(SysResult::of_host(pipe2(host, static_cast<int>(flags.bits | O_CLOEXEC))));
  OwnedFd read_end(host[0]), write_end(host[1]);
  bool closes_on_exec = flags.has(flag::OpenFlags_O_CLOEXEC);
  auto first = static_cast<uint32_t>(SYS_TRY(add_host_file(thread, std::move(read_end), closes_on_exec)));
  SysResult second = add_host_file(thread, std::move(write_end), closes_on_exec);
  SysResult result = second;
  if (second.ok()) result = ends.put({first, static_cast<uint32_t>(second.value())});
  if (result.ok()) return result;
  (void)thread.process().fds().close(first);
  if (second.ok()) (void)thread.process().fds().close(static_cast<uint32_t>(second.value()));
  return result;
}

SysResult sys_eventfd2(Thread& thread, const Scalar<uint32_t>& count,
                       const Flags<FlagSet::EventFlags>& flags) {
  OwnedFd fd(eventfd(count.value, static_cast<int>(flags.bits) | EFD_CLOEXEC));
  if (!fd) return SysResult::of_host(-1);
  return add_host_file(thread, std::move(fd), flags.has(flag::EventFlags_EFD_CLOEXEC));
}

SysResult sys_flock(Thread& thread, const Fd& fd, const Flags<FlagSet::LockOperations>& operation) {
  return blocking_call(thread, SYS_flock, fd.file->host_fd(), operation.bits);
}

}  // namespace lindvm
