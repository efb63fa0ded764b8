#include "syscalls/kernel/lookup.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/view/file_view.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_file.h"
#include "syscalls/kernel/view/virtual_tree.h"

namespace lindvm {
namespace {

bool has_dot_dot(std::string_view path) {
  for (size_t at = path.find(".."); at != std::string_view::npos; at = path.find("..", at + 1)) {
    bool starts = at == 0 || path[at - 1] == '/';
    bool ends = at + 2 == path.size() || path[at + 2] == '/';
    if (starts && ends) return true;
  }
  return false;
}

std::string_view skip_slashes(std::string_view path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  return path;
}

/// Splits "a/b/name/" into "a/b/" and "name"; `has_slash` if one followed.
void split(std::string_view path, std::string_view& parent, std::string_view& name, bool& has_slash) {
  size_t end = path.find_last_not_of('/') + 1;
  has_slash = end < path.size();
  path = path.substr(0, end);
  size_t slash = path.rfind('/');
  name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  parent = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

int error_for(Change change, Walk::Last last) {
  switch (change) {
    case Change::create:
      return EEXIST;
    case Change::remove_file:
      return EISDIR;
    case Change::remove_directory:
      return last == Walk::Last::dot ? EINVAL : last == Walk::Last::root ? EBUSY : ENOTEMPTY;
    case Change::rename:
      return EBUSY;
  }
  return EINVAL;
}

SysResult refuse(Place& place, Change change, int error) {
  if (change != Change::rename) return SysResult::error(error);
  place.refusal = error;
  return SysResult();
}

SysResult check_read_only(Place& place, Change change) {
  if (place.refusal || !place.mount->is_read_only()) return SysResult();
  struct stat status;
  bool is_there = change == Change::create &&
                  fstatat(place.directory, place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  return refuse(place, change, is_there ? EEXIST : EROFS);
}

/// What a path starts from may be a file, which the host finds only when it has looked at both places.
SysResult check_directory(int fd) {
  struct stat status;
  bool is_file = fd >= 0 && fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode);
  return is_file ? SysResult::error(ENOTDIR) : SysResult();
}

/// ELOOP: the path must be walked.
SysResult find_plain_place(const PlainPath& plain, Place& place) {
  std::string_view parent, name;
  bool has_slash = false;
  split(plain.path, parent, name, has_slash);
  if (name == "." || name.empty()) return SysResult::error(ELOOP);
  place.mount = plain.place.mount;
  place.name = name;
  if (has_slash) place.name += '/';
  place.directory = plain.directory;
  if (parent.empty()) return SysResult();
  SYS_TRY(open_plain(plain.directory, std::string(parent).c_str(), O_PATH | O_DIRECTORY, 0, place.owned));
  place.directory = place.owned.get();
  return SysResult();
}

/// Names in made-up directories and mount points, which nobody changes.
SysResult refuse_change(Walk& walk, Change change, Place& place) {
  bool is_point = walk.is_point(walk.last());
  if (is_point) place.name = walk.last();  // as opposed to "." and ".."
  if (change == Change::rename || (is_point && change != Change::create))
    return refuse(place, change, is_point ? EBUSY : EROFS);
  Reached found;
  bool is_proc = is_in_proc(walk.here().place.node);
  bool is_there = is_point || walk.child(walk.last(), found).ok();
  if (change == Change::create) return SysResult::error(is_there ? EEXIST : is_proc ? ENOENT : EROFS);
  if (!is_proc) return SysResult::error(EROFS);
  return SysResult::error(is_there ? EPERM : ENOENT);
}

SysResult walk_to_place(Thread& thread, const AtFd& dir, std::string_view path, Change change, Place& place) {
  Walk walk(thread.process());
  SYS_TRY(walk.begin(dir.file.get(), path));
  SYS_TRY(walk.to_last());
  Reached& here = walk.here();
  place.mount = here.place.mount;
  if (walk.last_kind() != Walk::Last::name) return refuse(place, change, error_for(change, walk.last_kind()));
  if (here.place.node || walk.is_point(walk.last())) return refuse_change(walk, change, place);
  place.name = walk.last() + (walk.needs_directory() ? "/" : "");
  place.directory = here.fd;
  place.owned = std::move(here.owned);
  return SysResult();
}

/// Without a view: capabilities.
SysResult locate(const AtFd& dir, std::string_view path, Change change, Place& place) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  int error_for_dots = change == Change::remove_directory ? EINVAL : error_for(change, Walk::Last::dot);
  PathResolver::Place located;
  SYS_TRY(PathResolver::locate(directory, path, error_for_dots, located));
  place.owned = std::move(located.directory);
  place.directory = place.owned.get();
  place.name = located.name;
  // The host's calls that change directories do not follow a link before a final slash.
  if (located.needs_directory) place.name += '/';
  return dir.file->is_read_only() ? SysResult::error(EROFS) : SysResult();
}

/// A borrowed descriptor may be the process's root, which another thread's chroot closes.
void keep(Process& process, int& fd, OwnedFd& owned) {
  if (owned || fd < 0 || !process.fs() || !process.fs()->has_changed_root()) return;
  owned = OwnedFd(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  fd = owned.get();
}

SysResult find_below(const AtFd& dir, std::string_view path, unsigned how, Target& target) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  int flags = O_PATH | (how & k_follow ? 0 : O_NOFOLLOW);
  SYS_TRY(PathResolver::open(directory, std::string(path).c_str(), flags, 0, target.owned));
  target.fd = target.owned.get();
  target.is_read_only = dir.file->is_read_only();
  return SysResult();
}

/// Directories that a guest was lent are no part of its view: what is below them is reached as without one.
bool starts_outside(const AtFd& dir, std::string_view path) {
  return !path.empty() && path[0] != '/' && dir.file && !dir.file->place();
}

SysResult take(Thread& thread, Reached& reached, Target& target) {
  target.place = reached.place;
  target.fd = reached.fd;
  target.owned = std::move(reached.owned);
  target.is_open_file = reached.file != nullptr;
  target.is_read_only = reached.file ? reached.file->is_read_only()
                                     : reached.place.mount && reached.place.mount->is_read_only();
  target.file = std::move(reached.file);
  if (!target.file) keep(thread.process(), target.fd, target.owned);
  const VirtualEntry* entry = target.place.node.entry;
  if (!entry || entry->kind != VirtualKind::device || target.fd >= 0) return SysResult();
  SYS_TRY(open_virtual(thread.process(), target.place, O_PATH, target.file));
  target.fd = target.file->host_fd();
  return SysResult();
}

}  // namespace

bool plan(Process& process, const AtFd& dir, std::string_view path, PlainPath& plain) {
  if (path.empty() || has_dot_dot(path)) return false;
  FsState& fs = *process.fs();
  FilePlace start;
  if (path[0] == '/' && !fs.has_changed_root()) {
    const MountPoint& root = fs.view().root();
    start = {root.mount, &root, root.mount->top()};
    plain.directory = root.mount->root();
  } else {
    if (path[0] == '/') plain.held = fs.root();
    const OpenFile* from = path[0] == '/' ? plain.held.get() : dir.file.get();
    if (!from || !from->place()) return false;
    start = from->place();
    plain.directory = from->host_fd();
  }
  path = skip_slashes(path);
  const MountPoint* point = start.point;
  while (point && !path.empty()) {
    std::string_view name = path.substr(0, path.find('/'));
    if (name != ".") {
      point = point->child(name);
      if (!point) break;
      start = {point->mount, point, point->mount ? point->mount->top() : VirtualNode()};
      if (!point->mount) return false;
      plain.directory = point->mount->root();
    }
    path = skip_slashes(path.substr(name.size()));
  }
  if (start.node || plain.directory < 0) return false;
  plain.place = {start.mount, path.empty() ? start.point : nullptr, {}};
  plain.path = path.empty() ? "." : path.data();
  return true;
}

SysResult find_place(Thread& thread, const AtFd& dir, std::string_view path, Change change, Place& place) {
  if (!thread.process().fs() || starts_outside(dir, path)) return locate(dir, path, change, place);
  PlainPath plain;
  SysResult result = SysResult::error(ELOOP);
  if (plan(thread.process(), dir, path, plain) && !plain.place.point) result = find_plain_place(plain, place);
  if (result.error_number() == ELOOP) result = walk_to_place(thread, dir, path, change, place);
  SYS_TRY(result);
  if (change == Change::rename && !dir.is_cwd()) SYS_TRY(check_directory(place.directory));
  keep(thread.process(), place.directory, place.owned);
  return check_read_only(place, change);
}

std::string Target::host_path() const { return descriptor_path(fd); }

Target target_of(OpenFile& file) {
  Target target;
  target.place = file.place();
  target.fd = file.host_fd();
  target.is_open_file = true;
  target.is_read_only = file.is_read_only();
  return target;
}

SysResult find_target(Thread& thread, const AtFd& dir, std::string_view path, unsigned how, Target& target) {
  if (path.empty() && (how & k_empty_path)) {
    if (!dir.file) return SysResult::error(EBADF);
    target = target_of(*dir.file);
    return SysResult();
  }
  if (!thread.process().fs() || starts_outside(dir, path)) return find_below(dir, path, how, target);
  PlainPath plain;
  if (plan(thread.process(), dir, path, plain)) {
    int flags = O_PATH | (how & k_follow ? 0 : O_NOFOLLOW);
    SysResult result = open_plain(plain.directory, plain.path, flags, 0, target.owned);
    target.place = plain.place;
    target.fd = target.owned.get();
    target.is_read_only = plain.place.mount->is_read_only();
    if (result.error_number() != ELOOP) return result;
  }
  Walk walk(thread.process());
  SYS_TRY(walk.begin(dir.file.get(), path));
  Reached reached;
  SYS_TRY(walk.find(how & k_follow, reached));
  return take(thread, reached, target);
}

SysResult status_of(Thread& thread, const Target& target, uint32_t mask, FileStatus& status) {
  if (target.file) return target.file->status(status);
  if (target.fd >= 0) {
    return SysResult::of_host(statx(target.fd, "", AT_EMPTY_PATH, mask, &status));
  }
  if (!target.place.node) return SysResult::error(EBADF);
  virtual_status({thread.process(), target.place.node}, status);
  return SysResult();
}

}  // namespace lindvm
