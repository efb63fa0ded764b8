#include "syscalls/kernel/view/host.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <fstream>
#include <sstream>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/openat2.h"

namespace lindvm {
namespace {

SysResult take(long fd, OwnedFd& opened) {
  if (fd < 0) return SysResult::of_host(fd);
  opened = OwnedFd(static_cast<int>(fd));
  return SysResult();
}

/// One component; O_NOFOLLOW makes a link ELOOP, or with O_PATH opens the link, which is then refused here.
SysResult open_component(int directory, const char* name, int flags, mode_t mode, OwnedFd& opened) {
  bool takes_link = (flags & O_PATH) && (flags & O_NOFOLLOW);
  SysResult result = blocking_call(SYS_openat, directory, name, flags | O_NOFOLLOW, mode);
  char target;
  bool hides_link = result.error_number() == ENOTDIR && (flags & O_DIRECTORY) && !takes_link;
  if (hides_link && readlinkat(directory, name, &target, 1) >= 0) return SysResult::error(ELOOP);
  opened = OwnedFd(static_cast<int>(SYS_TRY(result)));
  struct stat status;
  if (takes_link || !(flags & O_PATH) || fstat(opened.get(), &status) != 0 || !S_ISLNK(status.st_mode))
    return SysResult();
  return SysResult::error(ELOOP);
}

SysResult open_by_components(int directory, std::string_view path, int flags, mode_t mode, OwnedFd& opened) {
  OwnedFd here;
  while (true) {
    size_t end = std::min(path.find('/'), path.size());
    std::string name(path.substr(0, end));
    bool had_slash = end < path.size();
    path.remove_prefix(std::min(path.find_first_not_of('/', end), path.size()));
    int from = here ? here.get() : directory;
    if (path.empty()) {
      if (had_slash && (flags & O_CREAT)) return SysResult::error(EISDIR);
      return open_component(from, name.c_str(), flags | (had_slash ? O_DIRECTORY : 0), mode, opened);
    }
    OwnedFd next;
    SYS_TRY(open_component(from, name.c_str(), O_PATH | O_CLOEXEC, 0, next));
    here = std::move(next);
  }
}

}  // namespace

SysResult open_plain(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened) {
  flags |= O_CLOEXEC | O_NOCTTY;
  if (flags & O_PATH) flags &= O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC;
  bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
  if (!uses_openat2()) {
    return open_by_components(directory, path, flags, mode, opened);
  }
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.mode = creates ? mode & 07777 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (flags & O_PATH) return take(syscall(SYS_openat2, directory, path, &how, sizeof how), opened);
  int64_t fd = SYS_TRY(blocking_call(SYS_openat2, directory, path, &how, sizeof how));  // a FIFO waits
  opened = OwnedFd(static_cast<int>(fd));
  return SysResult();
}

SysResult open_descriptor(int fd, int flags, OwnedFd& opened) {
  std::string path = descriptor_path(fd);
  int64_t again = SYS_TRY(blocking_call(SYS_openat, AT_FDCWD, path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0));
  opened = OwnedFd(static_cast<int>(again));
  return SysResult();
}

std::string descriptor_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::string host_path_of(int fd) {
  char text[PATH_MAX];
  ssize_t length = readlink(descriptor_path(fd).c_str(), text, sizeof text);
  return length < 0 ? std::string() : std::string(text, static_cast<size_t>(length));
}

bool relative_path_of(int root, int fd, std::string& path, bool& is_removed) {
  std::string base = host_path_of(root);
  path = host_path_of(fd);
  struct stat status;
  if (base.empty() || path.empty() || fstat(fd, &status) != 0) return false;
  constexpr std::string_view k_removed = " (deleted)";
  is_removed = status.st_nlink == 0 && path.ends_with(k_removed);
  if (is_removed) path.resize(path.size() - k_removed.size());
  if (base == "/") base.clear();
  if (!path.starts_with(base) || (path.size() > base.size() && path[base.size()] != '/')) return false;
  path.erase(0, std::min(base.size() + 1, path.size()));
  return true;
}

std::string host_text(const std::string& path) {
  ActingAs host = ActingAs::host();
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_same_file(int a, int b) {
  struct stat of_a, of_b;
  return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
         of_a.st_ino == of_b.st_ino;
}

SysResult read_link_at(int directory, const char* name, std::string& target) {
  char text[PATH_MAX];
  int64_t length = SYS_TRY(SysResult::of_host(readlinkat(directory, name, text, sizeof text)));
  target.assign(text, static_cast<size_t>(length));
  return SysResult();
}

}  // namespace lindvm
