// Calls on open files: the descriptor's kind does the work (kernel/open_file.h).

#include <limits>

#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

bool is_range(int64_t offset, int64_t length) {
  return offset >= 0 && length >= 0 && offset <= std::numeric_limits<int64_t>::max() - length;
}

}  // namespace

SysResult sys_close(Thread& thread, const FdNumber& fd) { return thread.process().fds().close(fd.value); }

SysResult sys_read(Thread&, const Fd& fd, BytesOut& buffer) {
  iovec vector = buffer.vector();
  return buffer.fill_with(fd.file->readv({&vector, 1}));
}

SysResult sys_write(Thread&, const Fd& fd, const BytesIn& buffer) {
  iovec vector = buffer.vector();
  return fd.file->writev({&vector, 1});
}

SysResult sys_readv(Thread&, const Fd& fd, VectorsOut& vectors) {
  return vectors.fill_with(fd.file->readv(vectors.vectors()));
}

SysResult sys_writev(Thread&, const Fd& fd, const VectorsIn& vectors) {
  return fd.file->writev(vectors.vectors());
}

SysResult sys_pread64(Thread&, const Fd& fd, BytesOut& buffer, const Scalar<int64_t>& offset) {
  iovec vector = buffer.vector();
  return buffer.fill_with(fd.file->preadv({&vector, 1}, offset.value));
}

SysResult sys_pwrite64(Thread&, const Fd& fd, const BytesIn& buffer, const Scalar<int64_t>& offset) {
  iovec vector = buffer.vector();
  return fd.file->pwritev({&vector, 1}, offset.value);
}

SysResult sys_preadv(Thread&, const Fd& fd, VectorsOut& vectors, const Scalar<int64_t>& offset) {
  return vectors.fill_with(fd.file->preadv(vectors.vectors(), offset.value));
}

SysResult sys_pwritev(Thread&, const Fd& fd, const VectorsIn& vectors, const Scalar<int64_t>& offset) {
  return fd.file->pwritev(vectors.vectors(), offset.value);
}

SysResult sys_llseek(Thread&, const Fd& fd, const HighFirst& offset, Out<int64_t>& position,
                     const Choice<FlagSet::SeekWhence>& whence) {
  int64_t reached = SYS_TRY(fd.file->seek(offset.value, static_cast<int>(whence.value)));
  return position.put(reached);
}

SysResult sys_ftruncate64(Thread&, const Fd& fd, const Scalar<int64_t>& size) {
  return size.value < 0 ? SysResult::error(EINVAL) : fd.file->truncate(size.value);
}

SysResult sys_fallocate(Thread&, const Fd& fd, const Flags<FlagSet::FallocateMode>& mode,
                        const Scalar<int64_t>& offset, const Scalar<int64_t>& length) {
  if (!is_range(offset.value, length.value) || length.value == 0) return SysResult::error(EINVAL);
  return fd.file->allocate(static_cast<int>(mode.bits), offset.value, length.value);
}

SysResult sys_fadvise64_64(Thread&, const Fd& fd, const Scalar<int64_t>& offset,
                           const Scalar<int64_t>& length, const Choice<FlagSet::FileAdvice>& advice) {
  if (!is_range(offset.value, length.value)) return SysResult::error(EINVAL);
  return fd.file->advise(offset.value, length.value, static_cast<int>(advice.value));
}

SysResult sys_fsync(Thread&, const Fd& fd) { return fd.file->sync(false); }

SysResult sys_fdatasync(Thread&, const Fd& fd) { return fd.file->sync(true); }

SysResult sys_shutdown(Thread&, const Fd& fd, const Choice<FlagSet::ShutdownHow>& how) {
  return fd.file->shutdown(static_cast<int>(how.value));
}

}  // namespace lindvm
