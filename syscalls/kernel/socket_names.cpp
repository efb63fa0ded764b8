#include "syscalls/kernel/socket_names.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <cstdio>
#include <cstring>

#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/socket_paths.h"

namespace lindvm {
namespace {

constexpr size_t k_path_offset = offsetof(sockaddr_un, sun_path);
constexpr size_t k_name_bytes = sizeof(sockaddr_un::sun_path);

/// The names that are in use, and the prefix of abstract ones.
class NameTable {
 public:
  static NameTable& instance() {
    static auto* table = new NameTable;  // outlives every socket
    return *table;
  }

  std::shared_ptr<const SocketName> add(std::string guest, std::string host, OwnedFd directory) {
    auto name = std::make_shared<SocketName>();
    name->guest = std::move(guest);
    name->host = std::move(host);
    name->directory = std::move(directory);
    std::lock_guard lock(mutex_);
    names_[name->host] = name;
    return name;
  }
  void remove(const SocketName& name) {
    std::lock_guard lock(mutex_);
    auto found = names_.find(name.host);
    if (found != names_.end() && found->second.expired()) names_.erase(found);
  }
  std::shared_ptr<const SocketName> find(std::string_view host) {
    std::lock_guard lock(mutex_);
    auto found = names_.find(host);
    return found == names_.end() ? nullptr : found->second.lock();
  }

  /// `name` starts with a zero byte. Names too long for the prefix are replaced by a digest.
  std::string to_host(std::string_view name) const {
    std::string_view rest = name.substr(1);
    if (1 + prefix_.size() + 1 + rest.size() <= k_name_bytes)
      return fmt::format("{}{}={}", '\0', prefix_, rest);
    return fmt::format("{}{}#{:016x}{:016x}", '\0', prefix_, digest(rest, 1), digest(rest, 2));
  }
  /// Empty if the name is none of ours.
  std::string to_guest(std::string_view name) const {
    std::string_view rest = name.substr(1);
    if (!rest.starts_with(prefix_)) return {};
    rest.remove_prefix(prefix_.size());
    return rest.starts_with('=') ? fmt::format("{}{}", '\0', rest.substr(1)) : std::string();
  }

 private:
  NameTable() {
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random) random = static_cast<uint64_t>(getpid());
    prefix_.assign(reinterpret_cast<const char*>(&random), sizeof random);
  }
  static uint64_t digest(std::string_view bytes, uint64_t seed) {
    uint64_t hash = 0xcbf2'9ce4'8422'2325 * seed;
    for (char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01b3;
    return hash;
  }

  std::string prefix_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<const SocketName>, std::less<>> names_;  // guarded by mutex_
};

/// What Linux checks of every UNIX address.
SysResult check_unix(const SocketAddress& guest) {
  bool is_valid = guest.length > k_path_offset && guest.length <= sizeof(sockaddr_un) && guest.is_unix();
  return is_valid ? SysResult() : SysResult::error(EINVAL);
}

/// sun_path up to its end, which need not be marked: as a string, whose end is.
std::string path_of(const SocketAddress& guest) {
  std::string_view name = guest.name();
  return std::string(name.substr(0, name.find('\0')));
}

SysResult bind_host(const Socket& socket, std::string_view host_name) {
  SocketAddress host;
  host.set_unix(host_name);
  return SysResult::of_host(bind(socket.host_fd(), host.get(), host.length));
}

SysResult bind_abstract(Socket& socket, std::string_view guest_name) {
  NameTable& table = NameTable::instance();
  std::string host = table.to_host(guest_name);
  SYS_TRY(bind_host(socket, host));
  socket.set_name(table.add(std::string(guest_name), std::move(host), {}));
  return SysResult();
}

/// The file that bind makes gets the permissions that the socket itself has meanwhile.
class SocketMode {
 public:
  SocketMode(int fd, uint32_t mode) : fd_(fd) { set(mode); }
  ~SocketMode() { set(0777); }
  SocketMode(const SocketMode&) = delete;
  SocketMode& operator=(const SocketMode&) = delete;

 private:
  /// The socket may be of an earlier user of the guest.
  void set(uint32_t mode) {
    auto as_host = ActingAs::host();
    fchmod(fd_, mode);
  }

