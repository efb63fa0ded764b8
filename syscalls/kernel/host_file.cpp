#include "syscalls/kernel/host_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/socket.h"

namespace lindvm {
namespace {

/// struct linux_dirent64, which libc does not declare.
struct KernelEntry {
  uint64_t inode;
  int64_t next;
  uint16_t length;
  uint8_t type;
};
constexpr size_t k_name_offset = 19;
constexpr size_t k_entries_bytes = 32 * 1024;
constexpr size_t k_least_entries_bytes = 512;  // the longest name fits

msghdr header_of(OpenFile::Vectors vectors) {
  msghdr header{};
  header.msg_iov = const_cast<iovec*>(vectors.data());
  header.msg_iovlen = vectors.size();
  return header;
}

/// False once the sink has enough.
bool feed(const char* bytes, size_t count, DirectoryPositions& positions, DirectorySink& sink) {
  for (size_t at = 0; at < count;) {
    KernelEntry raw;
    std::memcpy(&raw, bytes + at, k_name_offset);
    auto next = static_cast<uint64_t>(positions.to_guest(raw.next));
    DirectoryEntry entry{raw.inode, next, raw.type, bytes + at + k_name_offset};
    if (!sink.take(entry)) return false;
    at += raw.length;
  }
  return true;
}

/// One buffer by the call that takes one: the kernel is faster that way.
[[gnu::always_inline]] inline SysResult transfer(long one, long several, int fd, OpenFile::Vectors vectors) {
  if (vectors.size() == 1) return blocking_call(one, fd, vectors[0].iov_base, vectors[0].iov_len);
  return blocking_call(several, fd, vectors.data(), vectors.size());
}

[[gnu::always_inline]] inline SysResult transfer_at(long one, long several, int fd, OpenFile::Vectors vectors,
                                                    int64_t offset) {
  if (vectors.size() == 1) return blocking_call(one, fd, vectors[0].iov_base, vectors[0].iov_len, offset);
  return blocking_call(several, fd, vectors.data(), vectors.size(), offset, 0);
}

}  // namespace

HostFile::HostFile(OwnedFd fd, bool is_read_only, Inherited inherited)
    : fd_(std::move(fd)), is_read_only_(is_read_only), is_inherited_(inherited == Inherited::yes) {
  if (!is_inherited_) return;
  int flags = fcntl(fd_.get(), F_GETFL);
  emulates_nonblock_ = flags >= 0 && (flags & O_NONBLOCK);
}

FileRef HostFile::inherit(int fd) {
  if (Socket::is_socket(fd)) return std::make_shared<Socket>(OwnedFd(fd), Inherited::yes);
  return std::make_shared<HostFile>(OwnedFd(fd), false, Inherited::yes);
}

HostFile::~HostFile() {
  if (is_inherited_) fd_.release();
}

SysResult HostFile::poll_ready(short events) {
  pollfd item{fd_.get(), events, 0};
  return poll(&item, 1, 0) == 0 ? SysResult::error(EAGAIN) : SysResult();
}

SysResult HostFile::readv(Vectors vectors) {
  SYS_TRY(HostFile::check_ready(POLLIN));
  return transfer(SYS_read, SYS_readv, host_fd(), vectors);
}

SysResult HostFile::writev(Vectors vectors) {
  SYS_TRY(HostFile::check_ready(POLLOUT));
  return transfer(SYS_write, SYS_writev, host_fd(), vectors);
}

SysResult HostFile::preadv(Vectors vectors, int64_t offset, int flags) {
  if (!flags) return transfer_at(SYS_pread64, SYS_preadv, host_fd(), vectors, offset);
  return blocking_call(SYS_preadv2, host_fd(), vectors.data(), vectors.size(), offset, offset >> 32, flags);
}

SysResult HostFile::pwritev(Vectors vectors, int64_t offset, int flags) {
  if (!flags) return transfer_at(SYS_pwrite64, SYS_pwritev, host_fd(), vectors, offset);
  return blocking_call(SYS_pwritev2, host_fd(), vectors.data(), vectors.size(), offset, offset >> 32, flags);
}

SysResult HostFile::seek(int64_t offset, int whence) {
  bool is_directory = is_directory_.load(std::memory_order_relaxed);
  if (is_directory && whence == SEEK_SET) offset = positions_.to_host(offset);
  int64_t position =
      SYS_TRY(SysResult(raw_syscall(SYS_lseek, call_word(fd_.get()), call_word(offset), call_word(whence))));
  return SysResult(is_directory ? positions_.to_guest(position) : position);
}

SysResult HostFile::status(FileStatus& status) {
  return SysResult::of_host(statx(host_fd(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status));
}

SysResult HostFile::flags() {
  int64_t flags = SYS_TRY(SysResult::of_host(fcntl(host_fd(), F_GETFL)));
  if (is_inherited_) {
    flags &= ~int64_t{O_NONBLOCK};
    if (emulates_nonblock_.load(std::memory_order_relaxed)) flags |= O_NONBLOCK;
  }
  return SysResult(flags);
}

SysResult HostFile::set_flags(int flags) {
  if (!is_inherited_) return SysResult::of_host(fcntl(host_fd(), F_SETFL, flags));
  emulates_nonblock_.store(flags & O_NONBLOCK, std::memory_order_relaxed);
  int64_t host_flags = SYS_TRY(SysResult::of_host(fcntl(host_fd(), F_GETFL)));
  if ((host_flags & O_APPEND) == (flags & O_APPEND)) return SysResult();
  return SysResult::of_host(fcntl(host_fd(), F_SETFL, host_flags ^ O_APPEND));
}

SysResult HostFile::truncate(int64_t size) { return SysResult::of_host(ftruncate(host_fd(), size)); }

SysResult HostFile::allocate(int mode, int64_t offset, int64_t length) {
  return SysResult::of_host(fallocate(host_fd(), mode, offset, length));
}

SysResult HostFile::advise(int64_t offset, int64_t length, int advice) {
  int error = posix_fadvise(host_fd(), offset, length, advice);
  return error ? SysResult::error(error) : SysResult();
}

SysResult HostFile::sync(bool data_only) {
  return SysResult::of_host(data_only ? fdatasync(host_fd()) : fsync(host_fd()));
}

SysResult HostFile::set_times(const timespec (&times)[2]) {
  return SysResult::of_host(futimens(host_fd(), times));
}

SysResult HostFile::read_directory(uint64_t from, DirectorySink& sink) {
  std::lock_guard lock(reading_directory_);
  alignas(8) char bytes[k_entries_bytes];
  size_t wanted = std::clamp(sink.room(), k_least_entries_bytes, k_entries_bytes);
  is_directory_.store(true, std::memory_order_relaxed);
  SYS_TRY(seek(static_cast<int64_t>(from), SEEK_SET));
  while (true) {
    int64_t count = SYS_TRY(SysResult::of_host(syscall(SYS_getdents64, host_fd(), bytes, wanted)));
    if (count == 0 || !feed(bytes, static_cast<size_t>(count), positions_, sink)) return SysResult();
  }
}

SysResult HostFile::readable_bytes() {
  struct stat status;
  if (fstat(host_fd(), &status) != 0) return SysResult::of_host(-1);
  if (S_ISREG(status.st_mode)) {
    int64_t position = SYS_TRY(seek(0, SEEK_CUR));
    return SysResult(std::max<int64_t>(0, status.st_size - position));
  }
  int count = 0;
  return ioctl(host_fd(), FIONREAD, &count) == 0 ? SysResult(count) : SysResult(0);
}

SysResult HostFile::receive(Vectors vectors, int flags, Received& received) {
  if (Socket::is_socket(host_fd())) SYS_TRY(check_ready(POLLIN));
  msghdr header = header_of(vectors);
  received.bytes = SYS_TRY(blocking_call(SYS_recvmsg, host_fd(), &header, flags | MSG_CMSG_CLOEXEC));
  received.flags = header.msg_flags;
  return SysResult();
}

SysResult HostFile::send(Vectors vectors, int flags) {
  if (Socket::is_socket(host_fd())) SYS_TRY(check_ready(POLLOUT));
  msghdr header = header_of(vectors);
  return blocking_call(SYS_sendmsg, host_fd(), &header, flags | MSG_NOSIGNAL);
}

SysResult HostFile::shutdown(int how) { return SysResult::of_host(::shutdown(host_fd(), how)); }

}  // namespace lindvm
