// Calls that send and receive. Buffers go to the host's kernel in place; addresses and control messages are
// translated (kernel/socket_names.h, kernel/socket_control.h).

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <ctime>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/socket_control.h"
#include "syscalls/kernel/socket_names.h"
#include "syscalls/kernel/times.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// Flags of calls that the host is to see: none that the kernel keeps for itself.
constexpr uint32_t k_host_send_flags =
    MSG_OOB | MSG_DONTROUTE | MSG_DONTWAIT | MSG_EOR | MSG_CONFIRM | MSG_MORE | MSG_FASTOPEN;
constexpr uint32_t k_host_receive_flags =
    MSG_OOB | MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT | MSG_WAITALL | MSG_ERRQUEUE;

int host_send_flags(uint32_t flags) { return static_cast<int>(flags & k_host_send_flags) | MSG_NOSIGNAL; }
int host_receive_flags(uint32_t flags) {
  return static_cast<int>(flags & k_host_receive_flags) | MSG_CMSG_CLOEXEC;
}

SysResult check_send(Socket& socket, uint32_t flags) {
  return flags & MSG_DONTWAIT ? SysResult() : socket.check_ready(POLLOUT);
}
SysResult check_receive(Socket& socket, uint32_t flags) {
  return flags & (MSG_DONTWAIT | MSG_ERRQUEUE) ? SysResult() : socket.check_ready(POLLIN);
}

/// One message from the guest to the host.
class Sending {
 public:
  Sending(Thread& thread, Socket& socket, LinearMemory& memory)
      : thread_(thread), socket_(socket), memory_(memory) {}

  SysResult send(const GuestMessage& message, uint32_t flags) {
    msghdr header{};
    if (int error = vectors_.load(memory_, message.vectors, message.vector_count))
      return SysResult::error(error);
    header.msg_iov = vectors_.vectors().data();
    header.msg_iovlen = vectors_.vectors().size();
    SYS_TRY(prepare_name(message, header));
    SYS_TRY(prepare_control(message, header));
    SYS_TRY(check_send(socket_, flags));
    SysResult result =
        blocking_call(thread_, SYS_sendmsg, socket_.host_fd(), &header, host_send_flags(flags));
    return socket_.limited(thread_, SO_SNDTIMEO, result);
  }

 private:
  SysResult prepare_name(const GuestMessage& message, msghdr& header) {
    if (message.name_length < 0) return SysResult::error(EINVAL);
    if (message.name == 0 || message.name_length == 0) return SysResult();
    SocketAddress guest;
    auto length = std::min<uint32_t>(static_cast<uint32_t>(message.name_length), sizeof guest.storage);
    if (int error = read_address(&memory_, message.name, length, guest)) return SysResult::error(error);
    SYS_TRY(to_host_peer(thread_, socket_, guest, name_));
    header.msg_name = name_.address.get();
    header.msg_namelen = name_.address.length;
    return SysResult();
  }

  SysResult prepare_control(const GuestMessage& message, msghdr& header) {
    control_ = {};
    if (message.control_length == 0) return SysResult();
    if (message.control_length > k_max_control_bytes) return SysResult::error(ENOBUFS);
    std::vector<std::byte> guest(message.control_length);
    if (!copy_in(guest.data(), memory_, message.control, guest.size())) return SysResult::error(EFAULT);
    SYS_TRY(to_host_control(thread_, guest, control_));
    header.msg_control = control_.size ? control_.data() : nullptr;
    header.msg_controllen = control_.size;
    return SysResult();
  }

  Thread& thread_;
  Socket& socket_;
  LinearMemory& memory_;
  MessageVectors vectors_;
  HostAddress name_;
  HostControl control_;
};

/// One message from the host to the guest; the results go to the guest's struct msghdr at `address`.
class Receiving {
 public:
  Receiving(Thread& thread, Socket& socket, LinearMemory& memory)
      : thread_(thread), socket_(socket), memory_(memory) {}

