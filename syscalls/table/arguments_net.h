#pragma once
// Argument kinds of the socket calls (see arguments.h). Layouts are those of all 32-bit guests. Values live
// for one call on its thread.

#include <sys/socket.h>

#include <array>
#include <span>
#include <vector>

#include "syscalls/kernel/socket.h"
#include "syscalls/kernel/socket_names.h"
#include "syscalls/table/arguments.h"

namespace lindvm {

/// An open descriptor of a socket: EBADF, ENOTSOCK.
struct SocketFd : Fd {
  Socket* socket = nullptr;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    if (int error = Fd::load<Abi>(reader, space)) return error;
    socket = file->as_socket();
    return socket ? 0 : ENOTSOCK;
  }
};

/// As strace shows it: {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}.
void print_value(TraceText& text, const SocketAddress& address);

/// EINVAL for lengths out of range; nothing is read where the length is 0.
int read_address(const LinearMemory* memory, uint32_t address, uint32_t length, SocketAddress& to);

/// An address and its length.
struct AddressIn : InputKind {
  SocketAddress value;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    return read_address(space.memory, address, reader.u32(), value);
  }
  void print(TraceText& text) const {
    print_value(text, value);
    text.raw(", ");
    text.unsigned_number(value.length);
  }
};

/// The same, where a null address means none.
struct OptionalAddressIn : AddressIn {
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32(), length = reader.u32();
    return address ? read_address(space.memory, address, length, value) : 0;
  }
  void print(TraceText& text) const {
    if (value.length != 0) return AddressIn::print(text);
    text.raw("NULL, 0");
  }
};

/// Where something is wanted: its address, and that of its length.
class SizedOut : public OutputKind {
 public:
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address_ = reader.u32();
    length_address_ = reader.u32();
    memory_ = space.memory;
    return 0;
  }

 protected:
  bool read_room(uint32_t& room) const {
    return memory_ && copy_in(&room, *memory_, length_address_, sizeof room);
  }
  /// Both addresses, where nothing was put.
  void print_addresses(TraceText& text) const;

  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  uint32_t length_address_ = 0;
  bool is_put_ = false;
};

/// Where an address is wanted: its address, and that of its length, which says how much room there is and
/// then how much was needed. A null address wants none.
class AddressOut : public SizedOut {
 public:
  bool is_wanted() const { return address_ != 0; }
  /// EFAULT, EINVAL.
  SysResult put(const SocketAddress& value);
  void print(TraceText& text) const;

 private:
  SocketAddress value_;
};

/// Writes as much of an address as there is room for: EFAULT.
SysResult write_address(LinearMemory* memory, uint32_t to, uint32_t room, const SocketAddress& value);

/// struct msghdr of a 32-bit guest.
struct GuestMessage {
  uint32_t name;
  int32_t name_length;
  uint32_t vectors;
  uint32_t vector_count;
  uint32_t control;
  uint32_t control_length;
  uint32_t flags;
};
/// struct mmsghdr.
struct GuestMessageCount {
  GuestMessage message;
  uint32_t count;
};

/// The buffers of a message: EMSGSIZE if there are too many, EFAULT.
class MessageVectors {
 public:
  static constexpr uint32_t k_max = k_max_vectors;

  int load(LinearMemory& memory, uint32_t address, uint32_t count);
  std::span<iovec> vectors() { return {count_ <= k_inline ? inline_.data() : many_.data(), count_}; }

 private:
  static constexpr uint32_t k_inline = 16;
  uint32_t count_ = 0;
  std::array<iovec, k_inline> inline_;  // the first count_ are valid
  std::vector<iovec> many_;
};

/// A struct msghdr by address, or an array of struct mmsghdr; the handler reads it. Printed as it is in
/// memory.
struct MessageAddress {
  LinearMemory* memory = nullptr;
  uint32_t address = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address = reader.u32();
    memory = space.memory;
    return memory ? 0 : EFAULT;
  }
  /// Shows up to `bytes` of the buffers.
  void print_message(TraceText& text, uint64_t bytes) const;
  bool read(GuestMessage& message) const { return copy_in(&message, *memory, address, sizeof message); }
};
struct MessageIn : MessageAddress, InputKind {
  void print(TraceText& text) const { print_message(text, UINT64_MAX); }
};
struct MessageOut : MessageAddress, OutputKind {
  int64_t received = -1;  ///< set by the handler
  void print(TraceText& text) const;
};

template <class Direction>
struct MessageArray : Direction {
  LinearMemory* memory = nullptr;
  uint32_t address = 0;
  uint32_t count = 0;
  uint32_t used = 0;  ///< set by the handler

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address = reader.u32();
    count = reader.u32();
    memory = space.memory;
    return memory ? 0 : EFAULT;
  }
  uint64_t element(uint32_t index) const { return address + uint64_t{index} * sizeof(GuestMessageCount); }
  void print(TraceText& text) const {
    print_messages(text, *memory, address, Direction::k_is_output ? used : count);
    text.raw(", ");
    text.unsigned_number(count);
  }
};
void print_messages(TraceText& text, LinearMemory& memory, uint32_t address, uint32_t count);
using MessagesIn = MessageArray<InputKind>;
using MessagesOut = MessageArray<OutputKind>;

/// Level and name of a socket option.
struct OptionName : InputKind {
  int32_t level = 0;
  int32_t name = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace&) {
    level = static_cast<int32_t>(reader.u32());
    name = static_cast<int32_t>(reader.u32());
    return 0;
  }
  void print(TraceText& text) const;
};

/// A value of a socket option with its length; the handler reads it, knowing what it is.
struct OptionIn : InputKind {
  LinearMemory* memory = nullptr;
  uint32_t address = 0;
  uint32_t length = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address = reader.u32();
    length = reader.u32();
    memory = space.memory;
    return 0;
  }
  bool read(void* to, size_t from, size_t bytes) const {
    return bytes == 0 || (memory && copy_in(to, *memory, uint64_t{address} + from, bytes));
  }
  void print(TraceText& text) const;
};

/// Where a value is wanted, and where the room for it is told.
class OptionOut : public SizedOut {
 public:
  bool read_length(uint32_t& length) const { return read_room(length); }
  SysResult put(const std::byte* bytes, uint32_t size);
  void print(TraceText& text) const;

 private:
  uint32_t size_ = 0;
};

/// Family, type with its flags, as strace shows the latter.
struct SocketType : Scalar<int32_t> {
  void print(TraceText& text) const;
};

namespace columns {
template <Name N>
using socket_fd = Arg<SocketFd, N>;
template <Name N>
using address_in = Arg<AddressIn, N>;
template <Name N>
using optional_address_in = Arg<OptionalAddressIn, N>;
template <Name N>
using address_out = Arg<AddressOut, N>;
template <Name N>
using message_in = Arg<MessageIn, N>;
template <Name N>
using message_out = Arg<MessageOut, N>;
template <Name N>
using messages_in = Arg<MessagesIn, N>;
template <Name N>
using messages_out = Arg<MessagesOut, N>;
template <Name N>
using socket_option = Arg<OptionName, N>;
template <Name N>
using option_in = Arg<OptionIn, N>;
template <Name N>
using option_out = Arg<OptionOut, N>;
template <Name N>
using socket_type = Arg<SocketType, N>;
}  // namespace columns

}  // namespace lindvm
