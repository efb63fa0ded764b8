#pragma once
// POSIX message queues of the VM: a namespace of its own, which the host's queues are not in. A descriptor of
// a queue has a host descriptor, an eventfd whose value makes poll tell what a queue would: 0 is empty, 1 has
// room and messages, the largest is full. Any thread.

#include <linux/capability.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/identity.h"
#include "syscalls/kernel/open_file.h"
#include "syscalls/kernel/wait_queue.h"

namespace lindvm {

class FdTable;
class PosixQueueFile;
class Process;

/// Who is told when a message arrives at an empty queue that nobody waits at. A process's notices end when it
/// closes a descriptor of the queue, at the latest when it ends.
struct QueueNotice {
  Process* process = nullptr;  ///< null: nobody
  int signal = 0;              ///< 0: only keeps others from registering (SIGEV_NONE)
  uint32_t value = 0;
};

/// What a queue counts for in its maker's RLIMIT_MSGQUEUE, as long as it lives.
class QueueCharge {
 public:
  QueueCharge() = default;
  QueueCharge(QueueCharge&& other) noexcept : user_(other.user_), bytes_(std::exchange(other.bytes_, 0)) {}
  ~QueueCharge();
  QueueCharge(const QueueCharge&) = delete;
  QueueCharge& operator=(const QueueCharge&) = delete;

  /// EMFILE if that would be more than the caller's limit.
  SysResult take(const Identity& caller, uint64_t bytes);

 private:
  uint32_t user_ = 0;
  uint64_t bytes_ = 0;
};

class PosixQueue {
 public:
  static constexpr uint32_t k_max_priority = 32768;

  struct Message {
    uint32_t priority = 0;
    std::vector<std::byte> text;
  };

  PosixQueue(uint32_t max_messages, uint32_t max_bytes, uint32_t mode, const Identity& creator,
             QueueCharge charge);

  uint32_t max_messages() const { return max_messages_; }
  uint32_t max_bytes() const { return max_bytes_; }
  uint32_t mode() const { return mode_; }
  uint32_t uid() const { return uid_; }
  uint32_t gid() const { return gid_; }
  uint32_t count() const;

  /// EAGAIN if full and it may not wait; ETIMEDOUT, EINTR.
  SysResult send(Thread& thread, Message message, bool waits, const Deadline* deadline);
  /// The oldest of the highest priority; EAGAIN if empty and it may not wait.
  SysResult receive(Thread& thread, Message& message, bool waits, const Deadline* deadline);
  /// EBUSY if somebody is registered.
  SysResult set_notice(const QueueNotice& notice);
  /// Ends that of the process whose table this is.
  void clear_notice(const FdTable& owner);

  /// A descriptor that polls as the queue.
  OwnedFd poll_descriptor() const;

 private:
  enum class Level : uint8_t { empty, partial, full };
  /// With mutex_ locked, after a change.
  void changed();

  const QueueCharge charge_;
  const uint32_t max_messages_, max_bytes_, mode_, uid_, gid_;
  OwnedFd event_;
  mutable std::mutex mutex_;
  WaitQueue waiters_;
  // Guarded by mutex_:
  std::multimap<uint32_t, std::vector<std::byte>, std::greater<>> messages_;  // highest priority first
  Level level_ = Level::empty;
  uint32_t waiting_receivers_ = 0;
  QueueNotice notice_;
};

/// An open queue.
class PosixQueueFile final : public OpenFile {
 public:
  PosixQueueFile(std::shared_ptr<PosixQueue> queue, int flags)
      : queue_(std::move(queue)), descriptor_(queue_->poll_descriptor()), flags_(flags) {}

  PosixQueue& queue() const { return *queue_; }
  bool may_send() const { return (flags_ & 3) != 0; }
  bool may_receive() const { return (flags_ & 3) != 1; }
  bool waits() const;

  PosixQueueFile* as_posix_queue() override { return this; }
  SysResult readv(Vectors) override { return SysResult::error(EINVAL); }
  SysResult writev(Vectors) override { return SysResult::error(EINVAL); }
  SysResult status(FileStatus& status) override;
  SysResult flags() override;
  SysResult set_flags(int flags) override;
  int host_fd() const override { return descriptor_.get(); }

 private:
  std::shared_ptr<PosixQueue> queue_;
  OwnedFd descriptor_;
  std::atomic<int> flags_;
};

/// The names of queues.
class PosixQueueNames {
 public:
  static constexpr size_t k_max_queues = 256;  ///< unless CAP_SYS_RESOURCE is in effect
  static PosixQueueNames& instance();

  /// What mq_open does; `made` is used if there is none and `flags` has O_CREAT.
  template <class Make>
  SysResult open(const Identity& caller, const std::string& name, int flags, Make&& make,
                 std::shared_ptr<PosixQueue>& queue) {
    std::lock_guard lock(mutex_);
    if (auto known = names_.find(name); known != names_.end()) {
      if ((flags & k_create) && (flags & k_exclusive)) return SysResult::error(EEXIST);
      queue = known->second;
      return check_access(caller, *queue, flags);
    }
    if (!(flags & k_create)) return SysResult::error(ENOENT);
    if (names_.size() >= k_max_queues && !caller.may(CAP_SYS_RESOURCE)) return SysResult::error(ENOSPC);
    SYS_TRY(make(queue));
    names_[name] = queue;
    return SysResult();
  }
  /// EPERM if it is another's.
  SysResult unlink(const Identity& caller, const std::string& name);

 private:
  static constexpr int k_create = 0100, k_exclusive = 0200;
  static SysResult check_access(const Identity& caller, const PosixQueue& queue, int flags);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PosixQueue>> names_;  // guarded by mutex_
};

}  // namespace lindvm
