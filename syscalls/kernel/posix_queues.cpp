#include "syscalls/kernel/posix_queues.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "syscalls/kernel/process.h"

namespace lindvm {

namespace {

/// Bytes that queues count for, by who made them.
struct QueueUse {
  std::mutex mutex;
  std::map<uint32_t, uint64_t> by_user;  // guarded by mutex
};
QueueUse& queue_use() {
  static auto* use = new QueueUse;  // outlives every queue
  return *use;
}

/// One notice for each registration.
void tell(QueueNotice& notice, const Identity& sender) {
  QueueNotice told = std::exchange(notice, {});
  if (!told.process || told.signal == 0) return;
  SignalInfo info = SignalInfo::from_process(told.signal, SI_MESGQ, sender.pid, sender.user.real);
  info.fields[SignalInfo::k_value] = told.value;
  (void)told.process->signals().send(info, nullptr);
}

}  // namespace

SysResult QueueCharge::take(const Identity& caller, uint64_t bytes) {
  QueueUse& use = queue_use();
  std::lock_guard lock(use.mutex);
  uint64_t& used = use.by_user[caller.user.real];
  if (used + bytes > caller.limits[RLIMIT_MSGQUEUE].rlim_cur) return SysResult::error(EMFILE);
  used += bytes;
  user_ = caller.user.real;
  bytes_ = bytes;
  return SysResult();
}

QueueCharge::~QueueCharge() {
  if (bytes_ == 0) return;
  QueueUse& use = queue_use();
  std::lock_guard lock(use.mutex);
  use.by_user[user_] -= bytes_;
}

PosixQueue::PosixQueue(uint32_t max_messages, uint32_t max_bytes, uint32_t mode, const Identity& creator,
                       QueueCharge charge)
    : charge_(std::move(charge)),
      max_messages_(max_messages),
      max_bytes_(max_bytes),
      mode_(mode),
      uid_(creator.user.file_system),
      gid_(creator.owner_group.file_system),
      event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

uint32_t PosixQueue::count() const {
  std::lock_guard lock(mutex_);
  return static_cast<uint32_t>(messages_.size());
}

SysResult PosixQueue::send(Thread& thread, Message message, bool waits, const Deadline* deadline) {
  std::unique_lock lock(mutex_);
  while (messages_.size() >= max_messages_) {
    if (!waits) return SysResult::error(EAGAIN);
    uint32_t seen = waiters_.changes();
    lock.unlock();
    SYS_TRY(waiters_.wait(thread, seen, deadline));
    lock.lock();
  }
  bool arrives_at_empty = messages_.empty();
  messages_.emplace(message.priority, std::move(message.text));
  if (arrives_at_empty && waiting_receivers_ == 0) tell(notice_, thread.process().identity());
  changed();
  return SysResult();
}

SysResult PosixQueue::receive(Thread& thread, Message& message, bool waits, const Deadline* deadline) {
  std::unique_lock lock(mutex_);
  while (messages_.empty()) {
    if (!waits) return SysResult::error(EAGAIN);
    uint32_t seen = waiters_.changes();
    ++waiting_receivers_;
    lock.unlock();
    SysResult result = waiters_.wait(thread, seen, deadline);
    lock.lock();
    --waiting_receivers_;
    SYS_TRY(result);
  }
  auto first = messages_.begin();
  message = {first->first, std::move(first->second)};
  messages_.erase(first);
  changed();
  return SysResult(static_cast<int64_t>(message.text.size()));
}

SysResult PosixQueue::set_notice(const QueueNotice& notice) {
  std::lock_guard lock(mutex_);
  if (notice_.process) return SysResult::error(EBUSY);
  notice_ = notice;
  return SysResult();
}

void PosixQueue::clear_notice(const FdTable& owner) {
  std::lock_guard lock(mutex_);
  if (notice_.process && &notice_.process->fds() == &owner) notice_ = {};
}

void PosixQueue::changed() {
  constexpr uint64_t k_full = UINT64_MAX - 1;  // the value at which an eventfd cannot be written
  Level level = messages_.empty()                   ? Level::empty
                : messages_.size() >= max_messages_ ? Level::full
                                                    : Level::partial;
  if (level != level_) {
    uint64_t value = 0;
    (void)!read(event_.get(), &value, sizeof value);
    value = level == Level::full ? k_full : 1;
    if (level != Level::empty) (void)!write(event_.get(), &value, sizeof value);
    level_ = level;
  }
  waiters_.wake_all();
}

OwnedFd PosixQueue::poll_descriptor() const { return OwnedFd(fcntl(event_.get(), F_DUPFD_CLOEXEC, 0)); }

bool PosixQueueFile::waits() const { return !(flags_.load(std::memory_order_relaxed) & O_NONBLOCK); }

SysResult PosixQueueFile::status(FileStatus& status) {
  status = {};
  status.stx_mask = STATX_BASIC_STATS;
  status.stx_blksize = 4096;
  status.stx_nlink = 1;
  status.stx_uid = queue_->uid();
  status.stx_gid = queue_->gid();
  status.stx_mode = static_cast<uint16_t>(S_IFREG | queue_->mode());
  status.stx_size = 80;  // of the text that Linux gives to read
  return SysResult();
}

SysResult PosixQueueFile::flags() { return SysResult(flags_.load(std::memory_order_relaxed)); }

SysResult PosixQueueFile::set_flags(int flags) {
  int kept = flags_.load(std::memory_order_relaxed) & ~O_NONBLOCK;
  flags_.store(kept | (flags & O_NONBLOCK), std::memory_order_relaxed);
  return SysResult();
}

PosixQueueNames& PosixQueueNames::instance() {
  static auto* names = new PosixQueueNames;  // outlives every guest
  return *names;
}

SysResult PosixQueueNames::unlink(const Identity& caller, const std::string& name) {
  std::lock_guard lock(mutex_);
  auto known = names_.find(name);
  if (known == names_.end()) return SysResult::error(ENOENT);
  bool owns = caller.user.file_system == known->second->uid() || caller.may(CAP_FOWNER);
  if (!owns) return SysResult::error(EPERM);
  names_.erase(known);
  return SysResult();
}

SysResult PosixQueueNames::check_access(const Identity& caller, const PosixQueue& queue, int flags) {
  if (caller.may(CAP_DAC_OVERRIDE)) return SysResult();
  uint32_t granted = queue.mode();
  if (caller.user.file_system == queue.uid()) {
    granted >>= 6;
  } else if (caller.is_in_group(queue.gid())) {
    granted >>= 3;
  }
  constexpr uint32_t k_wanted[] = {4, 2, 6, 6};
  return k_wanted[flags & O_ACCMODE] & ~granted ? SysResult::error(EACCES) : SysResult();
}

}  // namespace lindvm
