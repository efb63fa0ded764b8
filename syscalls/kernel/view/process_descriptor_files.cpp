// /proc/PID/fd and fdinfo: what descriptors lead to, and what Linux tells of the files behind them.

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "syscalls/kernel/epoll_file.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/signal_file.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

/// What Linux calls a descriptor that has no path: these tell nothing of the host.
bool is_name_of_no_file(const std::string& path) { return !path.empty() && path[0] != '/'; }

bool is_device_path(const std::string& path) { return path.starts_with("/dev/"); }
bool is_memory_file(const std::string& path) { return path.starts_with("/memfd:"); }

/// As mountinfo numbers mounts; one more for what is in none of them.
size_t mount_number(const VirtualContext& context, const OpenFile& file) {
  std::vector<const Mount*> mounts = reachable_mounts(context);
  auto found = std::find(mounts.begin(), mounts.end(), file.place().mount);
  return static_cast<size_t>(found - mounts.begin()) + 1;
}

/// Lines that are the same for the guest: they name nothing that it has under another number.
bool is_for_guest(const std::string& line) {
  constexpr std::string_view k_beginnings[] = {
      "eventfd-", "clockid:", "ticks:", "settime flags:", "it_value:", "it_interval:", "inotify "};
  return std::any_of(std::begin(k_beginnings), std::end(k_beginnings),
                     [&](std::string_view beginning) { return line.starts_with(beginning); });
}

/// The host's line on an item of an epoll instance, with the guest's number; empty for what is none.
std::string item_line(EpollFile& epoll, const std::string& line) {
  int host_fd = -1, end = 0;
  uint32_t fd = 0;
  if (std::sscanf(line.c_str(), "tfd: %d%n", &host_fd, &end) != 1) return {};
  if (!epoll.number_of(host_fd, fd)) return {};
  return fmt::format("tfd: {:8}{}\n", fd, line.substr(static_cast<size_t>(end)));
}

std::string lines_of_kind(OpenFile& file) {
  if (auto* signals = dynamic_cast<SignalFile*>(&file)) {
    return fmt::format("sigmask:\t{:016x}\n", signals->signals());
  }
  if (file.place().node || file.host_fd() < 0) return {};
  auto* epoll = dynamic_cast<EpollFile*>(&file);
  std::istringstream lines(host_text(fmt::format("/proc/self/fdinfo/{}", file.host_fd())));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (epoll) {
      text += item_line(*epoll, line);
    } else if (is_for_guest(line)) {
      text += line + "\n";
    }
  }
  return text;
}

}  // namespace

std::vector<uint32_t> open_descriptors(const VirtualContext& context) {
  return context.process.fds().numbers();
}

std::string descriptor_link(const VirtualContext& context) {
  FileRef file = context.process.fds().get(context.node.number);
  if (!file) return {};
  if (file->place()) return context.process.fs()->path_of(*file);
  std::string path = host_path_of(file->host_fd());
  if (is_name_of_no_file(path) || is_device_path(path) || is_memory_file(path)) return path;
  std::string guest_path = context.process.fs()->view().guest_path_of(path);
  return guest_path.empty() ? "(unreachable)" : guest_path;
}

FileRef descriptor_file(const VirtualContext& context) {
  return context.process.fds().get(context.node.number);
}

uint16_t descriptor_mode(const VirtualContext& context) {
  constexpr uint16_t k_reads = 0500, k_writes = 0300;
  FileRef file = context.process.fds().get(context.node.number);
  int64_t flags = file ? file->flags().raw() : O_PATH;
  if (flags < 0 || (flags & O_PATH)) return 0;
  int64_t access = flags & O_ACCMODE;
  return (access != O_WRONLY ? k_reads : 0) | (access != O_RDONLY ? k_writes : 0);
}

std::string descriptor_info(const VirtualContext& context) {
  FdEntry entry = context.process.fds().entry(context.node.number);
  if (!entry.file) return {};
  int64_t position = std::max<int64_t>(entry.file->seek(0, SEEK_CUR).raw(), 0);
  int64_t flags = std::max<int64_t>(entry.file->flags().raw(), 0);
  if (entry.closes_on_exec) flags |= O_CLOEXEC;
  FileStatus status{};
  (void)entry.file->status(status);
  return fmt::format("pos:\t{}\nflags:\t0{:o}\nmnt_id:\t{}\nino:\t{}\n", position, flags,
                     mount_number(context, *entry.file), uint64_t{status.stx_ino}) +
         lines_of_kind(*entry.file);
}

}  // namespace lindvm::virtual_files
