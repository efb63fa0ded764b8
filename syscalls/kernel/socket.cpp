#include "syscalls/kernel/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/socket_names.h"

namespace lindvm {
namespace {

int int_option(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  getsockopt(fd, SOL_SOCKET, option, &value, &size);
  return value;
}

}  // namespace

bool Socket::is_socket(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

FileRef Socket::wrap(OwnedFd fd, bool is_read_only) {
  if (is_socket(fd.get())) return std::make_shared<Socket>(std::move(fd));
  return std::make_shared<HostFile>(std::move(fd), is_read_only);
}

Socket::Socket(OwnedFd fd, Inherited inherited) : HostFile(std::move(fd), false, inherited) {
  domain_ = int_option(host_fd(), SO_DOMAIN);
  type_ = int_option(host_fd(), SO_TYPE);
}

SysResult Socket::readv(Vectors vectors) {
  SysResult result = HostFile::readv(vectors);
  return result.raw() == -EINTR ? limited(*Thread::current(), SO_RCVTIMEO, result) : result;
}

SysResult Socket::writev(Vectors vectors) {
  SysResult result = HostFile::writev(vectors);
  return result.raw() == -EINTR ? limited(*Thread::current(), SO_SNDTIMEO, result) : result;
}

SysResult Socket::ended_by_signal(Thread& thread, int option, SysResult result) const {
  timeval limit{};
  socklen_t size = sizeof limit;
  getsockopt(host_fd(), SOL_SOCKET, option, &limit, &size);
  return limit.tv_sec || limit.tv_usec ? never_again(thread, result) : result;
}

SysResult Socket::accept(int flags, FileRef& accepted) {
  SYS_TRY(check_ready(POLLIN));
  int64_t fd = SYS_TRY(blocking_call(SYS_accept4, host_fd(), nullptr, nullptr, flags | SOCK_CLOEXEC));
  auto socket = std::make_shared<Socket>(OwnedFd(static_cast<int>(fd)), domain_, type_);
  socket->set_name(name());
  accepted = std::move(socket);
  return SysResult();
}

void Socket::set_name(std::shared_ptr<const SocketName> name) {
  std::lock_guard lock(mutex_);
  name_ = std::move(name);
}

void Socket::set_peer(std::shared_ptr<const SocketName> peer) {
  std::lock_guard lock(mutex_);
  peer_ = std::move(peer);
}

std::shared_ptr<const SocketName> Socket::name() const {
  std::lock_guard lock(mutex_);
  return name_;
}

}  // namespace lindvm