  SysResult receive(uint64_t address, uint32_t flags) {
    GuestMessage message;
    if (!copy_in(&message, memory_, address, sizeof message)) return SysResult::error(EFAULT);
    if (message.name_length < 0) return SysResult::error(EINVAL);
    if (int error = vectors_.load(memory_, message.vectors, message.vector_count))
      return SysResult::error(error);
    msghdr header{};
    header.msg_iov = vectors_.vectors().data();
    header.msg_iovlen = vectors_.vectors().size();
    header.msg_name = name_.get();
    header.msg_namelen = sizeof name_.storage;
    prepare_control(message, header);
    SYS_TRY(check_receive(socket_, flags));
    SysResult result =
        blocking_call(thread_, SYS_recvmsg, socket_.host_fd(), &header, host_receive_flags(flags));
    if (result.ok()) SYS_TRY(finish(message, address, header, flags));
    return socket_.limited(thread_, SO_RCVTIMEO, result);
  }

 private:
  void prepare_control(const GuestMessage& message, msghdr& header) {
    control_room_ = message.control ? std::min<size_t>(message.control_length, k_max_control_bytes) : 0;
    if (control_room_ == 0) return;
    control_.resize(host_control_size(control_room_) / sizeof(uint64_t));
    header.msg_control = control_.data();
    header.msg_controllen = control_.size() * sizeof(uint64_t);
  }

  SysResult finish(GuestMessage& message, uint64_t address, const msghdr& header, uint32_t flags) {
    int result_flags = header.msg_flags & ~MSG_CMSG_CLOEXEC;
    size_t control_used = 0;
    if (control_room_ != 0) {
      std::vector<std::byte> guest(control_room_);
      std::span host(reinterpret_cast<const std::byte*>(control_.data()), header.msg_controllen);
      control_used = to_guest_control(thread_, host, guest, result_flags, flags & MSG_CMSG_CLOEXEC);
      if (!copy_out(memory_, message.control, guest.data(), control_used)) return SysResult::error(EFAULT);
    }
    if (message.name != 0) {
      name_.length = header.msg_namelen;
      SocketAddress guest = to_guest_address(name_);
      SYS_TRY(write_address(&memory_, message.name, static_cast<uint32_t>(message.name_length), guest));
      message.name_length = static_cast<int32_t>(guest.length);
    }
    message.flags = static_cast<uint32_t>(result_flags);
    message.control_length = static_cast<uint32_t>(control_used);
    bool is_written = copy_out(memory_, address, &message, sizeof message);
    return is_written ? SysResult() : SysResult::error(EFAULT);
  }

  Thread& thread_;
  Socket& socket_;
  LinearMemory& memory_;
  MessageVectors vectors_;
  SocketAddress name_;
  size_t control_room_ = 0;
  std::vector<uint64_t> control_;
};

constexpr uint32_t k_max_messages = 1024;

/// As the kernel does it: the time is looked at between messages only, and an error after the first one is
/// the next call's.
SysResult receive_many(Thread& thread, Socket& socket, MessagesOut& messages, uint32_t flags,
                       const timespec* end) {
  uint32_t count = std::min(messages.count, k_max_messages);
  SysResult result;
  while (messages.used < count) {
    Receiving receiving(thread, socket, *messages.memory);
    uint64_t at = messages.element(messages.used);
    result = receiving.receive(at, flags);
    if (!result.ok()) break;
    auto bytes = static_cast<uint32_t>(result.value());
    if (!copy_out(*messages.memory, at + sizeof(GuestMessage), &bytes, sizeof bytes)) {
      result = SysResult::error(EFAULT);
      break;
    }
    ++messages.used;
    if (flags & MSG_WAITFORONE) flags |= MSG_DONTWAIT;
    if (end) {
      timespec left = left_until(*end, now(CLOCK_MONOTONIC));
      if (left.tv_sec == 0 && left.tv_nsec == 0) break;
    }
  }
  return messages.used ? SysResult(messages.used) : result;
}

}  // namespace

