// System V message queues (kernel/sysv_messages.h).

#include "syscalls/kernel/sysv_messages.h"

#include <linux/capability.h>
#include <sys/msg.h>

#include <algorithm>
#include <array>

#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// struct msqid64_ds of a 32-bit guest.
struct GuestQueue {
  GuestIpcPermissions permissions;
  GuestSplitTime sent, received, changed;
  uint32_t bytes, messages, max_bytes;
  int32_t last_sender, last_receiver;
  uint32_t unused[2];
};
static_assert(sizeof(GuestQueue) == 88);

/// struct msginfo, the same everywhere.
struct QueueLimits {
  int32_t pool, map, max_message, max_bytes, queues, segment_size, total;
  uint16_t segments;
};

GuestQueue describe(const MessageQueue& queue) {
  GuestQueue guest{};
  guest.permissions = queue.permissions();
  guest.sent = GuestSplitTime(queue.sent);
  guest.received = GuestSplitTime(queue.received);
  guest.changed = GuestSplitTime(queue.changed);
  guest.bytes = queue.bytes;
  guest.messages = static_cast<uint32_t>(queue.messages.size());
  guest.max_bytes = queue.max_bytes;
  guest.last_sender = queue.last_sender;
  guest.last_receiver = queue.last_receiver;
  return guest;
}

/// IPC_INFO's limits, MSG_INFO's use.
SysResult tell_limits(const Pointer& buffer, bool tells_use) {
  SysvTable<MessageQueue>& queues = message_queues();
  constexpr int32_t k_segment = 16;
  QueueLimits limits{};
  limits.max_message = MessageQueue::k_max_message;
  limits.max_bytes = MessageQueue::k_max_bytes;
  limits.queues = SysvTable<MessageQueue>::k_max_objects;
  limits.segment_size = k_segment;
  limits.segments = 0xffff;
  limits.total = limits.max_bytes;
  limits.pool = limits.queues * (limits.max_bytes / 1024);
  limits.map = limits.max_bytes;
  if (tells_use) {
    limits.pool = static_cast<int32_t>(queues.count());
    limits.map = limits.total = 0;
    queues.for_each([&](MessageQueue& queue) {
      std::lock_guard lock(queue.mutex);
      limits.map += static_cast<int32_t>(queue.messages.size());
      limits.total += static_cast<int32_t>(queue.bytes);
    });
  }
  SYS_TRY(buffer.write(limits));
  return SysResult(queues.highest_index());
}

SysResult tell_queue(const Identity& caller, int32_t id, uint32_t command, const Pointer& buffer) {
  std::shared_ptr<MessageQueue> queue;
  bool is_by_index = command != IPC_STAT;
  int64_t result =
      SYS_TRY(is_by_index ? message_queues().find_by_index(id, queue) : message_queues().find(id, queue));
  std::lock_guard lock(queue->mutex);
  constexpr uint32_t k_stat_any = 13;
  if (command != k_stat_any) SYS_TRY(queue->check_access(caller, 0444));
  SYS_TRY(buffer.write(describe(*queue)));
  return SysResult(result);
}

SysResult change_queue(const Identity& caller, int32_t id, const Pointer& buffer) {
  GuestQueue guest;
  if (!buffer.read(guest)) return SysResult::error(EFAULT);
  std::shared_ptr<MessageQueue> queue;
  SYS_TRY(message_queues().find(id, queue));
  std::lock_guard lock(queue->mutex);
  SYS_TRY(queue->check_owner(caller));
  if (guest.max_bytes > MessageQueue::k_max_bytes && !caller.may(CAP_SYS_RESOURCE))
    return SysResult::error(EPERM);
  queue->max_bytes = guest.max_bytes;
  queue->set_permissions(guest.permissions);
  queue->waiters.wake_all();
  return SysResult();
}

}  // namespace

