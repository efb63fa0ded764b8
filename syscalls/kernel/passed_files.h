#pragma once
// Files that were sent over sockets (SCM_RIGHTS) by guests of this VM, so that whoever receives one gets the
// same open file with all that the kernel knows of it, e.g. that it is below a read-only mount, and not just
// its host descriptor. One for the VM; any thread.

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <utility>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/open_file.h"
#include "syscalls/kernel/thread.h"

namespace lindvm {

class PassedFiles {
 public:
  static PassedFiles& instance();

  /// Before they are sent.
  void note(std::span<const FileRef> files);
  /// The open file of a received descriptor; null for a directory that no guest has sent, since it is not
  /// known where in the guest's view it is.
  FileRef take(OwnedFd fd);

 private:
  struct Entry {
    dev_t device;
    ino_t inode;
    std::weak_ptr<OpenFile> file;
    FileRef kept;  ///< directories, which nobody notices being open
  };
  static constexpr size_t k_max_entries = 256;

  std::mutex mutex_;
  std::deque<Entry> entries_;                    // guarded by mutex_; the newest last
  std::set<std::pair<dev_t, ino_t>> read_only_;  // guarded by mutex_; never forgotten
};

/// A new descriptor of the thread's process: its number, EMFILE.
SysResult install_file(Thread& thread, FileRef file, bool close_on_exec);

/// The number of a host process as the guest sees it: 0 for strangers, as across process-id namespaces.
pid_t to_guest_process_id(Thread& thread, pid_t host);

}  // namespace lindvm
