#pragma once
// What a guest's file tree is made of: mounts, each a host directory or a tree that the VM makes up, and the
// tree of guest paths where they are mounted. Made once, immutable from then on, but for temporary
// directories, which come into being when they are first used. Any thread.

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/view/place.h"

namespace lindvm {

/// A directory of the host's temporary directory that nobody else may enter, made at the first question and
/// removed with everything in it at the end.
class TemporaryTree {
 public:
  TemporaryTree() = default;
  ~TemporaryTree();
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;

  /// Opens the sub-directory `name`, which everyone may use (mode 1777). Empty if the host refuses.
  OwnedFd open(const char* name);

 private:
  std::mutex mutex_;
  std::string path_;  // guarded by mutex_; empty until made
};

class Mount {
 public:
  enum class Kind : uint8_t { host, temporary, made_up };

  /// A host directory. `source` is its path, for whoever asks where a host path is in the view.
  Mount(OwnedFd root, std::string source, bool is_read_only)
      : kind_(Kind::host), is_read_only_(is_read_only), source_(std::move(source)), root_(std::move(root)) {}
  /// A sub-directory of `tree`.
  Mount(TemporaryTree& tree, const char* name)
      : kind_(Kind::temporary), source_("tmpfs"), tree_(&tree), directory_(name) {}
  /// A tree of the table virtual_tree.def, or directories that only hold mount points.
  Mount(const VirtualEntry* tree, std::string type)
      : kind_(Kind::made_up), is_read_only_(true), source_(std::move(type)), top_{tree} {}

  Kind kind() const { return kind_; }
  bool is_read_only() const { return is_read_only_; }
  const std::string& source() const { return source_; }
  /// The file system's name in /proc/mounts.
  std::string_view type() const { return kind_ == Kind::host ? std::string_view("ext4") : source_; }
  const MountPoint* point() const { return point_; }
  void set_point(const MountPoint* point) { point_ = point; }

  VirtualNode top() const { return top_; }
  /// The host directory; negative if made up, or if the host refuses it.
  int root() const;

 private:
  Kind kind_;
  bool is_read_only_ = false;
  std::string source_;
  const MountPoint* point_ = nullptr;
  VirtualNode top_;
  TemporaryTree* tree_ = nullptr;
  const char* directory_ = nullptr;
  mutable std::once_flag once_;
  mutable OwnedFd root_;
};

/// A directory on the way to mounts. A point without a mount lies in that of the nearest one above.
struct MountPoint {
  std::string name;  ///< empty for the root
  const MountPoint* parent = nullptr;
  const Mount* mount = nullptr;
  std::vector<std::unique_ptr<MountPoint>> children = {};

  const MountPoint* child(std::string_view name) const;
  /// The mount that its files are in.
  const Mount& covering() const { return mount ? *mount : parent->covering(); }
  /// From the root of the view; "/" for that.
  std::string path() const;
};

/// The point for an absolute guest path, made with all above it.
MountPoint& make_point(MountPoint& root, std::string_view path);

}  // namespace lindvm
