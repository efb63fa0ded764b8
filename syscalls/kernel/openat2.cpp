#include "syscalls/kernel/openat2.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "memory/os/owned_fd.h"

namespace lindvm {
namespace {

/// Sandboxes refuse unknown calls with other errors than ENOSYS, so that we try a path that must open.
bool host_has_openat2() {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  return static_cast<bool>(OwnedFd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how))));
}

std::atomic<bool>& state() {
  static std::atomic<bool> uses = host_has_openat2();
  return uses;
}

}  // namespace

bool uses_openat2() { return state().load(std::memory_order_relaxed); }

void use_openat2(bool uses) { state() = uses && host_has_openat2(); }

}  // namespace lindvm
