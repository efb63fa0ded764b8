#pragma once
// Arithmetic on times, as the calls that take them need it. Pure functions.

#include <cstdint>
#include <ctime>

namespace lindvm {

inline constexpr int64_t k_second = 1'000'000'000;  ///< in nanoseconds

/// Linux refuses other durations and moments: EINVAL.
inline bool is_valid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < k_second;
}

inline timespec now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time;
}

/// deadline - time, not below zero.
inline timespec left_until(const timespec& deadline, const timespec& time) {
  timespec left{deadline.tv_sec - time.tv_sec, deadline.tv_nsec - time.tv_nsec};
  if (left.tv_nsec < 0) --left.tv_sec, left.tv_nsec += k_second;
  return left.tv_sec < 0 ? timespec{} : left;
}

}  // namespace lindvm
