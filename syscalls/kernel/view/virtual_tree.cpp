#include "syscalls/kernel/view/virtual_tree.h"

#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm {
namespace {

constexpr VirtualBehaviour nothing{};
template <auto F>
constexpr VirtualBehaviour text{.text = F};
template <auto Text, auto Write>
constexpr VirtualBehaviour setting{.text = Text, .write = Write};
template <auto F>
constexpr VirtualBehaviour numbers{.numbers = F};
template <auto F>
constexpr VirtualBehaviour device{.open = F};
template <auto Text, auto Target>
constexpr VirtualBehaviour magic{.text = Text, .target = Target};

using namespace virtual_files;

constexpr VirtualEntry k_entries[] = {
#define VIRTUAL(id, parent, name, kind, mode, behaviour) \
  {VirtualId::id, VirtualId::parent, name, VirtualKind::kind, mode, behaviour},
#include "syscalls/kernel/view/virtual_tree.def"
};

constexpr uint32_t k_device_minor = 0x7f;  // of the file system that made-up files seem to be on
constexpr uint32_t k_block_bytes = 1024;

bool is_numbered(const VirtualEntry& entry) { return entry.name == "#"; }
bool is_top(const VirtualEntry& entry) { return entry.id == entry.parent; }

/// Which of a node's numbers is its name.
uint32_t& own_number(VirtualNode& node) {
  if (node.entry->id == VirtualId::proc_pid) return node.pid;
  return node.entry->id == VirtualId::task ? node.tid : node.number;
}

VirtualNode child_node(const VirtualNode& parent, const VirtualEntry& entry, uint32_t number) {
  VirtualNode child{&entry, parent.pid, parent.tid, 0};
  if (is_numbered(entry)) own_number(child) = number;
  return child;
}

/// False for leading zeros and signs: there is one name for a number.
bool parse_number(std::string_view name, uint32_t& number) {
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() && (name == "0" || name[0] != '0');
}

bool has_number(const VirtualContext& directory, uint32_t number) {
  std::vector<uint32_t> all = directory.node.entry->behaviour.numbers(directory);
  return std::find(all.begin(), all.end(), number) != all.end();
}

uint16_t type_bits(const VirtualEntry& entry) {
  if (is_directory(entry)) return S_IFDIR;
  if (is_link(entry)) return S_IFLNK;
  return entry.kind == VirtualKind::device ? S_IFCHR : S_IFREG;
}

}  // namespace

const VirtualEntry& virtual_entry(VirtualId id) { return k_entries[static_cast<size_t>(id)]; }

bool find_child(const VirtualContext& directory, std::string_view name, VirtualNode& child) {
  const VirtualEntry& parent = *directory.node.entry;
  uint32_t number = 0;
  bool is_number = parent.kind == VirtualKind::numbers && parse_number(name, number);
  for (const VirtualEntry& entry : k_entries) {
    if (entry.parent != parent.id || is_top(entry)) continue;
    bool matches = is_numbered(entry) ? is_number && has_number(directory, number) : entry.name == name;
    if (!matches) continue;
    child = child_node(directory.node, entry, number);
    return true;
  }
  return false;
}

VirtualNode parent_of(const VirtualNode& node) {
  VirtualNode parent = node;
  if (is_numbered(*node.entry)) own_number(parent) = 0;
  parent.entry = &virtual_entry(node.entry->parent);
  return parent;
}

std::string name_of(const VirtualNode& node) {
  if (!is_numbered(*node.entry)) return std::string(node.entry->name);
  VirtualNode copy = node;
  return std::to_string(own_number(copy));
}

bool is_in_proc(const VirtualNode& node) {
  if (!node) return false;
  if (is_top(*node.entry)) return node.entry->id == VirtualId::proc;
  return is_in_proc(parent_of(node));
}

std::string path_in_tree(const VirtualNode& node) {
  if (is_top(*node.entry)) return {};
  std::string above = path_in_tree(parent_of(node));
  return above.empty() ? name_of(node) : above + "/" + name_of(node);
}

