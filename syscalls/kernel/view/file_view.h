#pragma once
// A guest's view of the file system: mounts at guest paths, with /dev, /proc and private temporary
// directories where nothing else is mounted. Shared by the processes of a guest; immutable but for the list
// of pseudo-terminals that they have opened. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "syscalls/kernel/open_file.h"
#include "syscalls/kernel/view/mounts.h"
#include "vm/base/result.h"

namespace lindvm {

/// A host directory at an absolute guest path.
struct ViewMount {
  std::string host;
  std::string guest;
  bool is_read_only = false;
};

struct ViewConfig {
  std::optional<ViewMount> root =
      {};  ///< none: a directory that only holds mount points; its guest path is "/"
  std::vector<ViewMount> mounts = {};  ///< later ones win
};

class FileView {
 public:
  /// Fails with ErrorKind::io if a directory cannot be opened.
  static Result<std::shared_ptr<FileView>> create(const ViewConfig& config);
  FileView(const FileView&) = delete;
  FileView& operator=(const FileView&) = delete;

  const MountPoint& root() const { return root_; }
  const std::vector<std::unique_ptr<Mount>>& mounts() const { return mounts_; }

  /// Where a file or directory of the view is now; " (deleted)" follows if it was removed. False if it has
  /// left its mount. `fd` is the host's, negative if the file is made up.
  bool path_of(const FilePlace& place, int fd, std::string& path) const;
  /// The guest path for an absolute host path without links that lies in a mount; empty if it does not.
  std::string guest_path_of(std::string_view host_path) const;

  /// Remembers the master of a pseudo-terminal for as long as it is open.
  void add_terminal(uint32_t number, const FileRef& master);
  /// Null if the guest did not make it or has closed it.
  FileRef terminal(uint32_t number) const;
  std::vector<uint32_t> terminals() const;

 private:
  FileView() = default;
  void mount(std::unique_ptr<Mount> mount, std::string_view path);
  Result<void> mount_host(const ViewMount& mount);
  /// Unless something is mounted there.
  void mount_default(std::unique_ptr<Mount> mount, std::string_view path);
  void mount_defaults();

  TemporaryTree temporary_;
  std::vector<std::unique_ptr<Mount>> mounts_;
  MountPoint root_{};
  mutable std::mutex mutex_;
  std::map<uint32_t, std::weak_ptr<OpenFile>> terminals_;  // guarded by mutex_
};

}  // namespace lindvm
