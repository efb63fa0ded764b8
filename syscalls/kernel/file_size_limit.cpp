#include "syscalls/kernel/file_size_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>

namespace lindvm {
namespace {

sigset_t the_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  return set;
}

bool is_pending() {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGXFSZ) == 1;
}

}  // namespace

/// A signal that is blocked waits even where it is ignored.
FileSizeLimit::FileSizeLimit(rlim_t limit) {
  sigset_t signal = the_signal();
  pthread_sigmask(SIG_BLOCK, &signal, &mask_);
  was_pending_ = is_pending();
  getrlimit(RLIMIT_FSIZE, &before_);
  rlimit wanted{std::min(limit, before_.rlim_max), before_.rlim_max};
  setrlimit(RLIMIT_FSIZE, &wanted);
}

FileSizeLimit::~FileSizeLimit() {
  setrlimit(RLIMIT_FSIZE, &before_);
  (void)was_exceeded();
  pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

bool FileSizeLimit::was_exceeded() {
  if (was_pending_ || !is_pending()) return false;
  constexpr timespec k_now{};
  sigset_t signal = the_signal();
  return sigtimedwait(&signal, nullptr, &k_now) == SIGXFSZ;
}

}  // namespace lindvm
