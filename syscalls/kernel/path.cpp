#include "syscalls/kernel/path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <climits>
#include <vector>

#include "syscalls/kernel/openat2.h"

namespace lindvm {
namespace {

constexpr int k_max_links = 40;
constexpr int k_max_races = 64;

/// Symbolic links, ".." and renames by others are the host kernel's business: it refuses to leave.
SysResult open_beneath(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags);
  how.mode = flags & O_CREAT ? mode & 07777 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  long fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
  if (fd < 0) return SysResult::of_host(fd);
  opened = OwnedFd(static_cast<int>(fd));
  return SysResult();
}

/// One resolution by hand. `trail_` holds the directories from the start to where we are, so that ".." is
/// where we came from, whatever others do to the tree.
class Walk {
 public:
  explicit Walk(int start) : start_(start) {}

  /// Leaves the last component, not looked at, in `last` (empty: the path names where we are).
  SysResult to_last(std::string_view path, std::string& last) {
    push(path);
    while (true) {
      std::string name = next();
      if (is_at_end()) {
        last = name;
        return SysResult();
      }
      SYS_TRY(step(name));
    }
  }

  /// Goes on from a last component that is a symbolic link: its target is the rest of the path.
  SysResult follow(const std::string& target) {
    if (++links_ > k_max_links) return SysResult::error(ELOOP);
    if (!target.empty() && target[0] == '/') return SysResult::error(EPERM);
    push(target);
    return SysResult();
  }

  SysResult resume(std::string& last) { return to_last({}, last); }

  SysResult up() {
    if (trail_.empty()) return SysResult::error(EPERM);
    trail_.pop_back();
    return SysResult();
  }

  int here() const { return trail_.empty() ? start_ : trail_.back().get(); }
  bool needs_directory() const { return needs_directory_; }

  /// The target of a link; EINVAL if it is none.
  static SysResult read_link(int directory, const char* name, std::string& target) {
    char text[PATH_MAX];
    int64_t length = SYS_TRY(SysResult::of_host(readlinkat(directory, name, text, sizeof text)));
    target.assign(text, static_cast<size_t>(length));
    return target.empty() ? SysResult::error(ENOENT) : SysResult();
  }

 private:
  void push(std::string_view path) {
    if (path.empty()) return;
    if (path.back() == '/') needs_directory_ = true;
    rest_ = std::string(path) + "/" + rest_;
    skip_slashes();
  }

  std::string next() {
    size_t end = rest_.find('/');
    std::string name = rest_.substr(0, end);
    rest_.erase(0, end);
    skip_slashes();
    return name;
  }

  void skip_slashes() { rest_.erase(0, rest_.find_first_not_of('/')); }
  bool is_at_end() const { return rest_.empty(); }

  SysResult step(const std::string& name) {
    if (name == ".") return SysResult();
    if (name == "..") return up();
    OwnedFd fd(openat(here(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return SysResult::of_host(-1);
    struct stat status;
    if (fstat(fd.get(), &status) != 0) return SysResult::of_host(-1);
    if (S_ISLNK(status.st_mode)) {
      std::string target;
      SYS_TRY(read_link(fd.get(), "", target));
      bool needed_directory = needs_directory_;
      SYS_TRY(follow(target));
      needs_directory_ = needed_directory;  // the link is not the last component
      return SysResult();
    }
    if (!S_ISDIR(status.st_mode)) return SysResult::error(ENOTDIR);
    trail_.push_back(std::move(fd));
    return SysResult();
  }

  int start_;
  std::vector<OwnedFd> trail_;
  std::string rest_;
  int links_ = 0;
  bool needs_directory_ = false;
};

/// Opens the last component without following it; `is_link` if it is a link to be followed.
SysResult open_last(Walk& walk, std::string last, int flags, mode_t mode, OwnedFd& opened, bool& is_link) {
  bool follows = !(flags & O_NOFOLLOW) && !((flags & O_CREAT) && (flags & O_EXCL));
  if (last.empty()) last = ".";
  if (last == "..") {
    SYS_TRY(walk.up());
    last = ".";
  }
  if (walk.needs_directory()) {
    if (flags & O_CREAT) return SysResult::error(EISDIR);
    flags |= O_DIRECTORY;
    follows = true;
  }
  std::string target;
  is_link = follows && Walk::read_link(walk.here(), last.c_str(), target).ok();
  if (is_link) return walk.follow(target);
  int fd = openat(walk.here(), last.c_str(), flags | O_NOFOLLOW, mode);
  if (fd < 0) return SysResult::of_host(fd);
  opened = OwnedFd(fd);
  return SysResult();
}

SysResult open_by_walking(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened) {
  if (path[0] == '\0') return SysResult::error(ENOENT);
  if (path[0] == '/') return SysResult::error(EPERM);
  Walk walk(directory);
  std::string last;
  SYS_TRY(walk.to_last(path, last));
  while (true) {
    bool is_link = false;
    SYS_TRY(open_last(walk, last, flags, mode, opened, is_link));
    if (!is_link) return SysResult();
    SYS_TRY(walk.resume(last));
  }
}

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

}  // namespace

SysResult PathResolver::open(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened) {
  flags |= O_CLOEXEC | O_NOCTTY;
  if (flags & O_PATH) flags &= O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC;
  for (int race = 0; uses_openat2() && race < k_max_races; ++race) {
    SysResult result = open_beneath(directory, path, flags, mode, opened);
    int error = result.error_number();
    if (error == EXDEV) return SysResult::error(EPERM);
    if (error != EAGAIN) return result;
  }
  return open_by_walking(directory, path, flags, mode, opened);
}

SysResult PathResolver::locate(int directory, std::string_view path, int error_for_dots, Place& place) {
  if (path.empty()) return SysResult::error(ENOENT);
  if (path[0] == '/') return SysResult::error(EPERM);
  size_t end = path.find_last_not_of('/') + 1;
  place.needs_directory = end < path.size();
  path = path.substr(0, end);
  size_t slash = path.rfind('/');
  std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  std::string parent(slash == std::string_view::npos ? "." : path.substr(0, slash + 1));
  SYS_TRY(open(directory, parent.c_str(), O_PATH | O_DIRECTORY, 0, place.directory));
  if (is_dots(name)) {
    OwnedFd reached;  // leaving is refused before the name is
    SYS_TRY(open(directory, std::string(path).c_str(), O_PATH | O_DIRECTORY, 0, reached));
    return SysResult::error(error_for_dots);
  }
  place.name = name;
  return SysResult();
}

}  // namespace lindvm
