#pragma once
// A time limit on guest code, by a timer of the process: one at a time, in a process of one thread of guests.

#include <sys/types.h>

#include "vm/runtime/context.h"

namespace lindvm::sandbox {

/// While it lives, the guest is asked to stop at the end of the time limit, and again and again after it.
class TimeLimit {
 public:
  /// Less than a second.
  TimeLimit(ThreadContext& guest, suseconds_t microseconds);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
};

}  // namespace lindvm::sandbox
