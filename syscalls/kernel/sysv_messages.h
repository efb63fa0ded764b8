#pragma once
// System V message queues of the VM (see sysv_ipc.h). Any thread.

#include <cstddef>
#include <deque>
#include <vector>

#include "syscalls/kernel/sysv_ipc.h"

namespace lindvm {

struct SysvMessage {
  int32_t type = 0;
  std::vector<std::byte> text;
};

struct MessageQueue : SysvObject {
  static constexpr uint32_t k_max_message = 8192;  // MSGMAX
  static constexpr uint32_t k_max_bytes = 16384;   // MSGMNB

  std::deque<SysvMessage> messages;
  uint32_t bytes = 0;
  uint32_t max_bytes = k_max_bytes;
  int32_t last_sender = 0, last_receiver = 0;
  time_t sent = 0, received = 0;

  /// EAGAIN (if it may not wait), EIDRM, EINTR, EACCES.
  SysResult send(Thread& thread, SysvMessage message, bool waits);
  /// Which message msgrcv's type and MSG_EXCEPT choose; messages.end() if none.
  std::deque<SysvMessage>::iterator choose(int32_t type, bool excepts);
  /// E2BIG if the text is longer than `room` and may not be cut; ENOMSG, EIDRM, EINTR, EACCES.
  SysResult receive(Thread& thread, int32_t type, int32_t flags, uint32_t room, SysvMessage& message);
  /// The message at a place, 0 for the oldest, which stays there: ENOMSG if there is none; E2BIG as above,
  /// and EINVAL where it would have to be cut.
  SysResult copy(Thread& thread, int32_t place, int32_t flags, uint32_t room, SysvMessage& message);
};

SysvTable<MessageQueue>& message_queues();

}  // namespace lindvm
