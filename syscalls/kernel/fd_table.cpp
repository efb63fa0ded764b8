#include "syscalls/kernel/fd_table.h"

#include <algorithm>
#include <utility>

#include "syscalls/kernel/posix_queues.h"

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

SysResult FdTable::add(FdEntry entry, uint32_t minimum) {
  std::lock_guard lock(mutex_);
  if (minimum >= limit()) return SysResult::error(minimum == 0 ? EMFILE : EINVAL);
  uint32_t fd = free_number(minimum);
  if (minimum <= lowest_free_) lowest_free_ = fd;
  if (fd >= limit()) return SysResult::error(EMFILE);
  if (fd >= entries_.size()) entries_.resize(size_t{fd} + 1);
  entries_[fd] = std::move(entry);
  return SysResult(fd);
}

SysResult FdTable::check_room() const {
  std::lock_guard lock(mutex_);
  return free_number(0) < limit() ? SysResult() : SysResult::error(EMFILE);
}

SysResult FdTable::place(FdEntry entry, uint32_t fd) {
  FdEntry replaced;
  {
    std::lock_guard lock(mutex_);
    if (fd >= limit()) return SysResult::error(EBADF);
    if (fd >= entries_.size()) entries_.resize(size_t{fd} + 1);
    replaced = std::exchange(entries_[fd], std::move(entry));
  }
  dispose(std::move(replaced));
  return SysResult(fd);
}

FdEntry FdTable::take(uint32_t fd) {
  lowest_free_ = std::min(lowest_free_, fd);
  return std::exchange(entries_[fd], {});
}

void FdTable::dispose(FdEntry entry) {
  if (!entry.file) return;
  locks_.release(*entry.file);
  if (PosixQueueFile* queue = entry.file->as_posix_queue()) queue->queue().clear_notice(*this);
}

SysResult FdTable::close(uint32_t fd) {
  FdEntry closed;
  {
    std::lock_guard lock(mutex_);
    if (!find(fd)) return SysResult::error(EBADF);
    closed = take(fd);
  }
  dispose(std::move(closed));
  return SysResult();
}

SysResult FdTable::renumber(uint32_t from, uint32_t to) {
  FdEntry replaced;
  {
    std::lock_guard lock(mutex_);
    if (!find(from) || !find(to)) return SysResult::error(EBADF);
    if (from == to) return SysResult();
    replaced = std::exchange(entries_[to], take(from));
  }
  dispose(std::move(replaced));
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

SysResult FdTable::set_close_on_exec(uint32_t fd, bool closes) {
  std::lock_guard lock(mutex_);
  if (!find(fd)) return SysResult::error(EBADF);
  entries_[fd].closes_on_exec = closes;
  return SysResult();
}

void FdTable::close_range(uint32_t first, uint32_t last) {
  std::vector<FdEntry> closed;
  {
    std::lock_guard lock(mutex_);
    for (uint64_t fd = first; fd <= last && fd < entries_.size(); ++fd) {
      if (entries_[fd].file) closed.push_back(take(static_cast<uint32_t>(fd)));
    }
  }
  for (FdEntry& entry : closed) dispose(std::move(entry));
}

void FdTable::set_close_on_exec_range(uint32_t first, uint32_t last) {
  std::lock_guard lock(mutex_);
  for (uint64_t fd = first; fd <= last && fd < entries_.size(); ++fd) entries_[fd].closes_on_exec = true;
}

void FdTable::close_on_exec() {
  for (uint32_t fd : numbers()) {
    if (entry(fd).closes_on_exec) (void)close(fd);
  }
}

std::vector<uint32_t> FdTable::numbers() const {
  std::vector<uint32_t> open;
  std::lock_guard lock(mutex_);
  for (uint32_t fd = 0; fd < entries_.size(); ++fd) {
    if (entries_[fd].file) open.push_back(fd);
  }
  return open;
}

void FdTable::set_limit(uint64_t limit) {
  limit_.store(static_cast<uint32_t>(std::min<uint64_t>(limit, k_max_fds)), std::memory_order_relaxed);
}

}  // namespace lindvm
