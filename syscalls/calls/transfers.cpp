// Calls that move data from file to file within the host kernel. Offsets are read and written in guest memory
// by the kernel itself, which answers EFAULT.

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/file_size_limit.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// Both ends can go on if they are to seem non-blocking.
SysResult check_ready(const Fd& in, const Fd& out) {
  SYS_TRY(in.file->check_ready(POLLIN));
  return out.file->check_ready(POLLOUT);
}

}  // namespace

SysResult sys_sendfile64(Thread& thread, const Fd& out, const Fd& in, OffsetPlace& offset,
                         const Scalar<uint32_t>& count) {
  if (count.value > INT32_MAX) return SysResult::error(EINVAL);
  SYS_TRY(check_ready(in, out));
  return limit_file_size(thread, [&] {
    return blocking_call(thread, SYS_sendfile, out.file->host_fd(), in.file->host_fd(), offset.host(),
                         count.value);
  });
}

SysResult sys_vmsplice(Thread& thread, const Fd& fd, const VectorsIn& vectors,
                       const Flags<FlagSet::SpliceFlags>& flags) {
  return blocking_call(thread, SYS_vmsplice, fd.file->host_fd(), vectors.vectors().data(),
                       vectors.vectors().size(), flags.bits);
}

SysResult sys_splice(Thread& thread, const Fd& in, OffsetPlace& in_offset, const Fd& out,
                     OffsetPlace& out_offset, const Scalar<uint32_t>& length,
                     const Flags<FlagSet::SpliceFlags>& flags) {
  SYS_TRY(check_ready(in, out));
  return limit_file_size(thread, [&] {
    return blocking_call(thread, SYS_splice, in.file->host_fd(), in_offset.host(), out.file->host_fd(),
                         out_offset.host(), length.value, flags.bits);
  });
}

SysResult sys_tee(Thread& thread, const Fd& in, const Fd& out, const Scalar<uint32_t>& length,
                  const Flags<FlagSet::SpliceFlags>& flags) {
  SYS_TRY(check_ready(in, out));
  return blocking_call(thread, SYS_tee, in.file->host_fd(), out.file->host_fd(), length.value, flags.bits);
}

SysResult sys_copy_file_range(Thread& thread, const Fd& in, OffsetPlace& in_offset, const Fd& out,
                              OffsetPlace& out_offset, const Scalar<uint32_t>& length,
                              const Scalar<uint32_t>& flags) {
  return limit_file_size(thread, [&] {
    return blocking_call(thread, SYS_copy_file_range, in.file->host_fd(), in_offset.host(),
                         out.file->host_fd(), out_offset.host(), length.value, flags.value);
  });
}

}  // namespace lindvm
