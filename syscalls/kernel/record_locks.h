#pragma once
// POSIX record locks of a guest process. The host has them per host process, which may hold several guests
// and opens files of its own; so each file that the guest locks gets a private open file description, whose
// locks (F_OFD_*) stand for the process's. As POSIX says, closing any descriptor of the file gives all of
// them up. The host finds no deadlocks among such locks (no EDEADLK), and other processes that ask who holds
// one are told -1. Any thread.

#include <fcntl.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "memory/os/owned_fd.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

class OpenFile;
class Thread;

class RecordLocks {
 public:
  /// What F_GETLK does, with the host's structure; offsets from the file's position are made absolute.
  SysResult find_conflict(Thread& thread, OpenFile& file, struct flock& lock);
  /// F_SETLK, or F_SETLKW if `waits`.
  SysResult set(Thread& thread, OpenFile& file, struct flock lock, bool waits);
  /// A descriptor of the file was closed.
  void release(OpenFile& file) {
    if (is_used_.load(std::memory_order_relaxed)) release_file(file);
  }

 private:
  using Key = std::pair<uint64_t, uint64_t>;  // device and inode
  using Holder = std::shared_ptr<OwnedFd>;

  SysResult holder_of(OpenFile& file, Holder& holder);
  SysResult with_holder(Thread& thread, OpenFile& file, int command, struct flock& lock);
  void release_file(OpenFile& file);

  std::mutex mutex_;
  std::map<Key, Holder> holders_;  // guarded by mutex_
  std::atomic<bool> is_used_{false};
};

}  // namespace lindvm
