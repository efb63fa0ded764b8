#include "vm/runtime/parking_lot.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <list>
#include <mutex>

#include "memory/guarded_bytes.h"

namespace lindvm {
namespace {

constexpr int64_t k_ns_per_second = 1'000'000'000;

struct Waiter {
  const void* address;
  Parker* parker;
  bool notified = false;
};

/// Waiters whose addresses hash alike, oldest first. The nodes live on the waiters' own host stacks.
struct Bucket {
  std::mutex mutex;
  std::list<Waiter*> waiters;
};

Bucket& bucket_of(const void* address) {
  constexpr size_t k_buckets = 256;
  static Bucket buckets[k_buckets];
  uint64_t hash = reinterpret_cast<uint64_t>(address) * 0x9e3779b97f4a7c15u;
  return buckets[hash >> 56];
}

int64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * k_ns_per_second + now.tv_nsec;
}

int64_t deadline_after(int64_t timeout_ns) {
  int64_t deadline;
  if (timeout_ns < 0 || __builtin_add_overflow(monotonic_ns(), timeout_ns, &deadline)) return -1;
  return deadline;
}

bool is_interrupted(const WaitingThread& thread) { return thread.interrupts.load() & thread.stop_mask; }

/// Sleeps until notified, interrupted or past the deadline. A wake-up meant for the interrupt leaves the word
/// idle, and the loop condition tells which it was.
void sleep_until_settled(const WaitingThread& thread, int64_t deadline) {
  while (thread.parker.is_parked() && !is_interrupted(thread)) {
    if (deadline >= 0 && monotonic_ns() >= deadline) break;
    thread.parker.sleep(deadline);
  }
  thread.parker.cancel();
}

template <class T>
WaitOutcome wait_while_equal(const T* address, T expected, int64_t timeout_ns, const WaitingThread& thread) {
  Bucket& bucket = bucket_of(address);
  Waiter waiter{address, &thread.parker};
  std::list<Waiter*>::iterator place;
  {
    std::lock_guard lock(bucket.mutex);
    T value;  // one aligned load of this size, in a copy that survives unmapped pages
    if (!guarded_read(&value, address, sizeof value)) return WaitOutcome::fault;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (value != expected) return WaitOutcome::not_equal;
    thread.parker.prepare();
    place = bucket.waiters.insert(bucket.waiters.end(), &waiter);
  }
  sleep_until_settled(thread, deadline_after(timeout_ns));
  std::lock_guard lock(bucket.mutex);
  if (waiter.notified) return WaitOutcome::woken;
  bucket.waiters.erase(place);
  return is_interrupted(thread) ? WaitOutcome::interrupted : WaitOutcome::timed_out;
}

}  // namespace

void Parker::sleep(int64_t deadline_ns) {
  timespec deadline{deadline_ns / k_ns_per_second, deadline_ns % k_ns_per_second};
  syscall(SYS_futex, &word_, FUTEX_WAIT_BITSET_PRIVATE, k_parked, deadline_ns < 0 ? nullptr : &deadline,
          nullptr, FUTEX_BITSET_MATCH_ANY);
}

bool Parker::unpark() {
  uint32_t expected = k_parked;
  if (!word_.compare_exchange_strong(expected, k_idle)) return false;
  syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  return true;
}

WaitOutcome wait_on_address(const uint32_t* address, uint32_t expected, int64_t timeout_ns,
                            const WaitingThread& thread) {
  return wait_while_equal(address, expected, timeout_ns, thread);
}

WaitOutcome wait_on_address(const uint64_t* address, uint64_t expected, int64_t timeout_ns,
                            const WaitingThread& thread) {
  return wait_while_equal(address, expected, timeout_ns, thread);
}

uint32_t notify_address(const void* address, uint32_t count) {
  Bucket& bucket = bucket_of(address);
  uint32_t woken = 0;
  std::lock_guard lock(bucket.mutex);
  for (auto place = bucket.waiters.begin(); place != bucket.waiters.end() && woken < count;) {
    Waiter* waiter = *place;
    if (waiter->address != address) {
      ++place;
      continue;
    }
    place = bucket.waiters.erase(place);
    waiter->notified = true;
    waiter->parker->unpark();
    ++woken;
  }
  return woken;
}

}  // namespace lindvm