SysResult sys_sendto(Thread& thread, const SocketFd& fd, const BytesIn& buffer,
                     const Flags<FlagSet::MessageFlags>& flags, const OptionalAddressIn& address) {
  Socket& socket = *fd.socket;
  HostAddress host;
  bool has_address = address.value.length != 0;
  if (has_address) SYS_TRY(to_host_peer(thread, socket, address.value, host));
  SYS_TRY(check_send(socket, flags.bits));
  SysResult result = blocking_call(thread, SYS_sendto, socket.host_fd(), buffer.data(), buffer.size,
                                   host_send_flags(flags.bits), has_address ? host.address.get() : nullptr,
                                   host.address.length);
  return socket.limited(thread, SO_SNDTIMEO, result);
}

SysResult sys_recvfrom(Thread& thread, const SocketFd& fd, BytesOut& buffer,
                       const Flags<FlagSet::MessageFlags>& flags, AddressOut& address) {
  Socket& socket = *fd.socket;
  SYS_TRY(check_receive(socket, flags.bits));
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  bool wants_address = address.is_wanted();
  SysResult result = blocking_call(thread, SYS_recvfrom, socket.host_fd(), buffer.data(), buffer.size,
                                   host_receive_flags(flags.bits), wants_address ? peer.get() : nullptr,
                                   wants_address ? &peer.length : nullptr);
  if (!result.ok()) return socket.limited(thread, SO_RCVTIMEO, result);
  buffer.filled = static_cast<uint32_t>(std::min<int64_t>(result.value(), buffer.size));
  if (wants_address) SYS_TRY(address.put(to_guest_address(peer)));
  return result;
}

SysResult sys_sendmsg(Thread& thread, const SocketFd& fd, const MessageIn& message,
                      const Flags<FlagSet::MessageFlags>& flags) {
  GuestMessage header;
  if (!message.read(header)) return SysResult::error(EFAULT);
  return Sending(thread, *fd.socket, *message.memory).send(header, flags.bits);
}

SysResult sys_recvmsg(Thread& thread, const SocketFd& fd, MessageOut& message,
                      const Flags<FlagSet::MessageFlags>& flags) {
  Receiving receiving(thread, *fd.socket, *message.memory);
  SysResult result = receiving.receive(message.address, flags.bits);
  message.received = result.raw();
  return result;
}

SysResult sys_sendmmsg(Thread& thread, const SocketFd& fd, const MessagesIn& messages,
                       const Flags<FlagSet::MessageFlags>& flags) {
  uint32_t count = std::min(messages.count, k_max_messages);
  LinearMemory& memory = *messages.memory;
  SysResult result;
  uint32_t done = 0;
  for (; done < count; ++done) {
    GuestMessage header;
    uint64_t at = messages.element(done);
    result = SysResult::error(EFAULT);
    if (!copy_in(&header, memory, at, sizeof header)) break;
    result = Sending(thread, *fd.socket, memory).send(header, flags.bits);
    if (!result.ok()) break;
    auto bytes = static_cast<uint32_t>(result.value());
    result = SysResult::error(EFAULT);
    if (!copy_out(memory, at + sizeof header, &bytes, sizeof bytes)) break;
    result = SysResult();
  }
  return done ? SysResult(done) : result;
}

SysResult sys_recvmmsg_time64(Thread& thread, const SocketFd& fd, MessagesOut& messages,
                              const Flags<FlagSet::MessageFlags>& flags, const OptionalTime& timeout) {
  Deadline end;
  if (timeout.is_given()) SYS_TRY(deadline_after(timeout.value(), end));
  SysResult result =
      receive_many(thread, *fd.socket, messages, flags.bits, timeout.is_given() ? &end.time : nullptr);
  if (timeout.is_given() && result.ok() && result.value() > 0)
    timeout.put(left_until(end.time, now(CLOCK_MONOTONIC)));
  return result;
}

}  // namespace lindvm