  int fd_;
};

/// Makes the socket's file under a name that fits the host's address, then gives it its own.
SysResult bind_long_name(const Socket& socket, int directory, const std::string& name, std::string& host) {
  static std::atomic<unsigned> counter{0};
  std::string temporary = fmt::format(".lind-{}-{}", getpid(), counter.fetch_add(1));
  host = fmt::format("/proc/self/fd/{}/{}", directory, temporary);
  SYS_TRY(bind_host(socket, host));
  if (renameat2(directory, temporary.c_str(), directory, name.c_str(), RENAME_NOREPLACE) == 0)
    return SysResult();
  int error = errno;
  unlinkat(directory, temporary.c_str(), 0);
  return SysResult::error(error == EEXIST ? EADDRINUSE : error);
}

SysResult is_unbound(const Socket& socket, bool& is) {
  SocketAddress host;
  host.length = sizeof host.storage;
  SYS_TRY(SysResult::of_host(getsockname(socket.host_fd(), host.get(), &host.length)));
  is = host.length <= k_path_offset;
  return SysResult();
}

SysResult bind_path(Thread& thread, Socket& socket, const std::string& path) {
  SocketPlace place;
  SYS_TRY(locate_socket(thread, path, place));
  bool is_free = false;
  SYS_TRY(is_unbound(socket, is_free));
  int directory = place.directory.get();
  if (!is_free) {  // no file may be made; a name that is taken is told first
    bool is_taken = faccessat(directory, place.name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    return SysResult::error(is_taken ? EADDRINUSE : EINVAL);
  }
  std::string host = fmt::format("/proc/self/fd/{}/{}", directory, place.name);
  SocketMode mode(socket.host_fd(), socket_mode(thread));
  if (host.size() < k_name_bytes) {
    SYS_TRY(bind_host(socket, host));
  } else {
    SYS_TRY(bind_long_name(socket, directory, place.name, host));
  }
  auto name = NameTable::instance().add(path, std::move(host), std::move(place.directory));
  socket.set_name(std::move(name));
  return SysResult();
}

}  // namespace

std::string_view SocketAddress::name() const {
  if (length <= k_path_offset) return {};
  return {reinterpret_cast<const char*>(&storage) + k_path_offset, length - k_path_offset};
}

void SocketAddress::set_unix(std::string_view name) {
  bool is_path = !name.empty() && name[0] != '\0';
  auto& address = reinterpret_cast<sockaddr_un&>(storage);
  address.sun_family = AF_UNIX;
  if (!name.empty()) std::memcpy(address.sun_path, name.data(), name.size());
  if (is_path) reinterpret_cast<char*>(&storage)[k_path_offset + name.size()] = '\0';
  length = static_cast<socklen_t>(k_path_offset + name.size() + (is_path ? 1 : 0));
}

SocketName::~SocketName() { NameTable::instance().remove(*this); }

SysResult to_host_peer(Thread& thread, const Socket& socket, const SocketAddress& guest, HostAddress& host) {
  host.address = guest;
  if (socket.domain() != AF_UNIX || !guest.is_unix()) return SysResult();
  SYS_TRY(check_unix(guest));
  NameTable& table = NameTable::instance();
  if (guest.name()[0] == '\0') {
    std::string name = table.to_host(guest.name());
    host.peer = table.find(name);
    host.address.set_unix(name);
    return SysResult();
  }
  SYS_TRY(open_socket_file(thread, path_of(guest), host.held));
  host.address.set_unix(fmt::format("/proc/self/fd/{}", host.held.get()));
  return SysResult();
}

SocketAddress to_guest_address(const SocketAddress& host) {
  if (!host.is_unix() || host.length <= k_path_offset) return host;
  SocketAddress guest;
  guest.set_unix({});
  NameTable& table = NameTable::instance();
  std::string_view name = host.name();
  if (name[0] != '\0') name = name.substr(0, name.find('\0'));
  if (std::shared_ptr<const SocketName> known = table.find(name)) {
    guest.set_unix(known->guest);
  } else if (name[0] == '\0') {
    guest.set_unix(table.to_guest(name));
  }
  return guest;
}

SysResult bind_socket(Thread& thread, Socket& socket, const SocketAddress& guest) {
  if (socket.domain() != AF_UNIX)
    return SysResult::of_host(bind(socket.host_fd(), guest.get(), guest.length));
  if (guest.length == k_path_offset && guest.is_unix()) return bind_socket_automatically(socket);
  SYS_TRY(check_unix(guest));
  if (guest.name()[0] == '\0') return bind_abstract(socket, guest.name());
  return bind_path(thread, socket, path_of(guest));
}

SysResult bind_if_credentials_pass(Socket& socket) {
  int passes = 0;
  socklen_t size = sizeof passes;
  if (socket.domain() != AF_UNIX) return SysResult();
  if (getsockopt(socket.host_fd(), SOL_SOCKET, SO_PASSCRED, &passes, &size) != 0 || !passes)
    return SysResult();
  return bind_socket_automatically(socket);
}

void remember_peer(Socket& socket) {
  SocketAddress host;
  host.length = sizeof host.storage;
  if (socket.domain() != AF_UNIX || getpeername(socket.host_fd(), host.get(), &host.length) != 0) return;
  std::string_view name = host.name();
  if (name.empty()) return;
  if (name[0] != '\0') name = name.substr(0, name.find('\0'));
  socket.set_peer(NameTable::instance().find(name));
}

SysResult bind_socket_automatically(Socket& socket) {
  bool is_free = false;
  SYS_TRY(is_unbound(socket, is_free));
  if (!is_free) return SysResult();
  constexpr unsigned k_names = 1u << 20;
  static std::atomic<unsigned> next{1};
  for (unsigned tries = 0; tries < k_names; ++tries) {
    SysResult result =
        bind_abstract(socket, fmt::format("{}{:05x}", '\0', next.fetch_add(1) & (k_names - 1)));
    if (result.error_number() != EADDRINUSE) return result;
  }
  return SysResult::error(ENOSPC);
}

}  // namespace lindvm
