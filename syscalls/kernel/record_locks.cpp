#include "syscalls/kernel/record_locks.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/open_file.h"

namespace lindvm {
namespace {

/// Another description of the same file: for reading and writing if the host lets us, since locks of both
/// kinds may follow.
OwnedFd open_again(int fd) {
  auto as_host = ActingAs::host();  // a guest that may not open it any more may lock what it has open
  std::string path = fmt::format("/proc/self/fd/{}", fd);
  int access = fcntl(fd, F_GETFL) & O_ACCMODE;
  int opened = open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (opened < 0) opened = open(path.c_str(), access | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  return OwnedFd(opened);
}

SysResult check_access(OpenFile& file, short type) {
  int64_t flags = SYS_TRY(file.flags());
  int64_t access = flags & O_ACCMODE;
  bool is_refused =
      (flags & O_PATH) || (type == F_RDLCK && access == O_WRONLY) || (type == F_WRLCK && access == O_RDONLY);
  return is_refused ? SysResult::error(EBADF) : SysResult();
}

}  // namespace

SysResult RecordLocks::holder_of(OpenFile& file, Holder& holder) {
  struct stat status;
  if (fstat(file.host_fd(), &status) != 0) return SysResult::error(EBADF);
  std::lock_guard lock(mutex_);
  Holder& found = holders_[{status.st_dev, status.st_ino}];
  if (!found) {
    auto opened = std::make_shared<OwnedFd>(open_again(file.host_fd()));
    if (!*opened) return SysResult::error(ENOLCK);
    found = std::move(opened);
    is_used_.store(true, std::memory_order_relaxed);
  }
  holder = found;
  return SysResult();
}

SysResult RecordLocks::with_holder(Thread& thread, OpenFile& file, int command, struct flock& lock) {
  if (lock.l_type != F_RDLCK && lock.l_type != F_WRLCK && lock.l_type != F_UNLCK) {
    return SysResult::error(EINVAL);
  }
  if (lock.l_whence == SEEK_CUR) {
    int64_t position = SYS_TRY(file.seek(0, SEEK_CUR));
    if (__builtin_add_overflow(lock.l_start, position, &lock.l_start)) return SysResult::error(EOVERFLOW);
    lock.l_whence = SEEK_SET;
  }
  Holder holder;
  SYS_TRY(holder_of(file, holder));
  lock.l_pid = 0;
  return blocking_call(thread, SYS_fcntl, holder->get(), command, &lock);
}

SysResult RecordLocks::find_conflict(Thread& thread, OpenFile& file, struct flock& lock) {
  if (lock.l_type == F_UNLCK) return SysResult::error(EINVAL);
  SYS_TRY(check_access(file, F_UNLCK));
  struct flock asked = lock;
  SYS_TRY(with_holder(thread, file, F_OFD_GETLK, asked));
  if (asked.l_type == F_UNLCK) {
    lock.l_type = F_UNLCK;
  } else {
    lock = asked;
  }
  return SysResult();
}

SysResult RecordLocks::set(Thread& thread, OpenFile& file, struct flock lock, bool waits) {
  SYS_TRY(check_access(file, lock.l_type));
  return with_holder(thread, file, waits ? F_OFD_SETLKW : F_OFD_SETLK, lock);
}

void RecordLocks::release_file(OpenFile& file) {
  struct stat status;
  if (file.host_fd() < 0 || fstat(file.host_fd(), &status) != 0) return;
  Holder released;  // closed after the lock is released
  std::lock_guard lock(mutex_);
  auto found = holders_.find({status.st_dev, status.st_ino});
  if (found == holders_.end()) return;
  released = std::move(found->second);
  holders_.erase(found);
}

}  // namespace lindvm
