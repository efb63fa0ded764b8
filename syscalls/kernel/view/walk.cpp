#include "syscalls/kernel/view/walk.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <climits>

#include "syscalls/kernel/view/file_view.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_tree.h"

namespace lindvm {
namespace {

constexpr int k_max_links = 40;

bool has_type(int fd, mode_t type) {
  struct stat status;
  return fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == type;
}

/// The point for a path below one, as far as there are points.
const MountPoint* descend(const MountPoint* point, std::string_view path) {
  while (point && !path.empty()) {
    size_t end = std::min(path.find('/'), path.size());
    point = point->child(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return point;
}

}  // namespace

Reached Reached::of(FileRef file) {
  Reached reached = of(*file);
  reached.file = std::move(file);
  return reached;
}

bool Reached::is_directory() const {
  return place.node ? lindvm::is_directory(*place.node.entry) : has_type(fd, S_IFDIR);
}

bool is_link(const Reached& reached) {
  return reached.place.node ? is_link(*reached.place.node.entry) : has_type(reached.fd, S_IFLNK);
}

Walk::Walk(Process& process, uint64_t resolve)
    : process_(process),
      resolve_(resolve),
      root_file_(process.fs()->root()),
      root_(Reached::of(*root_file_)) {}

SysResult Walk::begin(const OpenFile* start, std::string_view path) {
  if (path.empty()) return SysResult::error(ENOENT);
  bool is_absolute = path[0] == '/';
  if (is_absolute && (resolve_ & RESOLVE_BENEATH)) return SysResult::error(EXDEV);
  rest_ = path;
  if (is_absolute && !(resolve_ & RESOLVE_IN_ROOT)) {
    trail_.push_back(Reached::of(*root_file_));
    return SysResult();
  }
  if (!start) return SysResult::error(EBADF);
  trail_.push_back(Reached::of(*start));
  if (!here().place || !here().is_directory()) return SysResult::error(ENOTDIR);
  if (resolve_ & RESOLVE_IN_ROOT) root_ = Reached::of(*start);
  return SysResult();
}

std::string Walk::next() {
  rest_.erase(0, rest_.find_first_not_of('/'));
  std::string name = rest_.substr(0, rest_.find('/'));
  rest_.erase(0, name.size());
  return name;
}

SysResult Walk::to_last() {
  while (true) {
    std::string name = next();
    bool is_last = rest_.find_first_not_of('/') == std::string::npos;
    if (is_last) {
      needs_directory_ = !rest_.empty();
      last_kind_ = name.empty()   ? Last::root
                   : name == "."  ? Last::dot
                   : name == ".." ? Last::dot_dot
                                  : Last::name;
      last_ = std::move(name);
      rest_.clear();
      return SysResult();
    }
    if (name == "..") {
      SYS_TRY(up());
    } else if (name != ".") {
      SYS_TRY(step(name));
    }
  }
}

SysResult Walk::step(const std::string& name) {
  Reached next;
  SYS_TRY(child(name, next));
  if (is_link(next)) {
    Reached arrived;
    bool has_arrived = false;
    SYS_TRY(follow(next, arrived, has_arrived));
    return has_arrived ? jump(std::move(arrived)) : SysResult();
  }
  if (!next.is_directory()) return SysResult::error(ENOTDIR);
  trail_.push_back(std::move(next));
  return SysResult();
}

/// Goes on from where a link of /proc leads, which a walk may have come to in no other way.
SysResult Walk::jump(Reached to) {
  if (!to.is_directory()) return SysResult::error(ENOTDIR);
  if (!to.place) return SysResult::error(EACCES);  // a directory of the host's, given by whoever started us
  trail_.clear();
  trail_.push_back(std::move(to));
  return SysResult();
}

SysResult Walk::child(std::string_view name, Reached& next) {
  Reached& directory = here();
  if (name.size() > NAME_MAX) return SysResult::error(ENAMETOOLONG);
  if (directory.place.point) {
    if (const MountPoint* point = directory.place.point->child(name)) {
      if (point->mount && (resolve_ & RESOLVE_NO_XDEV)) return SysResult::error(EXDEV);
      return at_point(*point, &directory, next);
    }
  }
  next.place.mount = directory.place.mount;
  if (directory.place.node) {
    VirtualContext context{process_, directory.place.node};
    return find_child(context, name, next.place.node) ? SysResult() : SysResult::error(ENOENT);
  }
  next.owned = OwnedFd(openat(directory.fd, std::string(name).c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  next.fd = next.owned.get();
  return next.owned ? SysResult() : SysResult::of_host(-1);
}

SysResult Walk::follow(Reached& link, Reached& reached, bool& has_arrived) {
  if (resolve_ & RESOLVE_NO_SYMLINKS) return SysResult::error(ELOOP);
  has_arrived = false;
  if (!link.place.node) {
    std::string target;
    SYS_TRY(read_link_at(link.fd, "", target));
    return follow_text(target);
  }
  VirtualContext context{process_, link.place.node};
  const VirtualEntry& entry = *link.place.node.entry;
  if (entry.kind == VirtualKind::link) return follow_text(entry.behaviour.text(context));
  if (++links_ > k_max_links || (resolve_ & RESOLVE_NO_MAGICLINKS)) return SysResult::error(ELOOP);
  if (resolve_ & (RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_NO_XDEV)) return SysResult::error(EXDEV);
  FileRef target = entry.behaviour.target(context);
  if (!target) return SysResult::error(ENOENT);
  reached = Reached::of(std::move(target));
  has_arrived = true;
  return SysResult();
}

SysResult Walk::follow_text(std::string_view target) {
  if (++links_ > k_max_links) return SysResult::error(ELOOP);
  if (target.empty()) return SysResult::error(ENOENT);
  rest_ = std::string(target) + (needs_directory_ && rest_.empty() ? "/" : "") + rest_;
  if (target[0] != '/') return SysResult();
  if (resolve_ & RESOLVE_BENEATH) return SysResult::error(EXDEV);
  if ((resolve_ & RESOLVE_NO_XDEV) && root_.place.mount != here().place.mount) return SysResult::error(EXDEV);
  trail_.clear();
  trail_.push_back({root_.place, root_.fd, {}, {}});
  return SysResult();
}

SysResult Walk::find(bool follows, Reached& reached) {
  while (true) {
    SYS_TRY(to_last());
    if (last_kind_ == Last::dot_dot) SYS_TRY(up());
    if (last_kind_ != Last::name) {
      reached = std::move(here());
      return SysResult();
    }
    Reached next;
    SYS_TRY(child(last_, next));
    bool has_arrived = true;
    if ((follows || needs_directory_) && is_link(next)) {
      SYS_TRY(follow(next, reached, has_arrived));
      if (!has_arrived) continue;
    } else {
      reached = std::move(next);
    }
    return needs_directory_ && !reached.is_directory() ? SysResult::error(ENOTDIR) : SysResult();
  }
}

bool Walk::is_root(const Reached& directory) const {
  const FilePlace& place = directory.place;
  const FilePlace& root = root_.place;
  if (root.point || place.point) return root.point == place.point;
  if (root.mount != place.mount || root.node != place.node) return false;
  return root.node || is_same_file(root_.fd, directory.fd);
}

SysResult Walk::up() {
  if (resolve_ & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) {
    if (trail_.size() > 1) {
      trail_.pop_back();
      return SysResult();
    }
    return resolve_ & RESOLVE_BENEATH ? SysResult::error(EXDEV) : SysResult();
  }
  if (is_root(here())) return SysResult();
  const Mount* mount = here().place.mount;
  if (trail_.size() > 1) {
    trail_.pop_back();
  } else {
    Reached parent;
    SYS_TRY(above(here(), parent));
    trail_.back() = std::move(parent);
  }
  bool has_crossed = (resolve_ & RESOLVE_NO_XDEV) && here().place.mount != mount;
  return has_crossed ? SysResult::error(EXDEV) : SysResult();
}

/// `above` is what the parent point was reached as, if the walk is there.
SysResult Walk::at_point(const MountPoint& point, const Reached* above, Reached& reached) {
  reached.place = {&point.covering(), &point, {}};
  if (point.mount) {
    reached.place.node = point.mount->top();
    reached.fd = point.mount->root();
    return reached.fd < 0 && !reached.place.node ? SysResult::error(EIO) : SysResult();
  }
  Reached parent;
  if (!above) {
    SYS_TRY(at_point(*point.parent, nullptr, parent));
    above = &parent;
  }
  if (!above->place.node) {
    reached.owned =
        OwnedFd(openat(above->fd, point.name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    reached.fd = reached.owned.get();
  }
  if (reached.fd >= 0) return SysResult();
  VirtualContext context{process_, above->place.node};
  bool is_made_up = above->place.node && find_child(context, point.name, reached.place.node);
  if (!is_made_up) reached.place.node = {&virtual_entry(VirtualId::mount_directory)};
  return SysResult();
}

SysResult Walk::at_host_path(const Mount& mount, std::string_view path, Reached& reached) {
  if (const MountPoint* point = descend(mount.point(), path)) return at_point(*point, nullptr, reached);
  reached.place = {&mount, nullptr, {}};
  SYS_TRY(open_plain(mount.root(), std::string(path).c_str(), O_PATH | O_DIRECTORY, 0, reached.owned));
  reached.fd = reached.owned.get();
  return SysResult();
}

/// The parent of a directory that the walk did not come to from there.
SysResult Walk::above(const Reached& directory, Reached& reached) {
  const FilePlace& place = directory.place;
  if (place.point)
    return at_point(place.point->parent ? *place.point->parent : *place.point, nullptr, reached);
  if (place.node) {
    VirtualNode parent = parent_of(place.node);
    if (parent == place.mount->top()) return at_point(*place.mount->point(), nullptr, reached);
    reached.place = {place.mount, nullptr, parent};
    return SysResult();
  }
  std::string path;
  bool is_removed = false;
  if (!relative_path_of(place.mount->root(), directory.fd, path, is_removed)) return SysResult::error(ENOENT);
  size_t slash = path.rfind('/');
  return at_host_path(*place.mount, slash == std::string::npos ? "" : path.substr(0, slash), reached);
}

}  // namespace lindvm
