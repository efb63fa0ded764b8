#include "memory/linear_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "memory/guarded_bytes.h"
#include "memory/os/fault.h"
#include "memory/reservation_pool.h"

namespace lindvm {
namespace {

constexpr uint64_t k_page = 65536;
constexpr uint64_t k_no_limit = UINT64_MAX;

std::unique_ptr<LinearMemory> make(const LinearMemoryShape& shape, uint64_t limit = k_no_limit) {
  install_fault_handlers();
  std::error_code error;
  auto memory = LinearMemory::create(shape, limit, error);
  EXPECT_EQ(memory == nullptr, static_cast<bool>(error));
  return memory;
}

bool readable(const LinearMemory& memory, uint64_t address) {
  uint8_t byte;
  return guarded_read(&byte, memory.base() + address, 1);
}

TEST(LinearMemory, IsExactlyAsLargeAsAsked) {
  auto memory = make({.min_pages = 3});
  EXPECT_EQ(memory->size_pages(), 3u);
  EXPECT_EQ(memory->size_bytes(), 3 * k_page);
  EXPECT_TRUE(readable(*memory, 0));
  EXPECT_TRUE(readable(*memory, 3 * k_page - 1));
  EXPECT_FALSE(readable(*memory, 3 * k_page));
}

TEST(LinearMemory, GuardCoversEveryIndexAndOffset) {
  auto memory = make({.min_pages = 1});
  ASSERT_FALSE(memory->needs_explicit_checks());
  uint64_t farthest = uint64_t{2} * UINT32_MAX + 16;
  EXPECT_TRUE(memory->reserves(memory->base() + farthest));
  for (uint64_t address : {k_page, uint64_t{1} << 32, uint64_t{6} << 30, farthest}) {
    EXPECT_FALSE(readable(*memory, address));
  }
}

TEST(LinearMemory, EmptyMemoryHasNoByte) {
  auto memory = make({.min_pages = 0});
  EXPECT_EQ(memory->size_bytes(), 0u);
  EXPECT_FALSE(readable(*memory, 0));
}

TEST(LinearMemory, GrowsInPlaceUpToItsMaximum) {
  auto memory = make({.min_pages = 1, .max_pages = 4});
  std::byte* base = memory->base();
  base[10] = std::byte{7};
  EXPECT_EQ(memory->grow(0), 1u);
  EXPECT_EQ(memory->grow(2), 1u);
  EXPECT_EQ(memory->size_pages(), 3u);
  EXPECT_EQ(memory->base(), base);
  EXPECT_EQ(base[10], std::byte{7});
  EXPECT_EQ(base[3 * k_page - 1], std::byte{0});
  EXPECT_FALSE(readable(*memory, 3 * k_page));
  EXPECT_EQ(memory->grow(2), LinearMemory::k_grow_failed);
  EXPECT_EQ(memory->grow(UINT64_MAX), LinearMemory::k_grow_failed);
  EXPECT_EQ(memory->grow(UINT64_MAX / k_page), LinearMemory::k_grow_failed);
  EXPECT_EQ(memory->grow(1), 3u);
  EXPECT_EQ(memory->grow(0), 4u);
}

TEST(LinearMemory, SixtyFourThousandPagesAreTheEnd) {
  auto memory = make({.min_pages = 0});
  EXPECT_EQ(memory->grow(65537), LinearMemory::k_grow_failed);
  EXPECT_EQ(memory->grow(65536), 0u);
  EXPECT_TRUE(readable(*memory, UINT32_MAX));
  EXPECT_FALSE(readable(*memory, uint64_t{1} << 32));
  EXPECT_EQ(memory->grow(1), LinearMemory::k_grow_failed);
}

TEST(LinearMemory, EmbeddersLimitHolds) {
  EXPECT_EQ(make({.min_pages = 3}, 2 * k_page), nullptr);
  auto memory = make({.min_pages = 1}, 2 * k_page + 5);
  EXPECT_EQ(memory->grow(1), 1u);
  EXPECT_EQ(memory->grow(1), LinearMemory::k_grow_failed);
}

TEST(LinearMemory, WideMemoriesAreChecked) {
  auto memory = make({.min_pages = 1, .is64 = true});
  EXPECT_TRUE(memory->needs_explicit_checks());
  EXPECT_EQ(memory->grow(3), 1u);
  EXPECT_EQ(memory->size_bytes(), 4 * k_page);
  EXPECT_EQ(memory->grow(uint64_t{1} << 40), LinearMemory::k_grow_failed);
  EXPECT_FALSE(readable(*memory, 4 * k_page));
  EXPECT_EQ(make({.min_pages = uint64_t{1} << 47, .is64 = true}), nullptr);
}

TEST(LinearMemory, BytePagesAreCountedInBytes) {
  auto memory = make({.min_pages = 5, .max_pages = 5000, .page_size_log2 = 0});
  EXPECT_TRUE(memory->needs_explicit_checks());
  EXPECT_EQ(memory->size_bytes(), 5u);
  EXPECT_EQ(memory->grow(4995), 5u);
  EXPECT_EQ(memory->size_pages(), 5000u);
  memory->base()[4999] = std::byte{1};
  EXPECT_EQ(memory->grow(1), LinearMemory::k_grow_failed);
}

TEST(LinearMemory, BytePagesEndWhereTheirNumberDoes) {
  auto memory = make({.min_pages = 0, .page_size_log2 = 0});
  EXPECT_EQ(memory->grow(uint64_t{1} << 32), LinearMemory::k_grow_failed);
  EXPECT_EQ(memory->grow(UINT32_MAX), 0u);
}

TEST(LinearMemory, ReusedReservationIsZeroAndClosed) {
  std::byte* base;
  {
    auto memory = make({.min_pages = 2});
    memory->grow(2);
    base = memory->base();
    for (uint64_t at = 0; at < memory->size_bytes(); at += 4096) base[at] = std::byte{0xff};
  }
  auto memory = make({.min_pages = 1});
  ASSERT_EQ(memory->base(), base) << "the pool hands out what it was given last";
  for (uint64_t at = 0; at < k_page; ++at) ASSERT_EQ(base[at], std::byte{0});
  EXPECT_FALSE(readable(*memory, k_page));
  memory->grow(3);
  for (uint64_t at = 0; at < 4 * k_page; at += 4096) ASSERT_EQ(base[at], std::byte{0});
}

TEST(LinearMemory, ThreadsGrowTogether) {
  auto memory = make({.min_pages = 0, .max_pages = 400, .is_shared = true});
  std::vector<std::thread> threads;
  std::atomic<int> grown{0}, wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 150; ++i) {
        uint64_t page = memory->grow(1);
        if (page == LinearMemory::k_grow_failed) continue;
        ++grown;
        auto& byte = memory->base()[page * k_page];
        if (byte != std::byte{0}) ++wrong;
        byte = std::byte{1};
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(grown, 400);
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(memory->size_pages(), 400u);
}

TEST(ReservationPool, KeepsNoMoreThanItsCapacity) {
  ReservationPool pool;
  pool.set_capacity(2);
  for (int i = 0; i < 3; ++i) pool.give_back(*Reservation::reserve(1 << 20), 0, 0);
  EXPECT_EQ(pool.kept(), 2u);
  auto first = pool.take(1 << 20), second = pool.take(1 << 20), third = pool.take(1 << 20);
  EXPECT_TRUE(first && second && third);
  EXPECT_EQ(pool.kept(), 0u);
  pool.give_back(std::move(*first), 0, 0);
  EXPECT_TRUE(pool.take(1 << 21));
  EXPECT_EQ(pool.kept(), 1u);
  pool.set_capacity(0);
  EXPECT_EQ(pool.kept(), 0u);
}

// In processes of their own, since whether there are guards is decided once.
[[noreturn]] void use_memory_without_guards() {
  auto memory = make({.min_pages = 1, .max_pages = 3});
  bool right = memory && memory->needs_explicit_checks() && memory->grow(2) == 1 &&
               readable(*memory, 3 * k_page - 1) && !readable(*memory, 3 * k_page) &&
               !memory->reserves(memory->base() + 4 * k_page);
  _exit(right ? 0 : 1);
}

/// Leaves the process two more gigabytes of address space.
void limit_address_space() {
  uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  uint64_t bytes = pages * host_page_size() + (uint64_t{2} << 30);
  rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
}

TEST(LinearMemoryDeathTest, WorksWithoutGuardReservations) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT((disable_guard_reservations(), use_memory_without_guards()), testing::ExitedWithCode(0), "");
}

TEST(LinearMemoryDeathTest, AddressSpaceLimitIsRespected) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT((limit_address_space(), use_memory_without_guards()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lindvm
