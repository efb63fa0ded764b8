#include "syscalls/kernel/blocking.h"

#include <utility>

#include "syscalls/kernel/process.h"

namespace lindvm {

SysResult after_interruption(Thread& thread, long number, const uint64_t (&words)[6]) {
  const std::atomic<uint32_t>& kicks = thread.context().kicks();
  while (true) {
    bool must_leave =
        (kicks.load() & ~uint32_t{k_interrupt_signal}) || thread.process().signals().must_handle(thread);
    if (must_leave) {
      thread.signals().is_restartable = true;
      return SysResult::error(EINTR);
    }
    int64_t result =
        interruptible_syscall(kicks, number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result != -EINTR) return SysResult(result);
  }
}

SysResult never_again(Thread& thread, SysResult result) {
  if (result.raw() == -EINTR) thread.signals().is_restartable = false;
  return result;
}

TemporaryMask::TemporaryMask(Thread& thread, const SignalSet* mask) : thread_(thread) {
  if (!mask) return;
  thread.signals().saved_mask = thread.signals().mask();
  thread.signals().set_mask(*mask);
  thread.process().signals().mask_changed(thread);
}

SysResult TemporaryMask::finish(SysResult result) {
  ThreadSignals& signals = thread_.signals();
  if (result.raw() == -EINTR || !signals.saved_mask) return result;
  signals.set_mask(*std::exchange(signals.saved_mask, std::nullopt));
  thread_.process().signals().mask_changed(thread_);
  return result;
}

}  // namespace lindvm
