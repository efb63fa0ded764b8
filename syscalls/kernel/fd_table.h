#pragma once
// The descriptors of a cage: small numbers, each referring to an open file description with what its holder
// may do with it. Owned by the Process; any of its threads may call. Looking up is what most system calls
// begin with: it takes no lock and counts no reference until the process has a second thread.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "syscalls/kernel/file_hold.h"
#include "syscalls/kernel/record_locks.h"

namespace lindvm {

/// Rights of a descriptor, as WASI has them (flag set WasiRights). Other personalities give all.
struct Capabilities {
  uint64_t base = ~uint64_t{0};        ///< of the descriptor
  uint64_t inheriting = ~uint64_t{0};  ///< of what is opened through it
};

struct FdEntry {
  FileRef file;
  Capabilities capabilities = {};
  std::string preopen = {};     ///< guest name of a directory that the cage was given; else empty
  bool closes_on_exec = false;  ///< FD_CLOEXEC
};

class FdTable {
 public:
  static constexpr uint32_t k_max_fds = 1u << 20;

  /// From now on other threads may change the table during a call. Before the second thread starts.
  void share() { is_shared_.store(true, std::memory_order_relaxed); }

  /// For the length of a call: file and capabilities; nothing if the number is not open.
  FileHold hold(uint32_t fd, Capabilities& capabilities) const {
    if (is_shared_.load(std::memory_order_relaxed)) [[unlikely]]
      return get(fd, capabilities);
    const FdEntry* entry = find(fd);
    if (!entry) return {};
    capabilities = entry->capabilities;
    return FileHold::borrow(entry->file.get());
  }
  FileHold hold(uint32_t fd) const {
    Capabilities unused;
    return hold(fd, unused);
  }

  /// File and capabilities; a null file if the number is not open.
  FileRef get(uint32_t fd, Capabilities& capabilities) const;
  FileRef get(uint32_t fd) const;
  /// A copy; a null file if the number is not open.
  FdEntry entry(uint32_t fd) const;

  /// False where the number is not open.
  bool closes_on_exec(uint32_t fd) const {
    if (is_shared_.load(std::memory_order_relaxed)) [[unlikely]]
      return entry(fd).closes_on_exec;
    const FdEntry* entry = find(fd);
    return entry && entry->closes_on_exec;
  }

  /// The lowest free number from `minimum` on; EMFILE, and EINVAL if the minimum is beyond the limit.
  SysResult add(FdEntry entry, uint32_t minimum = 0);
  /// EMFILE if add would find no number: for calls that do not begin what they could not finish.
  SysResult check_room() const;
  /// At that number, closing what it was; EBADF if it is beyond the limit.
  SysResult place(FdEntry entry, uint32_t fd);
  SysResult close(uint32_t fd);
  /// Moves `from` to the open number `to`, closing what that was; EBADF if either is not open.
  SysResult renumber(uint32_t from, uint32_t to);
  /// The new ones must be a subset: ENOTCAPABLE.
  SysResult restrict(uint32_t fd, Capabilities capabilities);
  SysResult set_close_on_exec(uint32_t fd, bool closes);
  /// All open numbers in [first, last]; none is no error.
  void close_range(uint32_t first, uint32_t last);
  void set_close_on_exec_range(uint32_t first, uint32_t last);
  /// What exec does.
  void close_on_exec();
  /// The open numbers, ascending.
  std::vector<uint32_t> numbers() const;
  /// Numbers that there was ever need for: one more than the highest.
  size_t size() const {
    std::lock_guard lock(mutex_);
    return entries_.size();
  }

  /// RLIMIT_NOFILE: new numbers are below it; those above stay open.
  uint32_t limit() const { return limit_.load(std::memory_order_relaxed); }
  void set_limit(uint64_t limit);

  /// POSIX record locks belong to who shares the table.
  RecordLocks& locks() { return locks_; }

 private:
  /// The lowest free number from `minimum` on, with the mutex held.
  uint32_t free_number(uint32_t minimum) const {
    uint32_t fd = std::max(minimum, lowest_free_);
    while (find(fd)) ++fd;
    return fd;
  }
  const FdEntry* find(uint32_t fd) const {
    return fd < entries_.size() && entries_[fd].file ? &entries_[fd] : nullptr;
  }
  /// Takes an entry out; its file is to be closed after the lock is released, since that may take long.
  FdEntry take(uint32_t fd);
  /// What closing any descriptor of a file does to record locks and notices, and the closing itself.
  void dispose(FdEntry entry);

  mutable std::mutex mutex_;
  std::vector<FdEntry> entries_;  // changed under mutex_
  uint32_t lowest_free_ = 0;      // nothing below is free; guarded by mutex_
  std::atomic<uint32_t> limit_{k_max_fds};
  std::atomic<bool> is_shared_{false};
  RecordLocks locks_;
};

}  // namespace lindvm
