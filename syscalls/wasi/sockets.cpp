// WASI's functions on sockets, which a guest inherits or accepts.

#include <sys/socket.h>

#include "syscalls/wasi/functions.h"
#include "syscalls/wasi/rights.h"

namespace lindvm::wasi {
namespace {

constexpr uint16_t k_data_truncated = 1;

}  // namespace

SysResult sock_accept(Thread& thread, const Fd& fd, const Flags<FlagSet::WasiFdFlags>& flags,
                      Out<uint32_t>& out) {
  if (flags.bits & ~flag::WasiFdFlags_NONBLOCK) return SysResult::error(EINVAL);
  FileRef accepted;
  SYS_TRY(fd.file->accept(flags.has(flag::WasiFdFlags_NONBLOCK) ? SOCK_NONBLOCK : 0, accepted));
  Capabilities capabilities{applicable_rights(*accepted), 0};
  int64_t number = SYS_TRY(thread.process().fds().add({std::move(accepted), capabilities, {}}));
  return out.put(static_cast<uint32_t>(number));
}

SysResult sock_recv(Thread&, const Fd& fd, VectorsOut& vectors, const Flags<FlagSet::WasiReceiveFlags>& flags,
                    Out<uint32_t>& count, Out<uint16_t>& received_flags) {
  int host_flags = 0;
  if (flags.has(flag::WasiReceiveFlags_RECV_PEEK)) host_flags |= MSG_PEEK;
  if (flags.has(flag::WasiReceiveFlags_RECV_WAITALL)) host_flags |= MSG_WAITALL;
  Received received;
  SYS_TRY(fd.file->receive(vectors.vectors(), host_flags, received));
  (void)vectors.fill_with(SysResult(received.bytes));
  SYS_TRY(count.put(static_cast<uint32_t>(received.bytes)));
  return received_flags.put(received.flags & MSG_TRUNC ? k_data_truncated : uint16_t{0});
}

SysResult sock_send(Thread&, const Fd& fd, const VectorsIn& vectors, const Flags<FlagSet::WasiSendFlags>&,
                    Out<uint32_t>& count) {
  int64_t sent = SYS_TRY(fd.file->send(vectors.vectors(), 0));
  return count.put(static_cast<uint32_t>(sent));
}

SysResult sock_shutdown(Thread& thread, const Fd& fd, const Flags<FlagSet::WasiShutdownFlags>& flags) {
  constexpr uint64_t k_how[] = {0, flag::ShutdownHow_SHUT_RD, flag::ShutdownHow_SHUT_WR,
                                flag::ShutdownHow_SHUT_RDWR};
  if (flags.bits == 0) return SysResult::error(EINVAL);
  Choice<FlagSet::ShutdownHow> how;
  how.value = static_cast<uint32_t>(k_how[flags.bits]);
  return sys_shutdown(thread, fd, how);
}

}  // namespace lindvm::wasi
