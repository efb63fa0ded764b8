#pragma once
// Where UNIX sockets live in the guest's file-system view. The calling guest thread's host thread.

#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// A directory and a name in it.
struct SocketPlace {
  OwnedFd directory;
  std::string name;
};

/// Where a socket is to be made; EADDRINUSE if something is there.
SysResult locate_socket(Thread& thread, std::string_view path, SocketPlace& place);
/// The socket's file itself, links followed, as an O_PATH descriptor.
SysResult open_socket_file(Thread& thread, std::string_view path, OwnedFd& opened);
/// The permissions that the guest's umask leaves a new socket's file.
uint32_t socket_mode(Thread& thread);

}  // namespace lindvm
