#include "syscalls/kernel/signal_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory/guarded_bytes.h"
#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/process.h"

namespace lindvm {

void SignalFile::show(SignalSet pending) {
  bool is_ready = pending & set_.load();
  if (is_ready == is_shown_) return;
  uint64_t count = 1;
  ssize_t done =
      is_ready ? ::write(host_fd(), &count, sizeof count) : ::read(host_fd(), &count, sizeof count);
  if (done > 0) is_shown_ = is_ready;
}

SysResult SignalFile::readv(Vectors vectors) {
  Thread* thread = Thread::current();
  if (!thread || vectors.empty() || vectors[0].iov_len < k_record_bytes) return SysResult::error(EINVAL);
  SignalInfo info;
  while (!process_.signals().take(*thread, set_.load(), info)) {
    if (is_nonblocking_.load()) return SysResult::error(EAGAIN);
    pollfd item{host_fd(), POLLIN, 0};
    SYS_TRY(blocking_call(*thread, SYS_ppoll, &item, 1, nullptr, nullptr, 0));
  }
  auto* to = static_cast<std::byte*>(vectors[0].iov_base);
  size_t done = 0;
  do {
    auto record = to_signalfd_info(info);
    if (!guarded_write(to + done, record.data(), k_record_bytes)) return SysResult::error(EFAULT);
    done += k_record_bytes;
  } while (done + k_record_bytes <= vectors[0].iov_len &&
           process_.signals().take(*thread, set_.load(), info));
  return SysResult(static_cast<int64_t>(done));
}

SysResult SignalFile::flags() { return SysResult(is_nonblocking_.load() ? O_RDWR | O_NONBLOCK : O_RDWR); }

SysResult SignalFile::set_flags(int flags) {
  is_nonblocking_.store(flags & O_NONBLOCK);
  return SysResult();
}

}  // namespace lindvm
