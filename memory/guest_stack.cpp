#include "memory/guest_stack.h"

#include <cassert>
#include <cstring>
#include <utility>

#include "memory/reservation_pool.h"

namespace lindvm {

GuestStack& GuestStack::operator=(GuestStack&& other) noexcept {
  std::swap(storage_, other.storage_);
  std::swap(usable_, other.usable_);
  return *this;
}

GuestStack::~GuestStack() {
  ReservationPool::process().give_back(std::move(storage_), k_guest_stack_guard, usable_);
}

std::optional<GuestStack> GuestStack::create(size_t usable_bytes) {
  constexpr size_t k_mask = 64 * 1024 - 1;
  size_t usable = (usable_bytes + k_mask) & ~k_mask;
  auto storage = ReservationPool::process().take(k_guest_stack_guard + usable + k_guest_stack_upper_guard);
  if (!storage) return std::nullopt;
  // Most of a stack is never touched; a huge page at its top would cost more than all the rest of a small
  // guest.
  storage->prefer_small_pages();
  if (!storage->commit(k_guest_stack_guard, usable)) return std::nullopt;
  GuestStack stack;
  stack.storage_ = std::move(*storage);
  stack.usable_ = usable;
  return stack;
}

std::optional<GuestStack> GuestStack::clone_used(const uint64_t* sp) const {
  assert(contains(sp) || sp == top());
  auto clone = create(usable_);
  if (!clone) return std::nullopt;
  size_t used = static_cast<size_t>(top() - sp);
  std::memcpy(clone->top() - used, sp, used * sizeof(uint64_t));
  return clone;
}

void GuestStack::make_inaccessible() {
  bool done = storage_.make_inaccessible(0, storage_.size());
  assert(done);
  static_cast<void>(done);
}

}  // namespace lindvm
