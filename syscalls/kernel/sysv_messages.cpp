#include "syscalls/kernel/sysv_messages.h"

#include <sys/msg.h>

#include <algorithm>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/process.h"

namespace lindvm {

SysvTable<MessageQueue>& message_queues() {
  static auto* table = new SysvTable<MessageQueue>;  // outlives every guest
  return *table;
}

SysResult MessageQueue::send(Thread& thread, SysvMessage message, bool waits) {
  auto size = static_cast<uint32_t>(message.text.size());
  std::unique_lock lock(mutex);
  for (;;) {
    if (is_removed) return SysResult::error(EIDRM);
    SYS_TRY(check_access(thread.process().identity(), 0222));
    if (bytes + size <= max_bytes && messages.size() + 1 <= max_bytes) break;
    if (!waits) return SysResult::error(EAGAIN);
    uint32_t seen = waiters.changes();
    lock.unlock();
    SYS_TRY(never_again(thread, waiters.wait(thread, seen, nullptr)));
    lock.lock();
  }
  bytes += size;
  messages.push_back(std::move(message));
  last_sender = thread.process().identity().pid;
  sent = time(nullptr);
  waiters.wake_all();
  return SysResult();
}

std::deque<SysvMessage>::iterator MessageQueue::choose(int32_t type, bool excepts) {
  if (type == 0) return messages.begin();
  if (type > 0) {
    return std::find_if(messages.begin(), messages.end(),
                        [&](const SysvMessage& message) { return (message.type == type) != excepts; });
  }
  auto least = std::min_element(messages.begin(), messages.end(),
                                [](const SysvMessage& a, const SysvMessage& b) { return a.type < b.type; });
  bool is_low_enough = least != messages.end() && int64_t{least->type} <= -int64_t{type};
  return is_low_enough ? least : messages.end();
}

SysResult MessageQueue::receive(Thread& thread, int32_t type, int32_t flags, uint32_t room,
                                SysvMessage& message) {
  std::unique_lock lock(mutex);
  for (;;) {
    if (is_removed) return SysResult::error(EIDRM);
    SYS_TRY(check_access(thread.process().identity(), 0444));
    auto found = choose(type, flags & MSG_EXCEPT);
    if (found != messages.end()) {
      if (found->text.size() > room && !(flags & MSG_NOERROR)) return SysResult::error(E2BIG);
      message = std::move(*found);
      messages.erase(found);
      break;
    }
    if (flags & IPC_NOWAIT) return SysResult::error(ENOMSG);
    uint32_t seen = waiters.changes();
    lock.unlock();
    SYS_TRY(never_again(thread, waiters.wait(thread, seen, nullptr)));
    lock.lock();
  }
  bytes -= static_cast<uint32_t>(message.text.size());
  last_receiver = thread.process().identity().pid;
  received = time(nullptr);
  waiters.wake_all();
  return SysResult();
}

SysResult MessageQueue::copy(Thread& thread, int32_t place, int32_t flags, uint32_t room,
                             SysvMessage& message) {
  std::lock_guard lock(mutex);
  if (is_removed) return SysResult::error(EIDRM);
  SYS_TRY(check_access(thread.process().identity(), 0444));
  if (place < 0 || static_cast<size_t>(place) >= messages.size()) return SysResult::error(ENOMSG);
  message = messages[static_cast<size_t>(place)];
  if (message.text.size() > room) return SysResult::error(flags & MSG_NOERROR ? EINVAL : E2BIG);
  return SysResult();
}

}  // namespace lindvm
