#pragma once
// Sockets: host descriptors whose family and type the kernel needs to know, because addresses of UNIX sockets
// are names in the guest's world and not in the host's (kernel/socket_names.h). Owned by descriptors like
// every open file; any thread.

#include <cerrno>
#include <memory>
#include <mutex>

#include "syscalls/kernel/host_file.h"

namespace lindvm {

class Thread;
struct SocketName;

class Socket final : public HostFile {
 public:
  /// What a descriptor is: a Socket if it is one, else a plain HostFile.
  static FileRef wrap(OwnedFd fd, bool is_read_only = false);
  static bool is_socket(int fd);

  Socket(OwnedFd fd, int domain, int type) : HostFile(std::move(fd)), domain_(domain), type_(type) {}
  /// Asks the host for family and type.
  explicit Socket(OwnedFd fd, Inherited inherited = Inherited::no);

  Socket* as_socket() override { return this; }
  SysResult readv(Vectors vectors) override;
  SysResult writev(Vectors vectors) override;
  SysResult accept(int flags, FileRef& accepted) override;

  int domain() const { return domain_; }
  int type() const { return type_; }
  /// EAGAIN if the description is to seem non-blocking and is not ready.
  using HostFile::check_ready;

  /// With what a call answered that waited as long as an option allows (SO_RCVTIMEO, SO_SNDTIMEO): where
  /// there is such a limit, a signal ends the call for good.
  SysResult limited(Thread& thread, int option, SysResult result) const {
    return result.raw() == -EINTR ? ended_by_signal(thread, option, result) : result;
  }

  /// The names that the socket, and its peer, have in the guest; kept alive as long as the socket.
  void set_name(std::shared_ptr<const SocketName> name);
  void set_peer(std::shared_ptr<const SocketName> peer);
  std::shared_ptr<const SocketName> name() const;

 private:
  SysResult ended_by_signal(Thread& thread, int option, SysResult result) const;

  int domain_ = 0;
  int type_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<const SocketName> name_;  // guarded by mutex_
  std::shared_ptr<const SocketName> peer_;  // guarded by mutex_
};

}  // namespace lindvm
