#include "syscalls/table/arguments_net.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <iterator>

#include "syscalls/table/socket_options.h"

namespace lindvm {
namespace {

std::string to_text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(family, address, text, sizeof text);
  return text;
}

void print_inet(TraceText& text, const sockaddr_in& address) {
  fmt::format_to(std::back_inserter(text.text()), ", sin_port=htons({}), sin_addr=inet_addr(\"{}\")",
                 ntohs(address.sin_port), to_text(AF_INET, &address.sin_addr));
}

void print_inet6(TraceText& text, const sockaddr_in6& address) {
  fmt::format_to(std::back_inserter(text.text()),
                 ", sin6_port=htons({}), sin6_flowinfo=htonl({}), inet_pton(AF_INET6, \"{}\", &sin6_addr), "
                 "sin6_scope_id={}",
                 ntohs(address.sin6_port), ntohl(address.sin6_flowinfo),
                 to_text(AF_INET6, &address.sin6_addr), address.sin6_scope_id);
}

void print_unix(TraceText& text, std::string_view name) {
  if (name.empty()) return;
  text.raw(name[0] == '\0' ? ", sun_path=@" : ", sun_path=");
  text.quoted(name[0] == '\0' ? name.substr(1) : name.substr(0, name.find('\0')));
}

/// Bytes of guest memory as a string, or the address.
void print_memory(TraceText& text, const LinearMemory& memory, uint32_t address, uint64_t size) {
  char shown[TraceText::k_max_bytes];
  size_t count = std::min<uint64_t>(size, sizeof shown);
  if (address == 0 || !copy_in(shown, memory, address, count)) return text.address(address);
  text.quoted({shown, count}, size);
}

/// A value of an option: a number if it has a number's size.
void print_option(TraceText& text, const LinearMemory* memory, uint32_t address, uint32_t length) {
  int32_t number = 0;
  if (length == sizeof number && memory && copy_in(&number, *memory, address, sizeof number))
    return print_value(text, number);
  if (memory) return print_memory(text, *memory, address, length);
  text.address(address);
}

void print_vectors(TraceText& text, const LinearMemory& memory, const GuestMessage& message, uint64_t bytes) {
  text.raw(", msg_iov=[");
  for (uint32_t i = 0; i < message.vector_count && i < TraceText::k_max_elements; ++i) {
    GuestVector vector;
    if (!copy_in(&vector, memory, message.vectors + uint64_t{8} * i, sizeof vector)) break;
    text.raw(i ? ", {iov_base=" : "{iov_base=");
    uint64_t here = std::min<uint64_t>(bytes, vector.size);
    bytes -= here;
    print_memory(text, memory, vector.address, here);
    text.raw(", iov_len=");
    text.unsigned_number(vector.size);
    text.raw("}");
  }
  text.raw("], msg_iovlen=");
  text.unsigned_number(message.vector_count);
}

void print_header(TraceText& text, const LinearMemory& memory, const GuestMessage& message, uint64_t bytes) {
  text.raw("{msg_name=");
  SocketAddress name;
  auto length = static_cast<uint32_t>(message.name_length);
  if (message.name && read_address(&memory, message.name, length, name) == 0) {
    print_value(text, name);
  } else {
    text.address(message.name);
  }
  text.raw(", msg_namelen=");
  text.number(message.name_length);
  print_vectors(text, memory, message, bytes);
  if (message.control) {
    text.raw(", msg_control=");
    text.address(message.control);
  }
  text.raw(", msg_controllen=");
  text.unsigned_number(message.control_length);
  text.raw(", msg_flags=");
  text.flags(FlagSet::MessageFlags, message.flags);
  text.raw("}");
}

}  // namespace

void print_value(TraceText& text, const SocketAddress& address) {
  if (address.length < sizeof(sa_family_t)) return text.raw("{}");
  text.raw("{sa_family=");
  text.choice(FlagSet::AddressFamily, address.storage.ss_family);
  if (address.storage.ss_family == AF_INET && address.length >= sizeof(sockaddr_in)) {
    print_inet(text, reinterpret_cast<const sockaddr_in&>(address.storage));
  } else if (address.storage.ss_family == AF_INET6 && address.length >= sizeof(sockaddr_in6)) {
    print_inet6(text, reinterpret_cast<const sockaddr_in6&>(address.storage));
  } else if (address.is_unix()) {
    print_unix(text, address.name());
  }
  text.raw("}");
}

