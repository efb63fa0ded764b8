// The process's end, chance, and waiting for files.

#include <poll.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include <algorithm>
#include <ctime>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {

SysResult sys_exit_group(Thread& thread, const Scalar<int32_t>& status) {
  thread.process().set_exit_code(static_cast<uint32_t>(status.value));
  return SysResult::exit();
}

/// Requests as large as a memory are given to the host in pieces that a signal can end.
SysResult sys_getrandom(Thread&, Late<BytesOut>& buffer, const Flags<FlagSet::RandomFlags>& flags) {
  constexpr uint32_t k_piece = 1u << 20;
  constexpr uint32_t k_sources = GRND_RANDOM | GRND_INSECURE;
  bool is_valid = !(flags.bits & ~(k_sources | GRND_NONBLOCK)) && (flags.bits & k_sources) != k_sources;
  if (!is_valid) return SysResult::error(EINVAL);
  SYS_TRY(buffer.check());
  uint32_t done = 0;
  while (done < buffer.size) {
    size_t piece = std::min(buffer.size - done, k_piece);
    SysResult count = SysResult::of_host(getrandom(buffer.data() + done, piece, flags.bits));
    if (!count.ok()) return done ? buffer.fill_with(SysResult(done)) : count;
    done += static_cast<uint32_t>(count.value());
  }
  return buffer.fill_with(SysResult(done));
}

SysResult wait_for_files(Thread& thread, std::span<pollfd> files, const timespec* timeout) {
  timespec left = timeout ? *timeout : timespec{};  // the kernel writes what is left of it
  return blocking_call(thread, SYS_ppoll, files.data(), files.size(), timeout ? &left : nullptr, nullptr, 0);
}

}  // namespace lindvm
