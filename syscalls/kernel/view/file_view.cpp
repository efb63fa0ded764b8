#include "syscalls/kernel/view/file_view.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_tree.h"

namespace lindvm {
namespace {

std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? resolved : path;
}

std::unique_ptr<Mount> made_up(VirtualId top, const char* type) {
  return std::make_unique<Mount>(&virtual_entry(top), type);
}

bool is_below(std::string_view path, std::string_view directory) {
  return directory == "/" ||
         (path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/'));
}

}  // namespace

Result<std::shared_ptr<FileView>> FileView::create(const ViewConfig& config) {
  std::shared_ptr<FileView> view(new FileView());
  if (config.root) {
    TRY(view->mount_host({config.root->host, "/", config.root->is_read_only}));
  } else {
    view->mount(made_up(VirtualId::mount_directory, "rootfs"), "/");
  }
  for (const ViewMount& mount : config.mounts) TRY(view->mount_host(mount));
  view->mount_defaults();
  return view;
}

void FileView::mount(std::unique_ptr<Mount> mount, std::string_view path) {
  MountPoint& point = make_point(root_, path);
  mount->set_point(&point);
  point.mount = mount.get();
  mounts_.push_back(std::move(mount));
}

Result<void> FileView::mount_host(const ViewMount& mount) {
  OwnedFd fd(open(mount.host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    return Error{ErrorKind::io, fmt::format("{}: {}", mount.host, std::strerror(errno)), Error::k_no_offset};
  }
  this->mount(std::make_unique<Mount>(std::move(fd), real_path(mount.host), mount.is_read_only), mount.guest);
  return {};
}

void FileView::mount_default(std::unique_ptr<Mount> mount, std::string_view path) {
  if (!make_point(root_, path).mount) this->mount(std::move(mount), path);
}

void FileView::mount_defaults() {
  mount_default(made_up(VirtualId::dev, "devtmpfs"), "/dev");
  mount_default(made_up(VirtualId::proc, "proc"), "/proc");
  mount_default(std::make_unique<Mount>(temporary_, "shm"), "/dev/shm");
  struct stat status;
  const Mount& root = *root_.mount;
  bool root_has_tmp =
      root.kind() == Mount::Kind::host && fstatat(root.root(), "tmp", &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (!root_has_tmp) mount_default(std::make_unique<Mount>(temporary_, "tmp"), "/tmp");
}

bool FileView::path_of(const FilePlace& place, int fd, std::string& path) const {
  if (!place.mount) return false;
  path = place.point ? place.point->path() : place.mount->point()->path();
  if (place.point) return true;
  std::string below;
  bool is_removed = false;
  if (place.node) {
    below = path_in_tree(place.node);
  } else if (!relative_path_of(place.mount->root(), fd, below, is_removed)) {
    return false;
  }
  if (path == "/") path.clear();
  if (!below.empty()) path += "/" + below;
  if (path.empty()) path = "/";
  if (is_removed) path += " (deleted)";
  return true;
}

std::string FileView::guest_path_of(std::string_view host_path) const {
  const Mount* best = nullptr;
  for (const auto& mount : mounts_) {
    if (mount->kind() != Mount::Kind::host || mount->point()->mount != mount.get()) continue;
    if (!is_below(host_path, mount->source())) continue;
    if (!best || mount->source().size() >= best->source().size()) best = mount.get();
  }
  if (!best) return {};
  std::string path = best->point()->path();
  std::string_view below = host_path.substr(best->source() == "/" ? 0 : best->source().size());
  if (below.empty() || below == "/") return path;
  return (path == "/" ? std::string() : path) + std::string(below);
}

void FileView::add_terminal(uint32_t number, const FileRef& master) {
  std::lock_guard lock(mutex_);
  terminals_[number] = master;
}

FileRef FileView::terminal(uint32_t number) const {
  std::lock_guard lock(mutex_);
  auto found = terminals_.find(number);
  return found == terminals_.end() ? nullptr : found->second.lock();
}

std::vector<uint32_t> FileView::terminals() const {
  std::lock_guard lock(mutex_);
  std::vector<uint32_t> numbers;
  for (const auto& [number, master] : terminals_) {
    if (!master.expired()) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace lindvm
