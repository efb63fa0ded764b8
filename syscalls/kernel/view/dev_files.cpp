#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/file_view.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/reopen.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr unsigned k_memory_devices = 1, k_terminals = 5, k_first_slave = 136, k_last_slave = 143;
constexpr unsigned k_null = 3, k_zero = 5, k_full = 7, k_random = 8, k_urandom = 9, k_tty = 0, k_ptmx = 2;

SysResult open_device(const char* path, unsigned major_number, unsigned minor_number, int flags,
                      FileRef& opened) {
  OwnedFd fd(open(path, flags | O_CLOEXEC | O_NOCTTY));
  struct stat status;
  if (!fd || fstat(fd.get(), &status) != 0) return SysResult::of_host(-1);
  if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(major_number, minor_number)) {
    return SysResult::error(ENXIO);
  }
  opened = std::make_shared<HostFile>(std::move(fd), true);
  return SysResult();
}

/// The number of a pseudo-terminal's slave in /dev/pts.
bool is_slave(int fd, uint32_t& number) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISCHR(status.st_mode)) return false;
  unsigned kind = major(status.st_rdev);
  if (kind < k_first_slave || kind > k_last_slave) return false;
  number = (kind - k_first_slave) << 8 | minor(status.st_rdev);
  return true;
}

/// A descriptor of the process that is this terminal: what it was started on. Null if there is none.
FileRef open_terminal(Process& process, uint32_t number) {
  for (uint32_t fd : process.fds().numbers()) {
    FileRef file = process.fds().get(fd);
    uint32_t found = 0;
    if (file && file->host_fd() >= 0 && is_slave(file->host_fd(), found) && found == number) return file;
  }
  return nullptr;
}

}  // namespace

SysResult dev_null_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/null", k_memory_devices, k_null, flags, opened);
}

SysResult dev_zero_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/zero", k_memory_devices, k_zero, flags, opened);
}

SysResult dev_full_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/full", k_memory_devices, k_full, flags, opened);
}

SysResult dev_random_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/random", k_memory_devices, k_random, flags, opened);
}

SysResult dev_urandom_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/urandom", k_memory_devices, k_urandom, flags, opened);
}

SysResult dev_tty_node(const VirtualContext&, int flags, FileRef& opened) {
  return open_device("/dev/tty", k_terminals, k_tty, flags, opened);
}

SysResult dev_ptmx_node(const VirtualContext& context, int flags, FileRef& opened) {
  SYS_TRY(open_device("/dev/ptmx", k_terminals, k_ptmx, flags, opened));
  unsigned number = 0;
  if (flags & O_PATH) return SysResult();
  SYS_TRY(SysResult::of_host(ioctl(opened->host_fd(), TIOCGPTN, &number)));
  context.process.fs()->view().add_terminal(number, opened);
  return SysResult();
}

SysResult terminal(const VirtualContext& context, int flags, FileRef& opened) {
  FileRef master = context.process.fs()->view().terminal(context.node.number);
  if (!master) {
    FileRef file = open_terminal(context.process, context.node.number);
    return file ? reopen(context.process, file, flags, opened) : SysResult::error(ENOENT);
  }
  bool is_path = flags & O_PATH;
  int host_flags = (is_path ? O_RDWR | O_NONBLOCK : flags & (O_ACCMODE | O_NONBLOCK)) | O_NOCTTY | O_CLOEXEC;
  OwnedFd slave(ioctl(master->host_fd(), TIOCGPTPEER, host_flags));
  if (!slave) return SysResult::of_host(-1);
  opened = std::make_shared<HostFile>(std::move(slave), true);
  return is_path ? reopen(context.process, FileRef(opened), flags, opened) : SysResult();
}

std::vector<uint32_t> terminals(const VirtualContext& context) {
  std::vector<uint32_t> numbers = context.process.fs()->view().terminals();
  for (uint32_t fd : context.process.fds().numbers()) {
    FileRef file = context.process.fds().get(fd);
    uint32_t number = 0;
    if (file && file->host_fd() >= 0 && is_slave(file->host_fd(), number)) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

std::string dev_fd_link(const VirtualContext&) { return "/proc/self/fd"; }
std::string dev_stdin_link(const VirtualContext&) { return "/proc/self/fd/0"; }
std::string dev_stdout_link(const VirtualContext&) { return "/proc/self/fd/1"; }
std::string dev_stderr_link(const VirtualContext&) { return "/proc/self/fd/2"; }

}  // namespace lindvm::virtual_files
