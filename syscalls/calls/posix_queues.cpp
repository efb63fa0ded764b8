// POSIX message queues (kernel/posix_queues.h).

#include "syscalls/kernel/posix_queues.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <unistd.h>

#include <climits>
#include <csignal>

#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/times.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// struct mq_attr of a 32-bit guest.
struct GuestQueueAttributes {
  int32_t flags, max_messages, max_bytes, messages;
  int32_t unused[4];
};
static_assert(sizeof(GuestQueueAttributes) == 32);

// /proc/sys/fs/mqueue's defaults, and the most that root may have.
constexpr int32_t k_messages = 10, k_bytes = 8192;
constexpr int32_t k_most_messages = 65536, k_most_bytes = 16 << 20;
constexpr uint64_t k_message_overhead = 96;  // what Linux counts for each, besides its bytes

SysResult check_name(const Path& name) {
  std::string_view text = name.view();
  if (text.empty()) return SysResult::error(ENOENT);
  if (text.size() > NAME_MAX) return SysResult::error(ENAMETOOLONG);
  bool is_plain = text.find('/') == std::string_view::npos && text != "." && text != "..";
  return is_plain ? SysResult() : SysResult::error(EACCES);
}

SysResult make_queue(Thread& thread, const Pointer& attributes, uint32_t mode,
                     std::shared_ptr<PosixQueue>& queue) {
  GuestQueueAttributes wanted{0, k_messages, k_bytes, 0, {}};
  if (!attributes.is_null() && !attributes.read(wanted)) return SysResult::error(EFAULT);
  const Identity& creator = thread.process().identity();
  bool is_free = creator.may(CAP_SYS_RESOURCE);
  if (wanted.max_messages <= 0 || wanted.max_messages > (is_free ? k_most_messages : k_messages) ||
      wanted.max_bytes <= 0 || wanted.max_bytes > (is_free ? k_most_bytes : k_bytes)) {
    return SysResult::error(EINVAL);
  }
  FsState* fs = thread.process().fs();
  uint32_t permissions = mode & 0777 & (fs ? ~fs->umask() : ~0u);
  QueueCharge charge;
  SYS_TRY(charge.take(creator,
                      wanted.max_messages * (k_message_overhead + static_cast<uint32_t>(wanted.max_bytes))));
  queue = std::make_shared<PosixQueue>(static_cast<uint32_t>(wanted.max_messages),
                                       static_cast<uint32_t>(wanted.max_bytes), permissions, creator,
                                       std::move(charge));
  return SysResult();
}

/// The queue behind a descriptor: EBADF if it is none.
SysResult queue_of(const Fd& fd, PosixQueueFile*& file) {
  file = fd.file->as_posix_queue();
  return file ? SysResult() : SysResult::error(EBADF);
}

SysResult deadline_of(const OptionalTime& timeout, Deadline& deadline) {
  deadline = {CLOCK_REALTIME, timeout.value()};
  return !timeout.is_given() || is_valid(timeout.value()) ? SysResult() : SysResult::error(EINVAL);
}

}  // namespace

SysResult sys_mq_open(Thread& thread, const Path& name, const Flags<FlagSet::OpenFlags>& flags,
                      const Mode& mode, const Pointer& attributes) {
  if (name.view().empty()) return SysResult::error(ENOENT);
  SYS_TRY(thread.process().fds().check_room());
  SYS_TRY(check_name(name));
  auto open_flags = static_cast<int>(flags.bits);
  if ((open_flags & O_ACCMODE) == O_ACCMODE) return SysResult::error(EINVAL);
  std::shared_ptr<PosixQueue> queue;
  auto make = [&](std::shared_ptr<PosixQueue>& made) {
    return make_queue(thread, attributes, mode.value, made);
  };
  SYS_TRY(PosixQueueNames::instance().open(thread.process().identity(), std::string(name.view()), open_flags,
                                           make, queue));
  auto file = std::make_shared<PosixQueueFile>(std::move(queue), open_flags & (O_ACCMODE | O_NONBLOCK));
  if (file->host_fd() < 0) return SysResult::error(EMFILE);
  return install_file(thread, std::move(file), true);
}

