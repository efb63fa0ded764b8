#pragma once
// Resolution of a guest path, component by component, in the view of a process: through mounts and made-up
// directories, with symbolic links (absolute ones start again at the process's root), "..", which stays at
// the root, and the links of /proc that lead to open files. Nothing outside the view is reached, whatever
// other processes do to its directories meanwhile: each step opens one name that is not followed, below a
// directory that was reached the same way, and ".." goes back to where the walk came from, or asks the host
// where the directory is now and opens that from the mount's root. One walk is one thread's and lives for one
// call.

#include <string>
#include <string_view>
#include <vector>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/place.h"

namespace lindvm {

/// Something of the view that was reached. A host file's descriptor is an O_PATH one, unless `file` gives it.
struct Reached {
  FilePlace place = {};
  int fd = -1;  ///< the host's; negative: made up (place.node)
  OwnedFd owned =
      {};             ///< is `fd`, or empty: it belongs to the mount, to `file`, or to where the walk started
  FileRef file = {};  ///< the open file that a link of /proc led to

  static Reached of(FileRef file);
  /// The file lives longer.
  static Reached of(const OpenFile& file) { return {file.place(), file.host_fd(), {}, {}}; }
  bool is_directory() const;
};

class Walk {
 public:
  enum class Last : uint8_t { name, dot, dot_dot, root };

  /// `resolve`: openat2's RESOLVE_ flags.
  explicit Walk(Process& process, uint64_t resolve = 0);

  /// `start`: where a relative path starts, which lives longer; may be null (EBADF) for others. ENOENT for an
  /// empty path.
  SysResult begin(const OpenFile* start, std::string_view path);
  /// Goes on to the last component, which is not looked at.
  SysResult to_last();
  /// What the path names. Links are followed if the last component is to be, or has a slash behind it.
  SysResult find(bool follows, Reached& reached);

  /// After to_last(): the directory, the component, and what that is.
  Reached& here() { return trail_.back(); }
  Last last_kind() const { return last_kind_; }
  const std::string& last() const { return last_; }
  bool needs_directory() const { return needs_directory_; }

  /// After to_last() with Last::name: what it names, not followed. ENOENT.
  SysResult child(std::string_view name, Reached& next);
  /// Goes on from a last component that is the link `link`: to_last() comes next, unless the link led
  /// straight to `reached` (`has_arrived`).
  SysResult follow(Reached& link, Reached& reached, bool& has_arrived);
  SysResult follow_text(std::string_view target);
  /// "..", from the last component.
  SysResult up();
  /// Is the last component a mount point, or on the way to one?
  bool is_point(std::string_view name) { return here().place.point && here().place.point->child(name); }

 private:
  std::string next();
  SysResult step(const std::string& name);
  SysResult jump(Reached to);
  SysResult at_point(const MountPoint& point, const Reached* above, Reached& reached);
  SysResult above(const Reached& directory, Reached& reached);
  SysResult at_host_path(const Mount& mount, std::string_view path, Reached& reached);
  bool is_root(const Reached& directory) const;

  Process& process_;
  uint64_t resolve_;
  FileRef root_file_;
  Reached root_;
  std::vector<Reached> trail_;
  std::string rest_;
  std::string last_;
  Last last_kind_ = Last::root;
  bool needs_directory_ = false;
  int links_ = 0;
};

bool is_link(const Reached& reached);

}  // namespace lindvm
