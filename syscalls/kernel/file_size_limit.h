#pragma once
// The guest's RLIMIT_FSIZE: calls that make files longer run with the host's limit set to it, and answer to
// the guest with SIGXFSZ where the host would send that to its own process. The host's limit is of the whole
// process, which writes files of its own; it is in force for such calls only. On the guest thread's host
// thread.

#include <csignal>

#include "syscalls/kernel/process.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// In force for its time.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t limit);
  ~FileSizeLimit();
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  /// Has the host refused a call and sent the signal? Told once.
  bool was_exceeded();

 private:
  rlimit before_;
  sigset_t mask_;
  bool was_pending_;
};

/// A call within the guest's limit, if it has one.
template <class Call>
SysResult limit_file_size(Thread& thread, Call call) {
  const Identity& identity = thread.process().identity();
  rlim_t limit = identity.limits[RLIMIT_FSIZE].rlim_cur;
  if (limit == RLIM_INFINITY) [[likely]]
    return call();
  FileSizeLimit in_force(limit);
  SysResult result = call();
  if (result.error_number() == EFBIG && in_force.was_exceeded()) {
    (void)thread.process().signals().send(
        SignalInfo::from_process(SIGXFSZ, SI_USER, identity.pid, identity.user.real), &thread);
  }
  return result;
}

}  // namespace lindvm
