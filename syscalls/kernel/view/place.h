#pragma once
// Where a file is in a guest's view of the file system. Small values; what they point to is owned by the
// FileView, which outlives every file that was opened in it, or is constant data.

#include <cstdint>

namespace lindvm {

class Mount;
struct MountPoint;
struct VirtualEntry;

/// A file or directory that the VM makes up: a row of virtual_tree.def, or a directory that only holds mount
/// points.
struct VirtualNode {
  const VirtualEntry* entry = nullptr;
  uint32_t pid = 0;     ///< of rows below /proc/PID
  uint32_t tid = 0;     ///< of rows below /proc/PID/task/TID
  uint32_t number = 0;  ///< of rows whose name is a number

  explicit operator bool() const { return entry != nullptr; }
  bool operator==(const VirtualNode&) const = default;
};

struct FilePlace {
  const Mount* mount = nullptr;       ///< null: not in the view (pipes, sockets, inherited descriptors)
  const MountPoint* point = nullptr;  ///< of a directory that is a mount point or holds some
  VirtualNode node = {};              ///< made up; otherwise the host has it

  explicit operator bool() const { return mount != nullptr; }
};

}  // namespace lindvm
