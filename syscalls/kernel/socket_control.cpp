#include "syscalls/kernel/socket_control.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/process.h"

namespace lindvm {
namespace {

/// struct cmsghdr of a 32-bit guest; data follows at once.
struct GuestHeader {
  uint32_t size;
  int32_t level;
  int32_t type;
};
constexpr size_t k_guest_header = sizeof(GuestHeader);
constexpr size_t k_host_header = sizeof(cmsghdr);
constexpr size_t k_max_passed = 253;  // SCM_MAX_FD

constexpr size_t align_guest(size_t size) { return (size + 3) & ~size_t{3}; }
constexpr size_t align_host(size_t size) { return (size + 7) & ~size_t{7}; }

template <class T>
T read_at(std::span<const std::byte> bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class HostWriter {
 public:
  HostWriter(Thread& thread, HostControl& host, size_t guest_size) : thread_(thread), host_(host) {
    host.words.resize(host_control_size(guest_size) / sizeof(uint64_t));
  }

  SysResult add(const GuestHeader& header, std::span<const std::byte> data) {
    if (header.level == SOL_SOCKET && header.type == SCM_RIGHTS) return add_rights(data);
    if (header.level == SOL_SOCKET && header.type == SCM_CREDENTIALS) return add_credentials(data);
    put(header.level, header.type, data.data(), data.size());
    return SysResult();
  }

 private:
  void put(int level, int type, const void* data, size_t size) {
    cmsghdr header{};
    header.cmsg_len = k_host_header + size;
    header.cmsg_level = level;
    header.cmsg_type = type;
    std::byte* at = host_.data() + host_.size;
    std::memcpy(at, &header, sizeof header);
    if (size) std::memcpy(at + k_host_header, data, size);
    host_.size += align_host(k_host_header + size);
  }

  SysResult add_rights(std::span<const std::byte> data) {
    size_t count = data.size() / sizeof(int32_t);
    if (count > k_max_passed) return SysResult::error(EINVAL);
    std::vector<int> fds;
    for (size_t i = 0; i < count; ++i) {
      FileRef file = thread_.process().fds().get(read_at<uint32_t>(data, 4 * i));
      if (!file) return SysResult::error(EBADF);
      if (file->host_fd() < 0) return SysResult::error(EINVAL);
      fds.push_back(file->host_fd());
      host_.files.push_back(std::move(file));
    }
    PassedFiles::instance().note(std::span(host_.files).last(count));
    put(SOL_SOCKET, SCM_RIGHTS, fds.data(), fds.size() * sizeof(int));
    return SysResult();
  }

  SysResult add_credentials(std::span<const std::byte> data) {
    if (data.size() != sizeof(ucred)) return SysResult::error(EINVAL);
    auto credentials = read_at<ucred>(data, 0);
    const Identity& sender = thread_.process().identity();
    bool may_claim = credentials.pid == sender.pid &&
                     (sender.user.has(credentials.uid) || sender.may(CAP_SETUID)) &&
                     (sender.owner_group.has(credentials.gid) || sender.may(CAP_SETGID));
    if (!may_claim) return SysResult::error(EPERM);
    credentials.pid = getpid();
    put(SOL_SOCKET, SCM_CREDENTIALS, &credentials, sizeof credentials);
    return SysResult();
  }

  Thread& thread_;
  HostControl& host_;
};

/// Writes a guest's control messages, with the kernel's rules for what does not fit.
class GuestWriter {
 public:
  GuestWriter(Thread& thread, std::span<std::byte> guest, int& flags, bool close_on_exec)
      : thread_(thread), guest_(guest), flags_(flags), close_on_exec_(close_on_exec) {}

  size_t used() const { return used_; }

  void add(const cmsghdr& header, std::span<const std::byte> data) {
    if (header.cmsg_level == SOL_SOCKET) {
      if (header.cmsg_type == SCM_RIGHTS) return add_rights(data);
      if (header.cmsg_type == SCM_CREDENTIALS) return add_credentials(data);
      if (header.cmsg_type == SO_TIMESTAMP_OLD || header.cmsg_type == SO_TIMESTAMPNS_OLD ||
          header.cmsg_type == SO_TIMESTAMPING_OLD) {
        return add_narrowed(header, data);
      }
    }
    put(header.cmsg_level, header.cmsg_type, data);
  }

 private:
  size_t room() const { return guest_.size() - used_; }

  void put(int level, int type, std::span<const std::byte> data) {
    if (room() < k_guest_header) return truncate();
    size_t size = k_guest_header + data.size();
    if (size > room()) {
      truncate();
      size = room();
    }
    GuestHeader header{static_cast<uint32_t>(size), level, type};
    std::memcpy(guest_.data() + used_, &header, sizeof header);
    std::memcpy(guest_.data() + used_ + k_guest_header, data.data(), size - k_guest_header);
    used_ = std::min(used_ + align_guest(size), guest_.size());
  }

  void truncate() { flags_ |= MSG_CTRUNC; }

  /// The descriptors arrive in this process in any case; those without room are closed.
  void add_rights(std::span<const std::byte> data) {
    size_t count = data.size() / sizeof(int);
    size_t fits = room() > k_guest_header ? std::min(count, (room() - k_guest_header) / sizeof(int)) : 0;
    std::vector<int32_t> numbers;
    for (size_t i = 0; i < count; ++i) {
      OwnedFd fd(read_at<int>(data, sizeof(int) * i));
      if (numbers.size() != i || i >= fits) continue;
      FileRef file = PassedFiles::instance().take(std::move(fd));
      if (!file) continue;
      SysResult number = install_file(thread_, std::move(file), close_on_exec_);
      if (number.ok()) numbers.push_back(static_cast<int32_t>(number.value()));
    }
    if (numbers.size() < count) truncate();
    if (!numbers.empty()) put(SOL_SOCKET, SCM_RIGHTS, std::as_bytes(std::span(numbers)));
  }

  void add_credentials(std::span<const std::byte> data) {
    auto credentials = read_at<ucred>(data, 0);
    credentials.pid = to_guest_process_id(thread_, credentials.pid);
    put(SOL_SOCKET, SCM_CREDENTIALS, std::as_bytes(std::span(&credentials, 1)));
  }

  /// Times of the host's `long` as the guest's.
  void add_narrowed(const cmsghdr& header, std::span<const std::byte> data) {
    int32_t words[6] = {};
    size_t count = std::min(std::size(words), data.size() / sizeof(int64_t));
    for (size_t i = 0; i < count; ++i) words[i] = static_cast<int32_t>(read_at<int64_t>(data, 8 * i));
    put(header.cmsg_level, header.cmsg_type, std::as_bytes(std::span(words).first(count)));
  }

  Thread& thread_;
  std::span<std::byte> guest_;
  size_t used_ = 0;
  int& flags_;
  bool close_on_exec_;
};

}  // namespace

size_t host_control_size(size_t guest_size) {
  // Every message has a guest header of 12 bytes at least, and grows by 4 of header, 4 of alignment and,
  // for times, by as much as its data has.
  return align_host(2 * guest_size + k_host_header);
}

SysResult to_host_control(Thread& thread, std::span<const std::byte> guest, HostControl& host) {
  HostWriter writer(thread, host, guest.size());
  for (size_t at = 0; at + k_guest_header <= guest.size();) {
    auto header = read_at<GuestHeader>(guest, at);
    if (header.size < k_guest_header || header.size > guest.size() - at) return SysResult::error(EINVAL);
    SYS_TRY(writer.add(header, guest.subspan(at + k_guest_header, header.size - k_guest_header)));
    at += align_guest(header.size);
  }
  return SysResult();
}

size_t to_guest_control(Thread& thread, std::span<const std::byte> host, std::span<std::byte> guest,
                        int& flags, bool close_on_exec) {
  GuestWriter writer(thread, guest, flags, close_on_exec);
  for (size_t at = 0; at + k_host_header <= host.size();) {
    auto header = read_at<cmsghdr>(host, at);
    if (header.cmsg_len < k_host_header || header.cmsg_len > host.size() - at) break;
    writer.add(header, host.subspan(at + k_host_header, header.cmsg_len - k_host_header));
    at += align_host(header.cmsg_len);
  }
  return writer.used();
}

}  // namespace lindvm
