#pragma once
// How system calls reach what their paths name. A process with a view (kernel/view) resolves in that; one
// without, below the directory that each path starts from (kernel/path.h). Either way the result is a host
// descriptor, or a directory's descriptor and a name in it that is not to be followed, so that the host's
// call that ends the operation cannot be led elsewhere. Paths have a zero byte behind them. On the calling
// guest thread's host thread.

#include <string>
#include <string_view>

#include "syscalls/kernel/view/walk.h"
#include "syscalls/table/arguments.h"

namespace lindvm {

/// What is to be done at a place: it decides the errors for places that cannot be changed.
enum class Change : uint8_t { create, remove_file, remove_directory, rename };

/// A directory of the host and a name in it.
struct Place {
  int directory = -1;
  std::string name;              ///< one component, with a slash behind it if the path had one
  const Mount* mount = nullptr;  ///< null without a view
  OwnedFd owned;                 ///< is `directory`, or empty: it belongs to where the path started
  int refusal = 0;               ///< EBUSY or EROFS: nothing can be renamed from or to here
};

/// Where the last component of `path` is or would be: not followed. Fails with what Linux answers for the
/// directory, for "." and "..", for mount points and below read-only mounts (EROFS, or EEXIST where something
/// is to be created that is there). Renaming tells of these when both its places are known: Place::refusal.
SysResult find_place(Thread& thread, const AtFd& dir, std::string_view path, Change change, Place& place);

/// How find_target looks: a link at the end is followed; an empty path is the file behind `dir`
/// (AT_EMPTY_PATH).
inline constexpr unsigned k_follow = 1, k_empty_path = 2;

/// A file that is there: of the host, reached and not opened, or one of the VM's own.
struct Target {
  FilePlace place = {};
  int fd = -1;                ///< of the host: O_PATH, or the guest's own descriptor; negative: place.node
  bool is_open_file = false;  ///< `fd` is that of an open file
  bool is_read_only = false;  ///< below a read-only mount
  OwnedFd owned = {};
  FileRef file = {};  ///< the open file that `fd` belongs to, if it is not the caller's

  /// A path for the host's calls that take no descriptor: it leads to the file itself.
  std::string host_path() const;
  /// EROFS.
  SysResult check_change() const { return is_read_only ? SysResult::error(EROFS) : SysResult(); }
};

SysResult find_target(Thread& thread, const AtFd& dir, std::string_view path, unsigned how, Target& target);
/// The file behind an open descriptor.
Target target_of(OpenFile& file);
/// Metadata of a target, with statx's mask.
SysResult status_of(Thread& thread, const Target& target, uint32_t mask, FileStatus& status);

/// A path that the host can resolve in one step: below one mount, without ".." and without mount points on
/// its way. A symbolic link in it makes open_plain() fail with ELOOP; then the path must be walked.
struct PlainPath {
  int directory = -1;
  FilePlace place = {};  ///< of what it names: the mount, and the point if it is the mount's root
  const char* path = nullptr;
  FileRef held = {};
};
/// False if the path must be walked.
bool plan(Process& process, const AtFd& dir, std::string_view path, PlainPath& plain);

}  // namespace lindvm
