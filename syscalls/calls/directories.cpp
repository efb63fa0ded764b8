// Reading directories: whatever the kind of file gives, in Linux's layout.

#include <unistd.h>

#include <cstring>

#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr size_t k_max_name = 255;

/// struct linux_dirent64, which is the same on every machine.
struct GuestEntry {
  uint64_t inode;
  uint64_t next;
  uint16_t length;
  uint8_t type;
  char name[k_max_name + 1 + 7];
};
constexpr size_t k_name_offset = offsetof(GuestEntry, name);

class EntryWriter final : public DirectorySink {
 public:
  explicit EntryWriter(EntriesOut& out) : out_(out) {}

  bool take(const DirectoryEntry& entry) override {
    GuestEntry guest{};
    size_t name_length = std::min(entry.name.size(), k_max_name);
    size_t length = (k_name_offset + name_length + 1 + 7) & ~size_t{7};
    if (length > out_.size - used_) return stop(EINVAL);
    guest.inode = entry.inode;
    guest.next = entry.next;
    guest.length = static_cast<uint16_t>(length);
    guest.type = entry.type;
    std::memcpy(guest.name, entry.name.data(), name_length);
    if (!out_.put(used_, &guest, length)) return stop(EFAULT);
    used_ += static_cast<uint32_t>(length);
    next_ = entry.next;
    ++out_.entries;
    return true;
  }
  size_t room() const override { return out_.size; }

  /// Bytes written, or why not even one entry was.
  SysResult result() const { return used_ == 0 ? SysResult::error(error_) : SysResult(used_); }
  uint64_t next() const { return next_; }

 private:
  bool stop(int error) {
    error_ = error;
    return false;
  }

  EntriesOut& out_;
  uint32_t used_ = 0;
  uint64_t next_ = 0;
  int error_ = 0;
};

}  // namespace

SysResult sys_getdents64(Thread&, const Fd& fd, EntriesOut& entries) {
  SysResult position = fd.file->seek(0, SEEK_CUR);
  if (position.error_number() == ESPIPE) return SysResult::error(ENOTDIR);
  int64_t start = SYS_TRY(position);
  EntryWriter writer(entries);
  SYS_TRY(fd.file->read_directory(static_cast<uint64_t>(start), writer));
  // Reading ahead moved the position: to the end, if there was nothing to read.
  SysResult used = writer.result();
  int64_t next = used.ok() ? static_cast<int64_t>(writer.next()) : start;
  if (used.raw() != 0) SYS_TRY(fd.file->seek(next, SEEK_SET));
  return used;
}

}  // namespace lindvm