SysResult sys_mq_unlink(Thread& thread, const Path& name) {
  SYS_TRY(check_name(name));
  return PosixQueueNames::instance().unlink(thread.process().identity(), std::string(name.view()));
}

SysResult sys_mq_timedsend_time64(Thread& thread, const Fd& fd, const Pointer& text,
                                  const Scalar<uint32_t>& size, const Scalar<uint32_t>& priority,
                                  const OptionalTime& timeout) {
  if (priority.value >= PosixQueue::k_max_priority) return SysResult::error(EINVAL);
  Deadline deadline;
  SYS_TRY(deadline_of(timeout, deadline));
  PosixQueueFile* file = nullptr;
  SYS_TRY(queue_of(fd, file));
  if (!file->may_send()) return SysResult::error(EBADF);
  if (size.value > file->queue().max_bytes()) return SysResult::error(EMSGSIZE);
  PosixQueue::Message message{priority.value, std::vector<std::byte>(size.value)};
  if (size.value && !text.read_bytes(message.text.data(), size.value)) return SysResult::error(EFAULT);
  return file->queue().send(thread, std::move(message), file->waits(),
                            timeout.is_given() ? &deadline : nullptr);
}

SysResult sys_mq_timedreceive_time64(Thread& thread, const Fd& fd, const Pointer& text,
                                     const Scalar<uint32_t>& size, const Pointer& priority,
                                     const OptionalTime& timeout) {
  Deadline deadline;
  SYS_TRY(deadline_of(timeout, deadline));
  PosixQueueFile* file = nullptr;
  SYS_TRY(queue_of(fd, file));
  if (!file->may_receive()) return SysResult::error(EBADF);
  if (size.value < file->queue().max_bytes()) return SysResult::error(EMSGSIZE);
  PosixQueue::Message message;
  SYS_TRY(file->queue().receive(thread, message, file->waits(), timeout.is_given() ? &deadline : nullptr));
  if (!priority.is_null()) SYS_TRY(priority.write(message.priority));
  bool is_written = message.text.empty() || text.write_bytes(message.text.data(), message.text.size());
  return is_written ? SysResult(static_cast<int64_t>(message.text.size())) : SysResult::error(EFAULT);
}

SysResult sys_mq_getsetattr(Thread&, const Fd& fd, const Pointer& wanted, const Pointer& previous) {
  GuestQueueAttributes attributes{};
  if (!wanted.is_null()) {
    if (!wanted.read(attributes)) return SysResult::error(EFAULT);
    if (attributes.flags & ~O_NONBLOCK) return SysResult::error(EINVAL);
  }
  PosixQueueFile* file = nullptr;
  SYS_TRY(queue_of(fd, file));
  const PosixQueue& queue = file->queue();
  GuestQueueAttributes old{file->waits() ? 0 : O_NONBLOCK,
                           static_cast<int32_t>(queue.max_messages()),
                           static_cast<int32_t>(queue.max_bytes()),
                           static_cast<int32_t>(queue.count()),
                           {}};
  if (!wanted.is_null()) SYS_TRY(file->set_flags(attributes.flags));
  return previous.is_null() ? SysResult() : previous.write(old);
}

SysResult sys_mq_notify(Thread& thread, const Fd& fd, const Pointer& event) {
  /// struct sigevent of a 32-bit guest, as far as it is looked at.
  struct {
    uint32_t value;
    int32_t signal, notify;
  } guest{};
  if (!event.is_null() && !event.read(guest)) return SysResult::error(EFAULT);
  if (!event.is_null() && guest.notify != SIGEV_NONE && guest.notify != SIGEV_SIGNAL)
    return SysResult::error(guest.notify == SIGEV_THREAD ? EBADF : EINVAL);  // threads take a netlink socket
  bool signals = !event.is_null() && guest.notify == SIGEV_SIGNAL;
  if (signals && (guest.signal < 0 || guest.signal > 64)) return SysResult::error(EINVAL);
  PosixQueueFile* file = nullptr;
  SYS_TRY(queue_of(fd, file));
  if (event.is_null()) {
    file->queue().clear_notice(thread.process().fds());
    return SysResult();
  }
  return file->queue().set_notice({&thread.process(), signals ? guest.signal : 0, guest.value});
}

}  // namespace lindvm
