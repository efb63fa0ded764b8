#include "memory/linear_memory.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>

#include "memory/reservation_pool.h"

namespace lindvm {
namespace {

constexpr uint64_t k_gib = uint64_t{1} << 30;
constexpr uint64_t k_wasm_page = 64 * 1024;

/// (2^32 - 1) index + (2^32 - 1) offset + 16 bytes of access.
constexpr uint64_t k_guarded_reservation = 8 * k_gib + k_wasm_page;
/// What a memory that is checked explicitly reserves at most beyond its minimum, when its maximum is larger.
constexpr uint64_t k_checked_reservation = 16 * k_gib;
/// Address space that the rest of the process is left with.
constexpr uint64_t k_address_space_slack = 4 * k_gib;

enum class GuardMode : uint8_t { undecided, enabled, disabled };
std::atomic<GuardMode> g_guard_mode{GuardMode::undecided};

GuardMode decide_guard_mode() {
  rlimit limit{};
  bool is_limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  bool fits = !is_limited || Reservation::reserve(2 * k_guarded_reservation + k_address_space_slack);
  return fits ? GuardMode::enabled : GuardMode::disabled;
}

/// Bytes that the type's index can address, a whole number of pages that memory.size can express.
uint64_t addressable_bytes(const LinearMemoryShape& shape) {
  uint64_t all = shape.is64 ? uint64_t{1} << 63 : uint64_t{1} << 32;
  return shape.page_size_log2 == 0 ? all - 1 : all;
}

/// pages << log2, saturated.
uint64_t bytes_of(uint64_t pages, uint8_t page_size_log2) {
  return pages > (UINT64_MAX >> page_size_log2) ? UINT64_MAX : pages << page_size_log2;
}

/// Room for `most` bytes and a guard, or for as much of it as the host has address space for, but `least`.
std::optional<Reservation> reserve_between(uint64_t least, uint64_t most) {
  std::optional<Reservation> storage;
  for (uint64_t bytes = most;; bytes = std::max(least, bytes / 2)) {
    storage = ReservationPool::process().take(bytes + k_wasm_page);
    if (storage || bytes == least) return storage;
  }
}

}  // namespace

bool guard_reservations_enabled() {
  GuardMode mode = g_guard_mode.load(std::memory_order_relaxed);
  if (mode == GuardMode::undecided) {
    GuardMode decided = decide_guard_mode();
    if (g_guard_mode.compare_exchange_strong(mode, decided)) mode = decided;
  }
  return mode == GuardMode::enabled;
}

void disable_guard_reservations() { g_guard_mode.store(GuardMode::disabled); }

bool LinearMemory::needs_explicit_checks(bool is64, uint8_t page_size_log2) {
  return is64 || page_size_log2 != 16 || !guard_reservations_enabled();
}

std::unique_ptr<LinearMemory> LinearMemory::create(const LinearMemoryShape& shape, uint64_t limit_bytes,
                                                   std::error_code& error) {
  uint64_t minimum = bytes_of(shape.min_pages, shape.page_size_log2);
  uint64_t maximum = bytes_of(shape.max_pages.value_or(UINT64_MAX), shape.page_size_log2);
  uint64_t capacity =
      std::min({maximum, shape.is_mapped ? UINT64_MAX : limit_bytes, addressable_bytes(shape)});
  error = std::make_error_code(std::errc::not_enough_memory);
  if (minimum > capacity) return nullptr;

  std::optional<Reservation> storage;
  if (needs_explicit_checks(shape.is64, shape.page_size_log2)) {
    uint64_t least = shape.is_mapped ? capacity : minimum;
    storage = reserve_between(least, std::min(capacity, std::max(least, k_checked_reservation)));
    if (storage) capacity = std::min<uint64_t>(capacity, storage->size() - k_wasm_page);
  } else {
    storage = ReservationPool::process().take(k_guarded_reservation);
  }
  if (!storage) return nullptr;

  std::unique_ptr<LinearMemory> memory(new LinearMemory(shape, std::move(*storage), capacity));
  if (shape.is_mapped) {
    memory->size_.store(capacity, std::memory_order_release);
  } else if (memory->grow(shape.min_pages) == k_grow_failed) {
    return nullptr;
  }
  error.clear();
  return memory;
}

LinearMemory::LinearMemory(const LinearMemoryShape& shape, Reservation storage, uint64_t capacity)
    : shape_(shape), storage_(std::move(storage)), base_(storage_.base()), capacity_(capacity) {}

LinearMemory::~LinearMemory() { ReservationPool::process().give_back(std::move(storage_), 0, size_bytes()); }

uint64_t LinearMemory::grow(uint64_t delta_pages) {
  std::lock_guard lock(growing_);
  uint64_t old_size = size_.load(std::memory_order_relaxed);
  uint64_t old_pages = old_size >> shape_.page_size_log2;
  uint64_t delta = bytes_of(delta_pages, shape_.page_size_log2);
  if (delta > capacity_ - old_size) return k_grow_failed;
  if (delta != 0) {
    if (!storage_.commit(old_size, delta)) return k_grow_failed;
    size_.store(old_size + delta, std::memory_order_release);
  }
  return old_pages;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // supported by both compilers for such classes
size_t LinearMemory::base_offset() { return offsetof(LinearMemory, base_); }
size_t LinearMemory::size_offset() { return offsetof(LinearMemory, size_); }
#pragma GCC diagnostic pop

}  // namespace lindvm
