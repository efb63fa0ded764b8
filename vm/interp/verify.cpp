#include "vm/interp/verify.h"

#include <cstdio>
#include <cstdlib>

#include "vm/runtime/store.h"
#include "vm/runtime/verify.h"

namespace lindvm::interp {

namespace {

constexpr uint64_t k_words_per_safepoint = 64;

void check_words(ThreadContext& thread, const uint64_t* low) {
  if (auto found = find_forbidden_word(thread, low, thread.stack.top())) {
    std::fprintf(stderr, "lind-vm: stack verification: %s\n", to_text(*found, low).c_str());
    std::abort();
  }
}

}  // namespace

void verify_safepoint(ThreadContext& thread, uint64_t*& frame, const uint64_t* low, uint32_t every,
                      bool after_call) {
  static thread_local uint64_t countdown = 0;
  if (thread.entry_depth != 1) return;
  if (!after_call && countdown-- > 0) return;
  // Deep stacks are cloned less often, so that the cost stays proportional to the code executed.
  countdown = every + static_cast<uint64_t>(thread.stack.top() - low) / k_words_per_safepoint;
  check_words(thread, low);
  std::optional<GuestStack> clone = thread.stack.clone_used(low);
  if (!clone) return;
  frame = thread.stack.relocated(frame, *clone);
  thread.entry_sp = thread.stack.relocated(thread.entry_sp, *clone);
  thread.stack.make_inaccessible();
  thread.stack = std::move(*clone);
  thread.relocate_blocks();
}

}  // namespace lindvm::interp
