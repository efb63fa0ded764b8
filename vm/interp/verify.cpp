#include "vm/interp/verify.h"

#include <cstdio>
#include <cstdlib>

#include "vm/interp/translation.h"
#include "vm/runtime/store.h"
#include "vm/runtime/verify.h"

namespace lindvm::interp {

namespace {

constexpr uint64_t k_words_per_safepoint = 64;

/// Lowest word in use by the innermost frame.
uint64_t* used_low(const Leave& leave) {
  const FunctionTranslation* translation = CompiledModule::find_translation_of(leave.ip);
  return leave.fp - (translation ? translation->frame_slots : 0);
}

void check_words(ThreadContext& thread, const uint64_t* low) {
  if (auto found = find_forbidden_word(thread, low, thread.stack.top())) {
    std::fprintf(stderr, "lind-vm: stack verification: %s\n", to_text(*found, low).c_str());
    std::abort();
  }
}

}  // namespace

void verify_safepoint(ThreadContext& thread, Leave& leave, uint32_t every, bool after_call) {
  static thread_local uint64_t countdown = 0;
  if (thread.entry_depth != 1) return;
  if (!after_call && countdown-- > 0) return;
  uint64_t* low = used_low(leave);
  // Deep stacks are cloned less often, so that the cost stays proportional to the code executed.
  countdown = every + static_cast<uint64_t>(thread.stack.top() - low) / k_words_per_safepoint;
  check_words(thread, low);
  std::optional<GuestStack> clone = thread.stack.clone_used(low);
  if (!clone) return;
  leave.fp = thread.stack.relocated(leave.fp, *clone);
  thread.entry_sp = thread.stack.relocated(thread.entry_sp, *clone);
  thread.stack.make_inaccessible();
  thread.stack = std::move(*clone);
  thread.relocate_blocks();
}

}  // namespace lindvm::interp
