#include "syscalls/kernel/blocking.h"

#include <unistd.h>

#include "memory/os/interrupt.h"

namespace lindvm {

SysResult blocking_call_words(Thread& thread, long number, const uint64_t (&words)[6]) {
  const std::atomic<uint32_t>& kicks = thread.context().kicks();
  while (true) {
    int64_t result =
        interruptible_syscall(kicks, number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result != -EINTR || kicks.load() != 0) return SysResult(result);
  }
}

SysResult plain_call_words(long number, const uint64_t (&words)[6]) {
  return SysResult::of_host(syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]));
}

}  // namespace lindvm
