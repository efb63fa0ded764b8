// Calls on open files: the descriptor's kind does the work (kernel/open_file.h).

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <limits>

#include "syscalls/kernel/file_size_limit.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// Linux refuses what is negative as the caller's ssize_t.
constexpr uint32_t k_max_count = INT32_MAX;

/// One empty buffer is nothing to do for readv and writev, but a call of the file for read and write, which
/// some kinds of files refuse: told apart by their number.
OpenFile::Vectors in_vectors(OpenFile::Vectors vectors) {
  static constexpr iovec k_nothing[2] = {};
  return vectors.size() == 1 && vectors[0].iov_len == 0 ? OpenFile::Vectors(k_nothing) : vectors;
}

SysResult write_limited(Thread& thread, const Fd& fd, OpenFile::Vectors vectors) {
  SysResult result = limit_file_size(thread, [&] { return fd.file->writev(vectors); });
  return thread.process().signals().after_write(thread, result);
}

}  // namespace

SysResult sys_read(Thread&, const Fd& fd, BytesOut& buffer) {
  if (buffer.size > k_max_count) return SysResult::error(EINVAL);
  iovec vector = buffer.vector();
  return buffer.fill_with(fd.file->readv({&vector, 1}));
}

SysResult sys_write(Thread& thread, const Fd& fd, const BytesIn& buffer) {
  if (buffer.size > k_max_count) return SysResult::error(EINVAL);
  iovec vector = buffer.vector();
  return write_limited(thread, fd, {&vector, 1});
}

SysResult sys_readv(Thread&, const Fd& fd, VectorsOut& vectors) {
  return vectors.fill_with(fd.file->readv(in_vectors(vectors.vectors())));
}

SysResult sys_writev(Thread& thread, const Fd& fd, const VectorsIn& vectors) {
  return write_limited(thread, fd, in_vectors(vectors.vectors()));
}

SysResult sys_pread64(Thread&, const Fd& fd, BytesOut& buffer, const Scalar<int64_t>& offset) {
  if (buffer.size > k_max_count) return SysResult::error(EINVAL);
  iovec vector = buffer.vector();
  return buffer.fill_with(fd.file->preadv({&vector, 1}, offset.value, 0));
}

SysResult sys_pwrite64(Thread& thread, const Fd& fd, const BytesIn& buffer, const Scalar<int64_t>& offset) {
  if (buffer.size > k_max_count) return SysResult::error(EINVAL);
  iovec vector = buffer.vector();
  return limit_file_size(thread, [&] { return fd.file->pwritev({&vector, 1}, offset.value, 0); });
}

SysResult sys_preadv(Thread&, const Fd& fd, VectorsOut& vectors, const Scalar<int64_t>& offset) {
  return vectors.fill_with(fd.file->preadv(in_vectors(vectors.vectors()), offset.value, 0));
}

SysResult sys_pwritev(Thread& thread, const Fd& fd, const VectorsIn& vectors, const Scalar<int64_t>& offset) {
  return limit_file_size(thread,
                         [&] { return fd.file->pwritev(in_vectors(vectors.vectors()), offset.value, 0); });
}

SysResult sys_preadv2(Thread& thread, const Fd& fd, VectorsOut& vectors, const Scalar<int64_t>& offset,
                      const Flags<FlagSet::TransferFlags>& flags) {
  if (offset.value == -1 && flags.bits == 0) return sys_readv(thread, fd, vectors);
  return vectors.fill_with(
      fd.file->preadv(in_vectors(vectors.vectors()), offset.value, static_cast<int>(flags.bits)));
}

SysResult sys_pwritev2(Thread& thread, const Fd& fd, const VectorsIn& vectors, const Scalar<int64_t>& offset,
                       const Flags<FlagSet::TransferFlags>& flags) {
  if (offset.value == -1 && flags.bits == 0) return sys_writev(thread, fd, vectors);
  return limit_file_size(thread, [&] {
    return fd.file->pwritev(in_vectors(vectors.vectors()), offset.value, static_cast<int>(flags.bits));
  });
}

SysResult sys_llseek(Thread&, const Fd& fd, const HighFirst& offset, Out<int64_t>& position,
                     const Choice<FlagSet::SeekWhence>& whence) {
  int64_t reached = SYS_TRY(fd.file->seek(offset.value, static_cast<int>(whence.value)));
  return position.put(reached);
}

SysResult sys_ftruncate64(Thread& thread, const Fd& fd, const Scalar<int64_t>& size) {
  if (size.value < 0) return SysResult::error(EINVAL);
  return limit_file_size(thread, [&] { return fd.file->truncate(size.value); });
}

SysResult sys_fallocate(Thread& thread, const Fd& fd, const Flags<FlagSet::FallocateMode>& mode,
                        const Scalar<int64_t>& offset, const Scalar<int64_t>& length) {
  return limit_file_size(
      thread, [&] { return fd.file->allocate(static_cast<int>(mode.bits), offset.value, length.value); });
}

SysResult sys_fadvise64_64(Thread&, const Fd& fd, const Scalar<int64_t>& offset,
                           const Scalar<int64_t>& length, const Choice<FlagSet::FileAdvice>& advice) {
  return fd.file->advise(offset.value, length.value, static_cast<int>(advice.value));
}

SysResult sys_fsync(Thread&, const Fd& fd) { return fd.file->sync(false); }

SysResult sys_fdatasync(Thread&, const Fd& fd) { return fd.file->sync(true); }

SysResult sys_sync(Thread&) {
  sync();
  return SysResult();
}

SysResult sys_syncfs(Thread&, const Fd& fd) { return SysResult::of_host(syncfs(fd.file->host_fd())); }

SysResult sys_sync_file_range(Thread&, const Fd& fd, const Scalar<int64_t>& offset,
                              const Scalar<int64_t>& length, const Flags<FlagSet::SyncRangeFlags>& flags) {
  return SysResult::of_host(sync_file_range(fd.file->host_fd(), offset.value, length.value, flags.bits));
}

SysResult sys_readahead(Thread&, const Fd& fd, const Scalar<int64_t>& offset, const Scalar<uint32_t>& count) {
  return SysResult::of_host(readahead(fd.file->host_fd(), offset.value, count.value));
}

SysResult sys_cachestat(Thread&, const Fd& fd, const In<CacheRange>& range, Out<CacheCounts>& counts,
                        const Scalar<uint32_t>& flags) {
  constexpr long k_number = 451;  // not in every libc's headers
  CacheCounts found{};
  SYS_TRY(SysResult::of_host(syscall(k_number, fd.file->host_fd(), &range.value, &found, flags.value)));
  return counts.put(found);
}

}  // namespace lindvm