SysResult sys_msgget(Thread& thread, const Scalar<int32_t>& key,
                     const BitsAndMode<FlagSet::IpcFlags, int32_t>& flags) {
  auto make = [](std::shared_ptr<MessageQueue>& queue) {
    queue = std::make_shared<MessageQueue>();
    return SysResult();
  };
  return message_queues().get(thread.process().identity(), key.value, flags.value, make,
                              [](MessageQueue&) { return SysResult(); });
}

SysResult sys_msgctl(Thread& thread, const Scalar<int32_t>& id,
                     const Choice<FlagSet::MessageQueueCommands>& command, const Pointer& buffer) {
  if (id.value < 0) return SysResult::error(EINVAL);
  constexpr uint32_t k_stat_any = 13;
  const Identity& caller = thread.process().identity();
  switch (command.value) {
    case IPC_INFO:
      return tell_limits(buffer, false);
    case MSG_INFO:
      return tell_limits(buffer, true);
    case IPC_STAT:
    case MSG_STAT:
    case k_stat_any:
      return tell_queue(caller, id.value, command.value, buffer);
    case IPC_SET:
      return change_queue(caller, id.value, buffer);
    case IPC_RMID:
      return message_queues().remove(caller, id.value);
    default:
      return SysResult::error(EINVAL);
  }
}

SysResult sys_msgsnd(Thread& thread, const Scalar<int32_t>& id, const Pointer& buffer,
                     const Scalar<uint32_t>& size, const Flags<FlagSet::MessageQueueFlags>& flags) {
  SysvMessage message;
  if (!buffer.read(message.type)) return SysResult::error(EFAULT);
  if (size.value > MessageQueue::k_max_message || id.value < 0 || message.type < 1)
    return SysResult::error(EINVAL);
  message.text.resize(size.value);
  if (size.value && !buffer.read_bytes(message.text.data(), size.value, sizeof message.type))
    return SysResult::error(EFAULT);
  std::shared_ptr<MessageQueue> queue;
  SYS_TRY(message_queues().find(id.value, queue));
  return queue->send(thread, std::move(message), !(flags.bits & IPC_NOWAIT));
}

namespace {

/// Linux makes a message of what is in the buffer first, for the copy to be put in.
SysResult check_copy(const Pointer& buffer, uint32_t size, uint32_t flags) {
  if (flags & MSG_EXCEPT || !(flags & IPC_NOWAIT)) return SysResult::error(EINVAL);
  std::array<std::byte, MessageQueue::k_max_message> unused;
  bool is_there = buffer.read_bytes(unused.data(), std::min(size, MessageQueue::k_max_message));
  return is_there ? SysResult() : SysResult::error(EFAULT);
}

}  // namespace

SysResult sys_msgrcv(Thread& thread, const Scalar<int32_t>& id, const Pointer& buffer,
                     const Scalar<uint32_t>& size, const Scalar<int32_t>& type,
                     const Flags<FlagSet::MessageQueueFlags>& flags) {
  if (id.value < 0 || static_cast<int32_t>(size.value) < 0) return SysResult::error(EINVAL);
  const bool copies = flags.bits & MSG_COPY;
  if (copies) SYS_TRY(check_copy(buffer, size.value, flags.bits));
  std::shared_ptr<MessageQueue> queue;
  SYS_TRY(message_queues().find(id.value, queue));
  SysvMessage message;
  auto bits = static_cast<int32_t>(flags.bits);
  SYS_TRY(copies ? queue->copy(thread, type.value, bits, size.value, message)
                 : queue->receive(thread, type.value, bits, size.value, message));
  size_t count = std::min<size_t>(message.text.size(), size.value);
  bool is_written = buffer.write_bytes(&message.type, sizeof message.type) &&
                    (count == 0 || buffer.write_bytes(message.text.data(), count, sizeof message.type));
  return is_written ? SysResult(static_cast<int64_t>(count)) : SysResult::error(EFAULT);
}

}  // namespace lindvm
