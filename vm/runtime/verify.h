#pragma once
// The check behind [R6], for verification mode: guest stacks hold no pointer to anything that a fork or a
// checkpoint would not carry over. Guest thread's own host thread, while guest code is stopped.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vm/runtime/context.h"

namespace lindvm {

/// A stack word that points into what no guest frame may refer to.
struct ForbiddenWord {
  const uint64_t* slot = nullptr;
  uint64_t word = 0;
  const char* target = nullptr;  ///< e.g. "instance context"
};

/// The first such word in [low, high) of the thread's stack.
std::optional<ForbiddenWord> find_forbidden_word(ThreadContext& thread, const uint64_t* low,
                                                 const uint64_t* high);

/// E.g. "stack word 12 (0x7f1200000000) points into a guest stack".
std::string to_text(const ForbiddenWord& found, const uint64_t* low);

}  // namespace lindvm
