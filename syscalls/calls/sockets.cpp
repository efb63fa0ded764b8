// Calls that make, name and connect sockets. Which families a guest may use is decided here.

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/socket.h"
#include "syscalls/kernel/socket_names.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr int k_type_mask = 0xf;

/// Everything but UNIX and internet sockets would show the guest what it was not given. Neither may it see
/// others' packets, even if lind-vm runs with the right to.
SysResult check_family(const Thread& thread, uint32_t family, int32_t type) {
  bool is_internet = family == AF_INET || family == AF_INET6;
  if (family != AF_UNIX && !is_internet) return SysResult::error(EAFNOSUPPORT);
  if (is_internet && !thread.process().allows_network()) return SysResult::error(EACCES);
  if (is_internet && (type & k_type_mask) == SOCK_RAW) return SysResult::error(EPERM);
  return SysResult();
}

SysResult install_socket(Thread& thread, std::shared_ptr<Socket> socket, int32_t flags) {
  return install_file(thread, std::move(socket), flags & SOCK_CLOEXEC);
}

SysResult accept_connection(Thread& thread, Socket& listener, AddressOut& address, uint32_t flags) {
  if (flags & ~static_cast<uint32_t>(SOCK_NONBLOCK | SOCK_CLOEXEC)) return SysResult::error(EINVAL);
  SYS_TRY(thread.process().fds().check_room());  // a connection without a descriptor waits on
  SYS_TRY(listener.check_ready(POLLIN));
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  int host_flags = static_cast<int>(flags & SOCK_NONBLOCK) | SOCK_CLOEXEC;
  SysResult accepted =
      blocking_call(thread, SYS_accept4, listener.host_fd(), peer.get(), &peer.length, host_flags);
  int64_t fd = SYS_TRY(listener.limited(thread, SO_RCVTIMEO, accepted));
  auto socket = std::make_shared<Socket>(OwnedFd(static_cast<int>(fd)), listener.domain(), listener.type());
  socket->set_name(listener.name());
  if (address.is_wanted()) SYS_TRY(address.put(to_guest_address(peer)));
  return install_socket(thread, std::move(socket), static_cast<int32_t>(flags));
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

SysResult tell_address(const Socket& socket, NameCall call, AddressOut& address) {
  SocketAddress host;
  host.length = sizeof host.storage;
  SYS_TRY(SysResult::of_host(call(socket.host_fd(), host.get(), &host.length)));
  return address.put(to_guest_address(host));
}

}  // namespace

SysResult sys_socket(Thread& thread, const Choice<FlagSet::AddressFamily>& family, const SocketType& type,
                     const Choice<FlagSet::SocketProtocol>& protocol) {
  SYS_TRY(check_family(thread, family.value, type.value));
  int64_t fd = SYS_TRY(SysResult::of_host(
      socket(static_cast<int>(family.value), type.value | SOCK_CLOEXEC, static_cast<int>(protocol.value))));
  auto socket = std::make_shared<Socket>(OwnedFd(static_cast<int>(fd)), static_cast<int>(family.value),
                                         type.value & k_type_mask);
  return install_socket(thread, std::move(socket), type.value);
}

SysResult sys_socketpair(Thread& thread, const Choice<FlagSet::AddressFamily>& family, const SocketType& type,
                         const Choice<FlagSet::SocketProtocol>& protocol, Out<FdPair>& pair) {
  SYS_TRY(thread.process().fds().check_room());
  SYS_TRY(check_family(thread, family.value, type.value));
  int fds[2];
  SYS_TRY(SysResult::of_host(socketpair(static_cast<int>(family.value), type.value | SOCK_CLOEXEC,
                                        static_cast<int>(protocol.value), fds)));
  std::shared_ptr<Socket> sockets[] = {std::make_shared<Socket>(OwnedFd(fds[0])),
                                       std::make_shared<Socket>(OwnedFd(fds[1]))};
  int64_t first = SYS_TRY(install_socket(thread, std::move(sockets[0]), type.value));
  SysResult second = install_socket(thread, std::move(sockets[1]), type.value);
  FdTable& table = thread.process().fds();
  SysResult result = second;
  if (second.ok()) result = pair.put({static_cast<uint32_t>(first), static_cast<uint32_t>(second.value())});
  if (result.ok()) return result;
  (void)table.close(static_cast<uint32_t>(first));
  if (second.ok()) (void)table.close(static_cast<uint32_t>(second.value()));
  return result;
}

SysResult sys_bind(Thread& thread, const SocketFd& fd, const AddressIn& address) {
  return bind_socket(thread, *fd.socket, address.value);
}

SysResult sys_listen(Thread&, const SocketFd& fd, const Scalar<int32_t>& backlog) {
  return SysResult::of_host(listen(fd.socket->host_fd(), backlog.value));
}

SysResult sys_accept(Thread& thread, const SocketFd& fd, AddressOut& address) {
  return accept_connection(thread, *fd.socket, address, 0);
}

SysResult sys_accept4(Thread& thread, const SocketFd& fd, AddressOut& address,
                      const Flags<FlagSet::SocketFlags>& flags) {
  return accept_connection(thread, *fd.socket, address, flags.bits);
}

SysResult sys_connect(Thread& thread, const SocketFd& fd, const AddressIn& address) {
  Socket& socket = *fd.socket;
  HostAddress host;
  SYS_TRY(to_host_peer(thread, socket, address.value, host));
  SYS_TRY(bind_if_credentials_pass(socket));
  SysResult result =
      blocking_call(thread, SYS_connect, socket.host_fd(), host.address.get(), host.address.length);
  if (result.ok()) remember_peer(socket);
  return socket.limited(thread, SO_SNDTIMEO, result);
}

SysResult sys_getsockname(Thread&, const SocketFd& fd, AddressOut& address) {
  return tell_address(*fd.socket, getsockname, address);
}

SysResult sys_getpeername(Thread&, const SocketFd& fd, AddressOut& address) {
  return tell_address(*fd.socket, getpeername, address);
}

SysResult sys_shutdown(Thread&, const Fd& fd, const Choice<FlagSet::ShutdownHow>& how) {
  return fd.file->shutdown(static_cast<int>(how.value));
}

}  // namespace lindvm
