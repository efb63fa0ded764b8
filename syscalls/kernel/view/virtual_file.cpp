#include "syscalls/kernel/view/virtual_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "memory/guarded_bytes.h"
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

/// Opens an empty memory file for writing, and again for reading.
SysResult make_text_file(OwnedFd& readable, OwnedFd& writable) {
  writable = OwnedFd(memfd_create("proc", MFD_CLOEXEC));
  if (!writable) return SysResult::of_host(-1);
  readable = OwnedFd(open(descriptor_path(writable.get()).c_str(), O_RDONLY | O_CLOEXEC));
  return readable ? SysResult() : SysResult::of_host(-1);
}

/// What is longer is of no use to any file.
constexpr size_t k_longest_write = 4096;

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

void GeneratedFile::renew() const {
  std::string text = place().node.entry->behaviour.text(context());
  std::lock_guard lock(renewing_);
  (void)!pwrite(text_file_.get(), text.data(), text.size(), 0);
  (void)!ftruncate(text_file_.get(), static_cast<off_t>(text.size()));
  has_text_ = true;
}

int GeneratedFile::host_fd() const {
  if (!has_text_) renew();
  return HostFile::host_fd();
}

template <class Read>
SysResult GeneratedFile::read_at(int64_t position, Read&& read) {
  if (!reads()) return SysResult::error(EBADF);
  if (position == 0 || position != read_until_) renew();
  int64_t count = SYS_TRY(read());
  read_until_ = position + count;
  return SysResult(count);
}

SysResult GeneratedFile::readv(Vectors vectors) {
  int64_t position = HostFile::seek(0, SEEK_CUR).raw();
  return read_at(position, [&] { return HostFile::readv(vectors); });
}

SysResult GeneratedFile::preadv(Vectors vectors, int64_t offset, int flags) {
  int64_t position = offset == -1 ? HostFile::seek(0, SEEK_CUR).raw() : offset;
  return read_at(position, [&] { return HostFile::preadv(vectors, offset, flags); });
}

SysResult GeneratedFile::writev(Vectors vectors) {
  if (access_ == O_RDONLY) return SysResult::error(EBADF);
  int64_t count = 0;
  for (const iovec& vector : vectors) {
    std::string text(std::min(vector.iov_len, k_longest_write), '\0');
    if (!guarded_read(text.data(), vector.iov_base, text.size())) return SysResult::error(EFAULT);
    SYS_TRY(place().node.entry->behaviour.write(context(), text));
    count += static_cast<int64_t>(vector.iov_len);
  }
  return SysResult(count);
}

/// These have no end to count from.
SysResult GeneratedFile::seek(int64_t offset, int whence) {
  if (whence != SEEK_SET && whence != SEEK_CUR) return SysResult::error(EINVAL);
  return HostFile::seek(offset, whence);
}

/// Without the text, which may be about these.
SysResult GeneratedFile::flags() {
  int64_t flags = SYS_TRY(SysResult::of_host(fcntl(HostFile::host_fd(), F_GETFL)));
  return SysResult((flags & ~int64_t{O_ACCMODE}) | access_);
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
  if (writes && !entry.behaviour.write) return SysResult::error(EACCES);
  int access = flags & O_ACCMODE;
  SYS_TRY(check_permission(context, (access != O_WRONLY ? R_OK : 0u) | (writes ? W_OK : 0u)));
  OwnedFd readable, writable;
  SYS_TRY(make_text_file(readable, writable));
  opened = std::make_shared<GeneratedFile>(std::move(readable), std::move(writable), access, process, place);
  return SysResult();
}

}  // namespace lindvm
