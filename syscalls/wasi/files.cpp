// WASI's functions on descriptors.

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

#include "syscalls/wasi/convert.h"
#include "syscalls/wasi/functions.h"
#include "syscalls/wasi/rights.h"

namespace lindvm::wasi {
namespace {

constexpr uint32_t k_settable_flags = flag::WasiFdFlags_APPEND | flag::WasiFdFlags_NONBLOCK;

struct GuestDirent {
  uint64_t next;
  uint64_t inode;
  uint32_t name_length;
  uint8_t type;
  uint8_t pad[3];
};
static_assert(sizeof(GuestDirent) == 24);

/// Fills fd_readdir's buffer; the entry that does not fit is cut off, which tells the guest that there is
/// more.
class DirentWriter final : public DirectorySink {
 public:
  explicit DirentWriter(BytesOut& buffer) : buffer_(buffer) {}

  bool take(const DirectoryEntry& entry) override {
    GuestDirent header{entry.next,
                       entry.inode,
                       static_cast<uint32_t>(entry.name.size()),
                       file_type(static_cast<uint16_t>(DTTOIF(entry.type))),
                       {}};
    write(&header, sizeof header);
    write(entry.name.data(), entry.name.size());
    return used_ < buffer_.size && !is_faulty_;
  }
  SysResult result() const { return is_faulty_ ? SysResult::error(EFAULT) : SysResult(used_); }

 private:
  void write(const void* bytes, size_t count) {
    count = std::min<size_t>(count, buffer_.size - used_);
    is_faulty_ |= !buffer_.put(used_, bytes, count);
    used_ += static_cast<uint32_t>(count);
  }

