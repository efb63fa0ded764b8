#pragma once
// Resolution of guest paths below a directory, which nothing leaves: neither "..", nor absolute paths, nor
// symbolic links, nor another process that moves things meanwhile. Every operation ends with a host call on
// the last directory and one name that is not followed, or on a descriptor that was reached that way. The
// host kernel resolves (openat2, RESOLVE_BENEATH); where it cannot, we walk component by component. Any
// thread.

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// Leaving the directory is EPERM, which is distinct from what the host answers for other reasons. `path`
/// has no zero byte.
class PathResolver {
 public:
  /// Opens as openat does: `flags` with O_NOFOLLOW if the last component is not to be followed.
  static SysResult open(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened);

  /// Where a name is, or would be created: its directory and the last component, without following that one.
  struct Place {
    OwnedFd directory;
    std::string name;
    bool needs_directory = false;  ///< the path ended in a slash
  };
  /// ENOENT, ENOTDIR, ... for the directory. Fails with `error_for_dots` if the last component is "." or
  /// "..", or the path is empty of components.
  static SysResult locate(int directory, std::string_view path, int error_for_dots, Place& place);
};

}  // namespace lindvm
