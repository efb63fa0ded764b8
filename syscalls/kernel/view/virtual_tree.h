#pragma once
// The files that the VM makes up: /dev, /proc, and directories that only hold mount points. The table
// virtual_tree.def has a row for each; what a row is at a moment depends on the process that asks. Rows are
// constant data, functions may be called by any thread.

#include <string>
#include <string_view>
#include <vector>

#include "syscalls/kernel/open_file.h"
#include "syscalls/kernel/view/place.h"

namespace lindvm {

class Process;

enum class VirtualKind : uint8_t {
  directory,
  numbers,  ///< a directory whose children have numbers for names, besides those of the table
  file,     ///< text that is made when it is opened
  link,     ///< a symbolic link with a text
  magic,    ///< a link that leads to an open file, whatever its text
  device,   ///< one of the host's, opened in a way of its own
};

/// Who asks, and for which node.
struct VirtualContext {
  Process& process;
  VirtualNode node;
};

/// What a row does, by its kind; the other members are null.
struct VirtualBehaviour {
  std::string (*text)(const VirtualContext&) = nullptr;               ///< file, link, magic
  FileRef (*target)(const VirtualContext&) = nullptr;                 ///< magic: null if there is none now
  std::vector<uint32_t> (*numbers)(const VirtualContext&) = nullptr;  ///< numbers
  SysResult (*open)(const VirtualContext&, int flags, FileRef&) = nullptr;  ///< device; O_PATH for its status
  /// file, null for most: takes what one write gives.
  SysResult (*write)(const VirtualContext&, std::string_view) = nullptr;
};

enum class VirtualId : uint8_t {
#define VIRTUAL(id, parent, name, kind, mode, behaviour) id,
#include "syscalls/kernel/view/virtual_tree.def"
};

struct VirtualEntry {
  VirtualId id;
  VirtualId parent;       ///< itself for the top of a tree
  std::string_view name;  ///< "#" if the name is a number
  VirtualKind kind;
  uint16_t mode;  ///< permissions
  VirtualBehaviour behaviour;
};

const VirtualEntry& virtual_entry(VirtualId id);

/// The child of a directory; false if there is none.
bool find_child(const VirtualContext& directory, std::string_view name, VirtualNode& child);
/// The directory that a node is in; the node itself at the top.
VirtualNode parent_of(const VirtualNode& node);
/// From the top of its tree: "", "self/fd", ...
std::string path_in_tree(const VirtualNode& node);
std::string name_of(const VirtualNode& node);
/// Is it in /proc, where names neither come nor go by request? No node is not.
bool is_in_proc(const VirtualNode& node);
/// All children but "." and "..".
std::vector<VirtualNode> children_of(const VirtualContext& directory);

/// May the process open a file for these of R_OK and W_OK? EACCES.
SysResult check_permission(const VirtualContext& context, unsigned access);

/// Metadata of everything but devices.
void virtual_status(const VirtualContext& context, FileStatus& status);
uint64_t inode_of(const VirtualNode& node);
inline bool is_directory(const VirtualEntry& entry) {
  return entry.kind == VirtualKind::directory || entry.kind == VirtualKind::numbers;
}
inline bool is_link(const VirtualEntry& entry) {
  return entry.kind == VirtualKind::link || entry.kind == VirtualKind::magic;
}

}  // namespace lindvm
