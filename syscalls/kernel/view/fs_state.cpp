#include "syscalls/kernel/view/fs_state.h"

namespace lindvm {

std::string FsState::path_of(const OpenFile& file) const {
  constexpr std::string_view k_unreachable = "(unreachable)";
  std::string path, root;
  if (!view_->path_of(file.place(), file.host_fd(), path)) return std::string(k_unreachable);
  if (!has_changed_root()) return path;
  FileRef root_file = this->root();
  if (!view_->path_of(root_file->place(), root_file->host_fd(), root))
    return std::string(k_unreachable) + path;
  if (root == "/") return path;
  if (path == root) return "/";
  if (path.starts_with(root + "/")) return path.substr(root.size());
  return std::string(k_unreachable) + path;
}

}  // namespace lindvm
