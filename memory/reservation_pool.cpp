#include "memory/reservation_pool.h"

#include <algorithm>

namespace lindvm {

ReservationPool& ReservationPool::process() {
  // Never destroyed: memories of other static objects may come back after this one's time.
  static auto* pool = new ReservationPool;
  return *pool;
}

std::optional<Reservation> ReservationPool::take(size_t bytes) {
  size_t mask = host_page_size() - 1;
  size_t size = (bytes + mask) & ~mask;
  {
    std::lock_guard lock(mutex_);
    auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& r) { return r.size() == size; });
    if (found != kept_.rend()) {
      Reservation reservation = std::move(*found);
      kept_.erase(std::next(found).base());
      return reservation;
    }
  }
  return Reservation::reserve(bytes);
}

void ReservationPool::give_back(Reservation reservation, size_t used_offset, size_t used_bytes) {
  if (!reservation || !reservation.decommit(used_offset, used_bytes)) return;
  std::lock_guard lock(mutex_);
  if (kept_.size() < capacity_) kept_.push_back(std::move(reservation));
}

void ReservationPool::set_capacity(size_t count) {
  std::lock_guard lock(mutex_);
  capacity_ = count;
  if (kept_.size() > count) kept_.resize(count);
}

size_t ReservationPool::kept() const {
  std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace lindvm
