#pragma once
// Names of UNIX sockets: what a guest calls a socket, and what the host does. Paths are resolved in the
// guest's file-system view and reach the host by descriptor ("/proc/self/fd/N/name"); abstract names get a
// prefix that is random for each run of the VM, so that guests of one VM meet and nobody else does. Names
// that the host tells (getsockname, the sender of a datagram) are turned back, and those of strangers are no
// names. Any thread.

#include <sys/socket.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/socket.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// A socket address as bytes: all families, guest's or host's.
struct SocketAddress {
  socklen_t length = 0;
  sockaddr_storage storage;

  SocketAddress() { storage.ss_family = AF_UNSPEC; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  bool is_unix() const { return length >= sizeof(sa_family_t) && storage.ss_family == AF_UNIX; }
  /// What follows the family.
  std::string_view name() const;
  void set_unix(std::string_view name);
};

/// A name in use. Its host name is unambiguous as long as the directory's descriptor is open.
struct SocketName {
  std::string guest;  ///< sun_path: a path, or a zero byte and an abstract name
  std::string host;
  OwnedFd directory;  ///< of paths

  ~SocketName();
};

/// An address for the host, with what must live as long as the host's call.
struct HostAddress {
  SocketAddress address;
  OwnedFd held;
  std::shared_ptr<const SocketName> peer;  ///< if the name is known
};

/// For connect and sendto: the guest's address in the host's terms.
SysResult to_host_peer(Thread& thread, const Socket& socket, const SocketAddress& guest, HostAddress& host);
/// The guest's address for one that the host told.
SocketAddress to_guest_address(const SocketAddress& host);
/// Binds, and remembers the name.
SysResult bind_socket(Thread& thread, Socket& socket, const SocketAddress& guest);
/// After connect: keeps the peer's name for as long as the socket asks for it.
void remember_peer(Socket& socket);
/// Gives an abstract name to a UNIX socket that has none.
SysResult bind_socket_automatically(Socket& socket);
/// As the host would do it in connect and send for sockets that pass credentials, but in the guests'
/// namespace.
SysResult bind_if_credentials_pass(Socket& socket);

}  // namespace lindvm
