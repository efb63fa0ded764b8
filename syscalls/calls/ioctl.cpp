// ioctl: the requests of table/ioctls.def and no others, since an unknown one could mean anything to the
// host.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/interfaces.h"
#include "syscalls/kernel/socket.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

SysResult pass(Thread&, const Fd& fd, IoctlArgument& argument) {
  return SysResult::of_host(ioctl(fd.file->host_fd(), argument.row()->host, argument.host()));
}

/// What waits for output to drain, or for the process to come to the foreground.
SysResult pass_blocking(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  return blocking_call(thread, SYS_ioctl, fd.file->host_fd(), argument.row()->host, argument.host());
}

/// A guest has left its controlling terminal, which is lind-vm's, with its first session.
SysResult check_terminal(Thread& thread) {
  return thread.process().identity().leads_session() ? SysResult::error(ENOTTY) : SysResult();
}

/// A guest's group is where lind-vm's is; those of the host's other processes are taken for the first one's.
SysResult tell_foreground(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  SYS_TRY(check_terminal(thread));
  int32_t group = 0;
  SYS_TRY(SysResult::of_host(ioctl(fd.file->host_fd(), TIOCGPGRP, &group)));
  return argument.write(group == getpgrp() ? thread.process().identity().group : Identity::k_init);
}

SysResult come_to_foreground(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  int32_t wanted = 0, host_group = getpgrp();
  SYS_TRY(check_terminal(thread));
  SYS_TRY(SysResult::of_host(ioctl(fd.file->host_fd(), TIOCGPGRP, &wanted)));
  SYS_TRY(argument.read(wanted));
  if (wanted != thread.process().identity().group) return SysResult::error(wanted < 0 ? EINVAL : ESRCH);
  return blocking_call(thread, SYS_ioctl, fd.file->host_fd(), TIOCSPGRP, &host_group);
}

SysResult tell_session(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  SYS_TRY(check_terminal(thread));
  int32_t session = 0;
  SYS_TRY(SysResult::of_host(ioctl(fd.file->host_fd(), TIOCGSID, &session)));
  return argument.write(session == getsid(0) ? thread.process().identity().session : Identity::k_init);
}

SysResult set_flag(const Fd& fd, IoctlArgument& argument, int flag) {
  int32_t is_on = 0;
  SYS_TRY(argument.read(is_on));
  int flags = static_cast<int>(SYS_TRY(fd.file->flags()));
  return fd.file->set_flags(is_on ? flags | flag : flags & ~flag);
}

SysResult set_nonblocking(Thread&, const Fd& fd, IoctlArgument& argument) {
  return set_flag(fd, argument, O_NONBLOCK);
}

SysResult set_async(Thread&, const Fd& fd, IoctlArgument& argument) {
  return set_flag(fd, argument, O_ASYNC);
}

SysResult keep_on_exec(Thread& thread, const Fd& fd, IoctlArgument&) {
  return thread.process().fds().set_close_on_exec(fd.number, false);
}

SysResult close_on_exec(Thread& thread, const Fd& fd, IoctlArgument&) {
  return thread.process().fds().set_close_on_exec(fd.number, true);
}

/// The other end of a pseudo-terminal, by no path.
SysResult open_peer(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  auto flags = static_cast<int>(argument.value());
  OwnedFd peer(ioctl(fd.file->host_fd(), argument.row()->host, flags | O_CLOEXEC | O_NOCTTY));
  if (!peer) return SysResult::of_host(-1);
  return thread.process().fds().add(
      {std::make_shared<HostFile>(std::move(peer)), {}, {}, (flags & O_CLOEXEC) != 0});
}

SysResult clone_file(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  FileHold from = thread.process().fds().hold(argument.value());
  if (!from) return SysResult::error(EBADF);
  return SysResult::of_host(ioctl(fd.file->host_fd(), argument.row()->host, from->host_fd()));
}

SysResult clone_range(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  CloneRange range;
  SYS_TRY(argument.read(range));
  FileHold from = thread.process().fds().hold(static_cast<uint32_t>(range.from));
  if (!from) return SysResult::error(EBADF);
  range.from = from->host_fd();
  return SysResult::of_host(ioctl(fd.file->host_fd(), argument.row()->host, &range));
}

template <class Describe>
SysResult answer(IoctlArgument& argument, Describe describe) {
  InterfaceRequest request;
  SYS_TRY(argument.read(request));
  SYS_TRY(describe(argument.request(), request));
  return argument.write(request);
}

SysResult ask_interface(Thread&, const Fd& fd, IoctlArgument& argument) {
  return fd.file->as_socket() ? answer(argument, describe_interface) : SysResult::error(ENOTTY);
}

/// Sockets of other families know addresses of other kinds.
SysResult ask_address(Thread&, const Fd& fd, IoctlArgument& argument) {
  const Socket* socket = fd.file->as_socket();
  bool is_inet = socket && socket->domain() == AF_INET;
  return is_inet ? answer(argument, describe_interface_address) : SysResult::error(ENOTTY);
}

/// As many as there is room for; without any room, how much is needed.
SysResult list_interfaces(Thread&, const Fd& fd, IoctlArgument& argument) {
  constexpr auto k_entry = static_cast<int32_t>(sizeof(InterfaceRequest));
  if (!fd.file->as_socket()) return SysResult::error(ENOTTY);
  InterfaceList list;
  SYS_TRY(argument.read(list));
  bool fits = list.bytes >= k_entry;
  if (list.address && fits) SYS_TRY(argument.write_to(list.address, loopback_interface()));
  list.bytes = fits || !list.address ? k_entry : 0;
  return argument.write(list);
}

/// The interface is the host's.
SysResult refuse_change(Thread&, const Fd& fd, IoctlArgument&) {
  return SysResult::error(fd.file->as_socket() ? EPERM : ENOTTY);
}

using Handler = SysResult (*)(Thread&, const Fd&, IoctlArgument&);

Handler handler_of(uint32_t request) {
  switch (request) {
#define IOCTL(name, request, host, argument, type, handler) \
  case request:                                             \
    return handler;
#include "syscalls/table/ioctls.def"
  }
  return nullptr;
}

}  // namespace

SysResult sys_ioctl(Thread& thread, const Fd& fd, IoctlArgument& argument) {
  Handler handler = handler_of(argument.request());
  return handler && fd.file->host_fd() >= 0 ? handler(thread, fd, argument) : SysResult::error(ENOTTY);
}

}  // namespace lindvm
