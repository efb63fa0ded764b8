#include "syscalls/kernel/view/virtual_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/mounts.h"

namespace lindvm {
namespace {

/// An entry as getdents64 tells it.
struct Child {
  std::string name;
  uint64_t inode;
  uint8_t type;
};

uint8_t directory_type(const VirtualEntry& entry) {
  if (is_directory(entry)) return DT_DIR;
  if (is_link(entry)) return DT_LNK;
  return entry.kind == VirtualKind::device ? DT_CHR : DT_REG;
}

std::vector<Child> list(const VirtualContext& context, const FilePlace& place) {
  uint64_t here = inode_of(context.node);
  std::vector<Child> all = {{".", here, DT_DIR}, {"..", inode_of(parent_of(context.node)), DT_DIR}};
  for (const VirtualNode& node : children_of(context)) {
    all.push_back({name_of(node), inode_of(node), directory_type(*node.entry)});
  }
  if (!place.point) return all;
  uint64_t inode = here;
  for (const auto& point : place.point->children) {
    bool is_listed =
        std::any_of(all.begin(), all.end(), [&](const Child& c) { return c.name == point->name; });
    if (!is_listed) all.push_back({point->name, ++inode, DT_DIR});
  }
  return all;
}

SysResult make_text_file(const std::string& text, OwnedFd& file) {
  OwnedFd writable(memfd_create("proc", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!writable) return SysResult::of_host(-1);
  for (size_t done = 0; done < text.size();) {
    ssize_t count = write(writable.get(), text.data() + done, text.size() - done);
    if (count < 0) return SysResult::of_host(-1);
    done += static_cast<size_t>(count);
  }
  fcntl(writable.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  file = OwnedFd(open(descriptor_path(writable.get()).c_str(), O_RDONLY | O_CLOEXEC));
  return file ? SysResult() : SysResult::of_host(-1);
}

}  // namespace

bool VirtualFile::is_path() const { return flags_ & O_PATH; }

SysResult VirtualFile::readv(Vectors) { return SysResult::error(is_path() ? EBADF : EISDIR); }

SysResult VirtualFile::writev(Vectors) { return SysResult::error(EBADF); }

SysResult VirtualFile::seek(int64_t offset, int whence) {
  if (is_path()) return SysResult::error(EBADF);
  if (whence != SEEK_SET && whence != SEEK_CUR) return SysResult::error(EINVAL);
  int64_t position = offset + (whence == SEEK_CUR ? position_.load() : 0);
  if (position < 0) return SysResult::error(EINVAL);
  position_ = position;
  return SysResult(position);
}

SysResult VirtualFile::status(FileStatus& status) {
  virtual_status({process_, place().node}, status);
  return SysResult();
}

SysResult VirtualFile::set_flags(int flags) {
  if (is_path()) return SysResult::error(EBADF);
  constexpr int k_settable = O_APPEND | O_NONBLOCK | O_NOATIME;
  flags_ = (flags_ & ~k_settable) | (flags & k_settable);
  return SysResult();
}

SysResult VirtualFile::read_directory(uint64_t from, DirectorySink& sink) {
  if (is_path()) return SysResult::error(EBADF);
  if (!is_directory()) return SysResult::error(ENOTDIR);
  std::vector<Child> all = list({process_, place().node}, place());
  for (uint64_t i = from; i < all.size(); ++i) {
    if (!sink.take({all[i].inode, i + 1, all[i].type, all[i].name})) break;
  }
  return SysResult();
}

SysResult GeneratedFile::status(FileStatus& status) {
  virtual_status({process_, place().node}, status);
  return SysResult();
}

SysResult open_virtual(Process& process, const FilePlace& place, int flags, FileRef& opened) {
  const VirtualEntry& entry = *place.node.entry;
  VirtualContext context{process, place.node};
  bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
  if (!is_directory(entry) && (flags & O_DIRECTORY)) return SysResult::error(ENOTDIR);
  if (entry.kind == VirtualKind::device) {
    SYS_TRY(entry.behaviour.open(context, flags & ~(O_CREAT | O_EXCL | O_TRUNC), opened));
    opened->set_place(place);
    return SysResult();
  }
  if ((flags & O_PATH) || is_directory(entry)) {
    if ((flags & O_TMPFILE) == O_TMPFILE) return SysResult::error(EOPNOTSUPP);
    if (!(flags & O_PATH) && (writes || (flags & O_CREAT))) return SysResult::error(EISDIR);
    opened = std::make_shared<VirtualFile>(process, place, flags & ~(O_CLOEXEC | O_NOCTTY));
    return SysResult();
  }
  if (writes) return SysResult::error(EACCES);
  OwnedFd file;
  SYS_TRY(make_text_file(entry.behaviour.text(context), file));
  opened = std::make_shared<GeneratedFile>(std::move(file), process, place);
  return SysResult();
}

}  // namespace lindvm
