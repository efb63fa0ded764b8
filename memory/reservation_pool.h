#pragma once
// Reservations kept for reuse, since the host's cost of mapping and unmapping gigabytes is the larger part of
// starting a small guest. One pool per process; any thread may use it.

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "memory/os/virtual_memory.h"

namespace lindvm {

class ReservationPool {
 public:
  static ReservationPool& process();

  /// The reservation of exactly this size that came back last, or a new one: inaccessible, and zero where it
  /// is committed.
  std::optional<Reservation> take(size_t bytes);
  /// Takes a reservation back; `used_offset`, `used_bytes` is the part that was ever made accessible.
  void give_back(Reservation reservation, size_t used_offset, size_t used_bytes);

  /// How many reservations are kept at most (default 16); lowering it frees the excess.
  void set_capacity(size_t count);
  size_t kept() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Reservation> kept_;  // guarded by mutex_
  size_t capacity_ = 16;           // guarded by mutex_
};

}  // namespace lindvm
