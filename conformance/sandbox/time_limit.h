#pragma once
// A time limit on guest code, by a timer of the process: one at a time, in a process of one thread of guests.

#include <chrono>

#include "vm/runtime/context.h"

namespace lindvm::sandbox {

/// While it lives, the guest is asked to stop at the end of the time limit, and again and again after it.
class TimeLimit {
 public:
  TimeLimit(ThreadContext& guest, std::chrono::milliseconds limit);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
};

}  // namespace lindvm::sandbox
