// /proc/PID: names, paths and descriptors.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

std::string zero_terminated(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + '\0';
  return all;
}

/// What Linux calls a descriptor that has no path: these tell nothing of the host.
bool is_name_of_no_file(const std::string& path) { return !path.empty() && path[0] != '/'; }

bool is_device_path(const std::string& path) { return path.starts_with("/dev/"); }
bool is_memory_file(const std::string& path) { return path.starts_with("/memfd:"); }

std::string mount_options(const Mount& mount) { return mount.is_read_only() ? "ro,relatime" : "rw,relatime"; }

std::string source_of(const Mount& mount) {
  return mount.kind() == Mount::Kind::host ? "lind-vm" : std::string(mount.type());
}

template <class F>
std::string each_mount(const VirtualContext& context, F&& line_of) {
  std::string text;
  for (const auto& mount : context.process.fs()->view().mounts()) {
    if (mount->point()->mount == mount.get()) text += line_of(*mount);
  }
  return text;
}

}  // namespace

std::string mounts_link(const VirtualContext&) { return "self/mounts"; }
std::string self_link(const VirtualContext&) { return std::to_string(process_number()); }
std::string thread_self_link(const VirtualContext&) { return fmt::format("{0}/task/{0}", process_number()); }

std::vector<uint32_t> processes(const VirtualContext&) { return {process_number()}; }
std::vector<uint32_t> threads(const VirtualContext&) { return {process_number()}; }
std::vector<uint32_t> open_descriptors(const VirtualContext& context) {
  return context.process.fds().numbers();
}

std::string command_line(const VirtualContext& context) { return zero_terminated(context.process.args()); }
std::string environment(const VirtualContext& context) { return zero_terminated(context.process.env()); }

std::string cwd_path(const VirtualContext& context) {
  const FsState& fs = *context.process.fs();
  return fs.path_of(*fs.cwd());
}
FileRef cwd_file(const VirtualContext& context) { return context.process.fs()->cwd(); }

std::string root_path(const VirtualContext& context) {
  const FsState& fs = *context.process.fs();
  return fs.path_of(*fs.root());
}
FileRef root_file(const VirtualContext& context) { return context.process.fs()->root(); }

std::string exe_path(const VirtualContext& context) { return context.process.fs()->program_path(); }
FileRef exe_file(const VirtualContext& context) { return context.process.fs()->program(); }

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

std::string descriptor_info(const VirtualContext& context) {
  FileRef file = context.process.fds().get(context.node.number);
  if (!file) return {};
  SysResult position = file->seek(0, SEEK_CUR);
  SysResult flags = file->flags();
  return fmt::format("pos:\t{}\nflags:\t0{:o}\nmnt_id:\t1\nino:\t0\n", std::max<int64_t>(position.raw(), 0),
                     std::max<int64_t>(flags.raw(), 0));
}

std::string mount_table(const VirtualContext& context) {
  return each_mount(context, [](const Mount& mount) {
    return fmt::format("{} {} {} {} 0 0\n", source_of(mount), mount.point()->path(), mount.type(),
                       mount_options(mount));
  });
}

std::string mount_information(const VirtualContext& context) {
  int number = 0;
  return each_mount(context, [&](const Mount& mount) {
    ++number;
    return fmt::format("{} {} 0:{} / {} {} - {} {} {}\n", number, number == 1 ? 0 : 1, number,
                       mount.point()->path(), mount_options(mount), mount.type(), source_of(mount),
                       mount.is_read_only() ? "ro" : "rw");
  });
}

}  // namespace lindvm::virtual_files
