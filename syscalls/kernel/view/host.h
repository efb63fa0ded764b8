#pragma once
// What resolution asks of the host kernel: opening without following any link, and where a descriptor's
// directory is now; and what the VM reads in its /proc. Any thread.

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// Opens what `path` names below `directory`; a symbolic link anywhere in it is ELOOP (the last component's
/// may be opened itself, with O_PATH | O_NOFOLLOW). `path` is relative, not empty and has no "..". `flags`
/// are openat's.
SysResult open_plain(int directory, const char* path, int flags, mode_t mode, OwnedFd& opened);

/// Opens the file behind a descriptor again.
SysResult open_descriptor(int fd, int flags, OwnedFd& opened);

/// A path that leads the host's own calls to the file behind a descriptor.
std::string descriptor_path(int fd);

/// The path of a descriptor's file as the host sees it, "pipe:[1]" etc. for others; empty if unknown.
std::string host_path_of(int fd);

/// The path of `fd` relative to `root` ("" for the root itself), of a directory or file that is below it now.
/// False if it is not. A removed file's path is where it was, and `is_removed`.
bool relative_path_of(int root, int fd, std::string& path, bool& is_removed);

/// The text of a file in the host's /proc, read as the VM; empty if there is none.
std::string host_text(const std::string& path);

bool is_same_file(int a, int b);

/// The target of a symbolic link (empty name: the one that `directory` is itself).
SysResult read_link_at(int directory, const char* name, std::string& target);

}  // namespace lindvm
