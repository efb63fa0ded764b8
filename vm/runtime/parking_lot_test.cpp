#include "vm/runtime/parking_lot.h"

#include <gtest/gtest.h>

#include <thread>

namespace lindvm {
namespace {

constexpr uint32_t k_stop = 1;

/// A guest thread's side of a wait.
struct Sleeper {
  Parker parker;
  std::atomic<uint32_t> interrupts{0};
  WaitingThread thread{parker, interrupts, k_stop};
};

/// Waits until as many threads sleep on the cell as asked, by waking none of them.
void await_parked(const Sleeper& sleeper) {
  while (!sleeper.parker.is_parked()) std::this_thread::yield();
}

TEST(ParkingLot, ReturnsAtOnceWhenTheValueDiffers) {
  Sleeper sleeper;
  uint32_t cell = 7;
  EXPECT_EQ(wait_on_address(&cell, 8u, -1, sleeper.thread), WaitOutcome::not_equal);
}

TEST(ParkingLot, TimesOut) {
  Sleeper sleeper;
  uint64_t cell = 7;
  EXPECT_EQ(wait_on_address(&cell, uint64_t{7}, 1'000'000, sleeper.thread), WaitOutcome::timed_out);
  EXPECT_EQ(wait_on_address(&cell, uint64_t{7}, 0, sleeper.thread), WaitOutcome::timed_out);
  EXPECT_EQ(notify_address(&cell, 1), 0u);
}

TEST(ParkingLot, NotifyWakesAtMostTheCountAskedFor) {
  Sleeper sleepers[3];
  uint32_t cell = 0;
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  for (Sleeper& sleeper : sleepers) {
    threads.emplace_back([&] {
      EXPECT_EQ(wait_on_address(&cell, 0u, -1, sleeper.thread), WaitOutcome::woken);
      ++woken;
    });
  }
  for (Sleeper& sleeper : sleepers) await_parked(sleeper);
  EXPECT_EQ(notify_address(&cell + 1, 5), 0u);
  EXPECT_EQ(notify_address(&cell, 2), 2u);
  while (woken != 2) std::this_thread::yield();
  EXPECT_EQ(notify_address(&cell, 5), 1u);
  for (std::thread& thread : threads) thread.join();
}

TEST(ParkingLot, AnInterruptEndsTheWait) {
  Sleeper sleeper;
  uint32_t cell = 0;
  std::thread waiter(
      [&] { EXPECT_EQ(wait_on_address(&cell, 0u, -1, sleeper.thread), WaitOutcome::interrupted); });
  await_parked(sleeper);
  sleeper.interrupts |= k_stop;
  sleeper.parker.unpark();
  waiter.join();
  EXPECT_EQ(wait_on_address(&cell, 0u, -1, sleeper.thread), WaitOutcome::interrupted);
  EXPECT_EQ(notify_address(&cell, 1), 0u);
}

}  // namespace
}  // namespace lindvm