int read_address(const LinearMemory* memory, uint32_t address, uint32_t length, SocketAddress& to) {
  if (length > sizeof to.storage) return EINVAL;
  if (length != 0 && (!memory || !copy_in(&to.storage, *memory, address, length))) return EFAULT;
  to.length = length;
  return 0;
}

SysResult write_address(LinearMemory* memory, uint32_t to, uint32_t room, const SocketAddress& value) {
  uint32_t count = std::min<uint32_t>(room, value.length);
  if (count == 0) return SysResult();
  bool is_written = memory && copy_out(*memory, to, &value.storage, count);
  return is_written ? SysResult() : SysResult::error(EFAULT);
}

void SizedOut::print_addresses(TraceText& text) const {
  text.address(address_);
  text.raw(", ");
  text.address(length_address_);
}

SysResult AddressOut::put(const SocketAddress& value) {
  value_ = value;
  uint32_t room = 0;
  if (!read_room(room)) return SysResult::error(EFAULT);
  if (static_cast<int32_t>(room) < 0) return SysResult::error(EINVAL);
  SYS_TRY(write_address(memory_, address_, room, value));
  is_put_ = copy_out(*memory_, length_address_, &value.length, sizeof value.length);
  return is_put_ ? SysResult() : SysResult::error(EFAULT);
}

void AddressOut::print(TraceText& text) const {
  if (is_put_) {
    print_value(text, value_);
    text.raw(", [");
    text.unsigned_number(value_.length);
    text.raw("]");
  } else {
    print_addresses(text);
  }
}

int MessageVectors::load(LinearMemory& memory, uint32_t address, uint32_t count) {
  if (count > k_max) return EMSGSIZE;
  if (count > k_inline) many_.resize(count);
  count_ = count;
  return read_vectors(memory, address, INT32_MAX, vectors());
}

void MessageAddress::print_message(TraceText& text, uint64_t bytes) const {
  GuestMessage message;
  if (!memory || !read(message)) return text.address(address);
  print_header(text, *memory, message, bytes);
}

void MessageOut::print(TraceText& text) const {
  if (received < 0) return text.address(address);
  print_message(text, static_cast<uint64_t>(received));
}

void print_messages(TraceText& text, LinearMemory& memory, uint32_t address, uint32_t count) {
  text.raw("[");
  for (uint32_t i = 0; i < count && i < TraceText::k_max_elements; ++i) {
    GuestMessageCount element;
    if (!copy_in(&element, memory, address + uint64_t{i} * sizeof element, sizeof element)) break;
    text.raw(i ? ", {msg_hdr=" : "{msg_hdr=");
    print_header(text, memory, element.message, element.count);
    text.raw(", msg_len=");
    text.unsigned_number(element.count);
    text.raw("}");
  }
  text.raw(count > TraceText::k_max_elements ? ", ...]" : "]");
}

void OptionName::print(TraceText& text) const {
  if (const SocketOption* option = find_socket_option(level, name)) {
    text.raw(option->level_name);
    text.raw(", ");
    return text.raw(option->name);
  }
  text.number(level);
  text.raw(", ");
  text.number(name);
}

void OptionIn::print(TraceText& text) const {
  print_option(text, memory, address, length);
  text.raw(", ");
  text.unsigned_number(length);
}

SysResult OptionOut::put(const std::byte* bytes, uint32_t size) {
  size_ = size;
  is_put_ = memory_ && copy_out(*memory_, address_, bytes, size) &&
            copy_out(*memory_, length_address_, &size, sizeof size);
  return is_put_ ? SysResult() : SysResult::error(EFAULT);
}

void OptionOut::print(TraceText& text) const {
  if (is_put_) {
    print_option(text, memory_, address_, size_);
    text.raw(", [");
    text.unsigned_number(size_);
    text.raw("]");
  } else {
    print_addresses(text);
  }
}

void SocketType::print(TraceText& text) const {
  constexpr int32_t k_type_mask = 0xf;
  text.choice(FlagSet::SocketTypes, static_cast<uint32_t>(value & k_type_mask));
  if (value & ~k_type_mask) {
    text.raw("|");
    text.flags(FlagSet::SocketFlags, static_cast<uint32_t>(value & ~k_type_mask));
  }
}

}  // namespace lindvm