  BytesOut& buffer_;
  uint32_t used_ = 0;
  bool is_faulty_ = false;
};

/// For calls that answer a count where WASI wants it stored.
SysResult put_count(SysResult count, Out<uint32_t>& out) {
  return count.ok() ? out.put(static_cast<uint32_t>(count.value())) : count;
}

uint8_t descriptor_type(OpenFile& file, uint16_t mode) {
  int type = 0;
  socklen_t size = sizeof type;
  bool is_datagram = S_ISSOCK(mode) && getsockopt(file.host_fd(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
                     type == SOCK_DGRAM;
  return is_datagram ? flag::WasiFileType_SOCKET_DGRAM : file_type(mode);
}

bool is_range(int64_t offset, int64_t length) {
  return offset >= 0 && length >= 0 && offset <= std::numeric_limits<int64_t>::max() - length;
}

}  // namespace

SysResult fd_advise(Thread& thread, const Fd& fd, const Scalar<int64_t>& offset,
                    const Scalar<int64_t>& length, const Choice<FlagSet::WasiAdvice>& advice) {
  constexpr uint32_t k_linux[] = {
      flag::FileAdvice_POSIX_FADV_NORMAL,   flag::FileAdvice_POSIX_FADV_SEQUENTIAL,
      flag::FileAdvice_POSIX_FADV_RANDOM,   flag::FileAdvice_POSIX_FADV_WILLNEED,
      flag::FileAdvice_POSIX_FADV_DONTNEED, flag::FileAdvice_POSIX_FADV_NOREUSE};
  if (!is_range(offset.value, length.value)) return SysResult::error(EINVAL);
  Choice<FlagSet::FileAdvice> linux_advice;
  linux_advice.value = k_linux[advice.value];
  return sys_fadvise64_64(thread, fd, offset, length, linux_advice);
}

SysResult fd_allocate(Thread& thread, const Fd& fd, const Scalar<int64_t>& offset,
                      const Scalar<int64_t>& length) {
  return sys_fallocate(thread, fd, {}, offset, length);
}

SysResult fd_close(Thread& thread, const FdNumber& fd) { return sys_close(thread, fd); }

SysResult fd_datasync(Thread& thread, const Fd& fd) { return sys_fdatasync(thread, fd); }

SysResult fd_sync(Thread& thread, const Fd& fd) { return sys_fsync(thread, fd); }

SysResult fd_fdstat_get(Thread&, const Fd& fd, Out<FdStatus>& out) {
  FileStatus status{};
  SYS_TRY(fd.file->status(status));
  int64_t flags = SYS_TRY(fd.file->flags());
  return out.put({descriptor_type(*fd.file, status.stx_mode), to_wasi_flags(static_cast<int>(flags)),
                  fd.capabilities.base, fd.capabilities.inheriting});
}

/// The host cannot change how an open file is synchronised.
SysResult fd_fdstat_set_flags(Thread&, const Fd& fd, const Flags<FlagSet::WasiFdFlags>& flags) {
  int64_t host_flags = SYS_TRY(fd.file->flags());
  uint32_t now = to_wasi_flags(static_cast<int>(host_flags));
  if ((flags.bits ^ now) & ~k_settable_flags) return SysResult::error(EINVAL);
  int kept = static_cast<int>(host_flags) & ~(O_APPEND | O_NONBLOCK);
  return fd.file->set_flags(kept | to_host_flags(flags.bits & k_settable_flags));
}

SysResult fd_fdstat_set_rights(Thread& thread, const FdNumber& fd, const Rights& base,
                               const Rights& inheriting) {
  return thread.process().fds().restrict(fd.value, {base.bits, inheriting.bits});
}

SysResult fd_filestat_get(Thread&, const Fd& fd, Out<FileStatus>& out) {
  FileStatus status{};
  SYS_TRY(fd.file->status(status));
  return out.put(status);
}

SysResult fd_filestat_set_size(Thread& thread, const Fd& fd, const Scalar<int64_t>& size) {
  return sys_ftruncate64(thread, fd, size);
}

SysResult fd_filestat_set_times(Thread& thread, const Fd& fd, const Nanoseconds& access,
                                const Nanoseconds& modification, const Flags<FlagSet::WasiTimeFlags>& which) {
  In<FileTimes> times;
  SYS_TRY(to_file_times(access, modification, which, times.value));
  Flags<FlagSet::AtFlags> flags;
  flags.bits = flag::AtFlags_AT_EMPTY_PATH;
  return sys_utimensat_time64(thread, fd, Path(), times, flags);
}

SysResult fd_pread(Thread& thread, const Fd& fd, VectorsOut& vectors, const Scalar<int64_t>& offset,
                   Out<uint32_t>& count) {
  return put_count(sys_preadv(thread, fd, vectors, offset), count);
}

SysResult fd_pwrite(Thread& thread, const Fd& fd, const VectorsIn& vectors, const Scalar<int64_t>& offset,
                    Out<uint32_t>& count) {
  return put_count(sys_pwritev(thread, fd, vectors, offset), count);
}

SysResult fd_read(Thread& thread, const Fd& fd, VectorsOut& vectors, Out<uint32_t>& count) {
  return put_count(sys_readv(thread, fd, vectors), count);
}

SysResult fd_write(Thread& thread, const Fd& fd, const VectorsIn& vectors, Out<uint32_t>& count) {
  return put_count(sys_writev(thread, fd, vectors), count);
}

SysResult fd_prestat_get(Thread& thread, const FdNumber& fd, Out<Prestat>& prestat) {
  FdEntry entry = thread.process().fds().entry(fd.value);
  if (entry.preopen.empty()) return SysResult::error(EBADF);
  return prestat.put({static_cast<uint32_t>(entry.preopen.size())});
}

SysResult fd_prestat_dir_name(Thread& thread, const FdNumber& fd, BytesOut& name) {
  FdEntry entry = thread.process().fds().entry(fd.value);
  if (entry.preopen.empty()) return SysResult::error(EBADF);
  if (name.size < entry.preopen.size()) return SysResult::error(ENAMETOOLONG);
  if (!name.put(0, entry.preopen.data(), entry.preopen.size())) return SysResult::error(EFAULT);
  (void)name.fill_with(SysResult(static_cast<int64_t>(entry.preopen.size())));
  return SysResult();
}

SysResult fd_readdir(Thread&, const Fd& fd, BytesOut& buffer, const Scalar<int64_t>& cookie,
                     Out<uint32_t>& used) {
  DirentWriter writer(buffer);
  SYS_TRY(fd.file->read_directory(static_cast<uint64_t>(cookie.value), writer));
  return put_count(buffer.fill_with(writer.result()), used);
}

SysResult fd_renumber(Thread& thread, const FdNumber& from, const FdNumber& to) {
  return thread.process().fds().renumber(from.value, to.value);
}

SysResult fd_seek(Thread& thread, const Fd& fd, const Scalar<int64_t>& offset, const Whence& whence,
                  Out<int64_t>& position) {
  bool only_tells = offset.value == 0 && whence.value == SEEK_CUR;
  if (!(fd.capabilities.base & FD_SEEK) && !only_tells) return SysResult::error(ENOTCAPABLE);
  HighFirst linux_offset;
  linux_offset.value = offset.value;
  Choice<FlagSet::SeekWhence> linux_whence;
  linux_whence.value = whence.value;
  return sys_llseek(thread, fd, linux_offset, position, linux_whence);
}

SysResult fd_tell(Thread&, const Fd& fd, Out<int64_t>& position) {
  int64_t reached = SYS_TRY(fd.file->seek(0, SEEK_CUR));
  return position.put(reached);
}

}  // namespace lindvm::wasi
