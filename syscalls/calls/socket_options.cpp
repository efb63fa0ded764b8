// setsockopt and getsockopt: by the table of options, since what the host would read as pointers or `long` is
// not to reach it as guests write it.

#include "syscalls/table/socket_options.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cstring>

#include "syscalls/kernel/passed_files.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// struct timeval of guests with 32-bit times.
struct OldTime {
  int32_t seconds;
  int32_t microseconds;
};
constexpr size_t k_address_bytes = sizeof(sockaddr_storage);
constexpr size_t k_guest_group_header = 4;
constexpr size_t k_host_group_header = 8;

SysResult set_host(const Socket& socket, const SocketOption& option, const void* value, size_t size) {
  return SysResult::of_host(
      setsockopt(socket.host_fd(), option.level, option.number, value, static_cast<socklen_t>(size)));
}

SysResult set_same(const Socket& socket, const SocketOption& option, const OptionIn& value) {
  std::byte bytes[256];
  size_t size = std::min<size_t>(value.length, option.size);
  if (!value.read(bytes, 0, size)) return SysResult::error(EFAULT);
  return set_host(socket, option, bytes, size);
}

SysResult set_time(const Socket& socket, const SocketOption& option, const OptionIn& value) {
  OldTime guest;
  if (value.length < sizeof guest) return SysResult::error(EINVAL);
  if (!value.read(&guest, 0, sizeof guest)) return SysResult::error(EFAULT);
  timeval host{guest.seconds, guest.microseconds};
  return set_host(socket, option, &host, sizeof host);
}

SysResult set_group(const Socket& socket, const SocketOption& option, const OptionIn& value) {
  std::byte host[k_host_group_header + 2 * k_address_bytes] = {};
  size_t addresses = option.size * k_address_bytes;
  if (value.length < k_guest_group_header + addresses) return SysResult::error(EINVAL);
  bool is_read = value.read(host, 0, k_guest_group_header) &&
                 value.read(host + k_host_group_header, k_guest_group_header, addresses);
  if (!is_read) return SysResult::error(EFAULT);
  return set_host(socket, option, host, k_host_group_header + addresses);
}

/// An option's value in the guest's layout, and how long it is.
struct OptionValue {
  std::byte bytes[256];
  socklen_t size;
};

SysResult get_host(const Socket& socket, const SocketOption& option, void* value, socklen_t& size) {
  return SysResult::of_host(getsockopt(socket.host_fd(), option.level, option.number, value, &size));
}

SysResult get_time(const Socket& socket, const SocketOption& option, OptionValue& value) {
  timeval host{};
  socklen_t size = sizeof host;
  SYS_TRY(get_host(socket, option, &host, size));
  OldTime guest{static_cast<int32_t>(host.tv_sec), static_cast<int32_t>(host.tv_usec)};
  std::memcpy(value.bytes, &guest, sizeof guest);
  value.size = std::min<socklen_t>(value.size, sizeof guest);
  return SysResult();
}

SysResult get_credentials(Thread& thread, const Socket& socket, const SocketOption& option,
                          OptionValue& value) {
  ucred host{};
  socklen_t size = sizeof host;
  SYS_TRY(get_host(socket, option, &host, size));
  host.pid = to_guest_process_id(thread, host.pid);
  std::memcpy(value.bytes, &host, sizeof host);
  value.size = std::min<socklen_t>(value.size, sizeof host);
  return SysResult();
}

SysResult get_value(Thread& thread, const Socket& socket, const SocketOption& option, OptionValue& value) {
  switch (option.layout) {
    case OptionLayout::time_old:
      return get_time(socket, option, value);
    case OptionLayout::credentials:
      return get_credentials(thread, socket, option, value);
    case OptionLayout::same:
    case OptionLayout::group:
      break;
  }
  return get_host(socket, option, value.bytes, value.size);
}

}  // namespace

SysResult sys_setsockopt(Thread&, const SocketFd& fd, const OptionName& name, const OptionIn& value) {
  if (static_cast<int32_t>(value.length) < 0) return SysResult::error(EINVAL);
  const SocketOption* option = find_socket_option(name.level, name.name);
  if (!option || !option->can_set) return SysResult::error(ENOPROTOOPT);
  switch (option->layout) {
    case OptionLayout::time_old:
      return set_time(*fd.socket, *option, value);
    case OptionLayout::group:
      return set_group(*fd.socket, *option, value);
    case OptionLayout::same:
    case OptionLayout::credentials:
      break;
  }
  return set_same(*fd.socket, *option, value);
}

SysResult sys_getsockopt(Thread& thread, const SocketFd& fd, const OptionName& name, OptionOut& out) {
  uint32_t length = 0;
  if (!out.read_length(length)) return SysResult::error(EFAULT);
  if (static_cast<int32_t>(length) < 0) return SysResult::error(EINVAL);
  const SocketOption* option = find_socket_option(name.level, name.name);
  if (!option || !option->can_get) return SysResult::error(ENOPROTOOPT);
  OptionValue value;
  value.size = std::min<uint32_t>(length, sizeof value.bytes);
  SYS_TRY(get_value(thread, *fd.socket, *option, value));
  return out.put(value.bytes, value.size);
}

}  // namespace lindvm