std::vector<VirtualNode> children_of(const VirtualContext& directory) {
  std::vector<VirtualNode> children;
  for (const VirtualEntry& entry : k_entries) {
    if (entry.parent != directory.node.entry->id || is_top(entry)) continue;
    if (!is_numbered(entry)) {
      children.push_back(child_node(directory.node, entry, 0));
      continue;
    }
    for (uint32_t number : directory.node.entry->behaviour.numbers(directory)) {
      children.push_back(child_node(directory.node, entry, number));
    }
  }
  return children;
}

uint64_t inode_of(const VirtualNode& node) {
  uint64_t row = static_cast<uint64_t>(node.entry - k_entries) + 1;
  return row << 44 ^ uint64_t { node.pid } << 32 ^ uint64_t { node.tid } << 20 ^ node.number;
}

namespace {

/// Files about a process belong to it, unless it is not to be dumped: then root has all but open directories.
bool is_owned_by_process(const VirtualContext& context) {
  constexpr uint16_t k_open = 0555;
  const VirtualEntry& entry = *context.node.entry;
  bool is_open = is_directory(entry) && entry.mode == k_open;
  return context.node.pid != 0 && (is_open || context.process.identity().is_dumpable);
}

uint32_t directories_in(const VirtualContext& directory) {
  uint32_t count = 0;
  for (const VirtualEntry& entry : k_entries) {
    if (entry.parent != directory.node.entry->id || is_top(entry) || !is_directory(entry)) continue;
    bool is_one = !is_numbered(entry);
    count += is_one ? 1 : static_cast<uint32_t>(directory.node.entry->behaviour.numbers(directory).size());
  }
  return count;
}

/// The directory of descriptors tells how many there are, their links what they are open for.
void describe_descriptors(const VirtualContext& context, FileStatus& status) {
  constexpr uint64_t k_link_size = 64;
  VirtualId id = context.node.entry->id;
  if (id == VirtualId::pid_fd || id == VirtualId::task_fd) status.stx_size = open_descriptors(context).size();
  if (id != VirtualId::pid_fd_number && id != VirtualId::task_fd_number) return;
  status.stx_size = k_link_size;
  status.stx_mode = static_cast<uint16_t>(S_IFLNK | descriptor_mode(context));
}

}  // namespace

void virtual_status(const VirtualContext& context, FileStatus& status) {
  const VirtualEntry& entry = *context.node.entry;
  status = {};
  status.stx_mask = STATX_BASIC_STATS;
  status.stx_blksize = k_block_bytes;
  status.stx_nlink = is_directory(entry) ? 2 + directories_in(context) : 1;
  if (is_owned_by_process(context)) {
    const Identity& identity = context.process.identity();
    status.stx_uid = identity.user.effective;
    status.stx_gid = identity.owner_group.effective;
  }
  status.stx_mode = static_cast<uint16_t>(type_bits(entry) | entry.mode);
  describe_descriptors(context, status);
  status.stx_ino = inode_of(context.node);
  status.stx_dev_minor = k_device_minor;
  timespec now = start_time();
  status.stx_atime = status.stx_mtime =
      status.stx_ctime = {now.tv_sec, static_cast<uint32_t>(now.tv_nsec), {}};
}

SysResult check_permission(const VirtualContext& context, unsigned access) {
  const Identity& identity = context.process.identity();
  bool only_reads = access == R_OK;
  if (identity.may(CAP_DAC_OVERRIDE) || (only_reads && identity.may(CAP_DAC_READ_SEARCH))) return SysResult();
  FileStatus status;
  virtual_status(context, status);
  bool is_owner = status.stx_uid == identity.user.file_system;
  int shift = is_owner ? 6 : identity.is_in_group(status.stx_gid) ? 3 : 0;
  return (status.stx_mode >> shift & access) == access ? SysResult() : SysResult::error(EACCES);
}

}  // namespace lindvm
