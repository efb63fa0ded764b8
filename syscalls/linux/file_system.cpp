#include "syscalls/linux/file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <climits>
#include <cstdlib>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/process_setup.h"
#include "syscalls/kernel/view/virtual_file.h"

namespace lindvm {
namespace {

std::string real_path(const char* path) {
  char resolved[PATH_MAX];
  return realpath(path, resolved) ? resolved : "";
}

FileRef root_directory(Process& process, const FileView& view) {
  const MountPoint& root = view.root();
  FilePlace place{root.mount, &root, root.mount->top()};
  if (place.node) return std::make_shared<VirtualFile>(process, place, O_PATH);
  OwnedFd fd(fcntl(root.mount->root(), F_DUPFD_CLOEXEC, 0));
  auto file = std::make_shared<HostFile>(std::move(fd), root.mount->is_read_only());
  file->set_place(place);
  return file;
}

/// Opens a guest path on behalf of the process that is being made.
SysResult open_guest_path(Process& process, const std::string& path, int flags, FileRef& file) {
  Path argument;
  if (!argument.assign(path)) return SysResult::error(ENAMETOOLONG);
  Thread thread(process, nullptr);
  return open_file(thread, AtFd::cwd(process), argument, {flags, 0, 0}, file);
}

bool is_same_directory(const OpenFile& file, const char* host_path) {
  struct stat a, b;
  return file.host_fd() >= 0 && fstat(file.host_fd(), &a) == 0 && stat(host_path, &b) == 0 &&
         a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The host's current directory, where the guest can see it.
Result<void> set_cwd(Process& process, const std::string& wanted) {
  FsState& fs = *process.fs();
  FileRef directory;
  if (!wanted.empty()) {
    SysResult result = open_guest_path(process, wanted, O_PATH | O_DIRECTORY, directory);
    if (!result.ok()) {
      errno = result.error_number();
      return io_error("--cwd " + wanted);
    }
    fs.set_cwd(std::move(directory));
    return {};
  }
  std::string guest_path = fs.view().guest_path_of(real_path("."));
  if (guest_path.empty()) return {};
  bool is_there = open_guest_path(process, guest_path, O_PATH | O_DIRECTORY, directory).ok();
  if (is_there && is_same_directory(*directory, ".")) fs.set_cwd(std::move(directory));
  return {};
}

/// A program that the guest cannot see seems to be in its root directory.
void set_program(Process& process, const std::string& program) {
  if (program.empty()) return;
  process.fs()->set_program_name(program.substr(program.rfind('/') + 1));
  std::string path = real_path(program.c_str());
  OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return;
  std::string guest_path = process.fs()->view().guest_path_of(path);
  if (guest_path.empty()) guest_path = path.substr(path.rfind('/'));
  process.fs()->set_program(std::make_shared<HostFile>(std::move(fd), true), guest_path);
}

}  // namespace

Result<void> make_file_system(Process& process, const LinuxConfig& config) {
  std::shared_ptr<FileView> view = TRY(FileView::create(config.view));
  FileRef root = root_directory(process, *view);
  process.set_fs(std::make_unique<FsState>(std::move(view), std::move(root)));
  static const mode_t k_inherited_mask = umask(0);
  process.fs()->set_umask(k_inherited_mask);
  TRY(set_cwd(process, config.cwd));
  set_program(process, config.program);
  return {};
}

}  // namespace lindvm
