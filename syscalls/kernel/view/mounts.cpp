#include "syscalls/kernel/view/mounts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "syscalls/kernel/host_credentials.h"

namespace lindvm {
namespace {

constexpr mode_t k_shared_mode = 01777;

/// The guest may have taken the permissions that removing needs.
void make_removable(const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, ignored);
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) make_removable(entry.path());
  }
}

}  // namespace

TemporaryTree::~TemporaryTree() {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  if (!error) return;
  make_removable(path_);
  std::filesystem::remove_all(path_, error);
}

OwnedFd TemporaryTree::open(const char* name) {
  std::lock_guard lock(mutex_);
  auto as_host = ActingAs::host();  // the directory is the VM's, whoever uses it first
  if (path_.empty()) {
    const char* base = std::getenv("TMPDIR");
    std::string path = std::string(base && base[0] == '/' ? base : "/tmp") + "/lind-vm-XXXXXX";
    if (!mkdtemp(path.data())) return {};
    path_ = path;
  }
  std::string path = path_ + "/" + name;
  if (mkdir(path.c_str(), 0700) != 0) return {};
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) (void)fchmod(fd.get(), k_shared_mode);
  return fd;
}

int Mount::root() const {
  if (kind_ == Kind::temporary) std::call_once(once_, [this] { root_ = tree_->open(directory_); });
  return root_.get();
}

const MountPoint* MountPoint::child(std::string_view wanted) const {
  for (const auto& point : children) {
    if (point->name == wanted) return point.get();
  }
  return nullptr;
}

std::string MountPoint::path() const {
  if (!parent) return "/";
  return (parent->parent ? parent->path() + "/" : "/") + name;
}

MountPoint& make_point(MountPoint& root, std::string_view path) {
  MountPoint* here = &root;
  while (true) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    if (path.empty()) return *here;
    std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size());
    auto* next = const_cast<MountPoint*>(here->child(name));
    if (!next) {
      here->children.push_back(std::make_unique<MountPoint>(std::string(name), here));
      next = here->children.back().get();
    }
    here = next;
  }
}

}  // namespace lindvm
