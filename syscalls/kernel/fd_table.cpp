#include "syscalls/kernel/fd_table.h"

#include <algorithm>
#include <utility>

namespace lindvm {

FileRef FdTable::get(uint32_t fd, Capabilities& capabilities) const {
  std::lock_guard lock(mutex_);
  const FdEntry* entry = find(fd);
  if (!entry) return nullptr;
  capabilities = entry->capabilities;
  return entry->file;
}

FileRef FdTable::get(uint32_t fd) const {
  Capabilities unused;
  return get(fd, unused);
}

FdEntry FdTable::entry(uint32_t fd) const {
  std::lock_guard lock(mutex_);
  const FdEntry* entry = find(fd);
  return entry ? *entry : FdEntry{};
}

SysResult FdTable::add(FdEntry entry) {
  std::lock_guard lock(mutex_);
  auto free = std::find_if(entries_.begin(), entries_.end(), [](const FdEntry& e) { return !e.file; });
  if (free == entries_.end()) {
    if (entries_.size() >= k_max_fds) return SysResult::error(EMFILE);
    free = entries_.emplace(entries_.end());
  }
  *free = std::move(entry);
  return SysResult(free - entries_.begin());
}

SysResult FdTable::close(uint32_t fd) {
  FdEntry closed;  // destroyed after the lock is released: closing may take long
  std::lock_guard lock(mutex_);
  if (!find(fd)) return SysResult::error(EBADF);
  closed = std::exchange(entries_[fd], {});
  return SysResult();
}

SysResult FdTable::renumber(uint32_t from, uint32_t to) {
  FdEntry replaced;
  std::lock_guard lock(mutex_);
  if (!find(from) || !find(to)) return SysResult::error(EBADF);
  if (from == to) return SysResult();
  replaced = std::exchange(entries_[to], std::exchange(entries_[from], {}));
  return SysResult();
}

SysResult FdTable::restrict(uint32_t fd, Capabilities capabilities) {
  std::lock_guard lock(mutex_);
  if (!find(fd)) return SysResult::error(EBADF);
  Capabilities& held = entries_[fd].capabilities;
  if ((capabilities.base & ~held.base) || (capabilities.inheriting & ~held.inheriting)) {
    return SysResult::error(ENOTCAPABLE);
  }
  held = capabilities;
  return SysResult();
}

}  // namespace lindvm
