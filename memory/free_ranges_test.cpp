#include "memory/free_ranges.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace lindvm {
namespace {

TEST(FreeRanges, HighestFitIsTheHighest) {
  FreeRanges free(100, 1000);
  EXPECT_EQ(free.highest_fit(50), 950u);
  free.take(900, 1000);
  free.take(700, 850);
  EXPECT_EQ(free.highest_fit(50), 850u);
  EXPECT_EQ(free.highest_fit(51), 649u);
  EXPECT_EQ(free.highest_fit(600), 100u);
  EXPECT_EQ(free.highest_fit(601), std::nullopt);
  EXPECT_EQ(free.highest_fit(0), std::nullopt);
  free.give(700, 850);
  EXPECT_EQ(free.highest_fit(800), 100u);
  EXPECT_EQ(free.count(), 1u);
}

TEST(FreeRanges, AddressesOutsideAreIgnored) {
  FreeRanges free(100, 200);
  free.take(0, 120);
  free.take(190, 300);
  EXPECT_EQ(free.highest_fit(70), 120u);
  EXPECT_EQ(free.highest_fit(71), std::nullopt);
  free.give(0, 120);
  free.give(190, 300);
  EXPECT_EQ(free.highest_fit(100), 100u);
}

TEST(FreeRanges, AgreesWithABitmap) {
  constexpr uint64_t k_size = 300;
  FreeRanges free(0, k_size);
  std::vector<bool> is_free(k_size, true);
  auto highest_fit = [&](uint64_t length) -> std::optional<uint64_t> {
    uint64_t run = 0;
    for (uint64_t at = k_size; at-- > 0;) {
      run = is_free[at] ? run + 1 : 0;
      if (run == length) return at;
    }
    return std::nullopt;
  };
  std::mt19937 random(7);
  for (int step = 0; step < 20000; ++step) {
    uint64_t begin = random() % k_size, end = begin;
    bool state = is_free[begin];
    while (end < k_size && end < begin + 1 + random() % 20 && is_free[end] == state) ++end;
    state ? free.take(begin, end) : free.give(begin, end);
    std::fill(is_free.begin() + static_cast<long>(begin), is_free.begin() + static_cast<long>(end), !state);
    uint64_t length = 1 + random() % 30;
    ASSERT_EQ(free.highest_fit(length), highest_fit(length)) << "step " << step;
  }
}

TEST(FreeRanges, ManyHolesAreSearchedFast) {
  constexpr uint64_t k_holes = 200'000;
  FreeRanges free(0, 4 * k_holes);
  for (uint64_t i = 0; i < k_holes; ++i) free.take(4 * i, 4 * i + 2);
  EXPECT_EQ(free.count(), k_holes);
  free.give(0, 2);  // the only hole of four, at the far end
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(free.highest_fit(3), 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace lindvm
