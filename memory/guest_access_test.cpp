#include "memory/guest_access.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include "memory/guarded_bytes.h"
#include "memory/os/fault.h"

namespace lindvm {
namespace {

constexpr uint64_t k_size = 2 * 65536;
constexpr uint64_t k_hole = 65536;  // a page within the memory that the guest has unmapped

class GuestAccess : public testing::Test {
 protected:
  GuestAccess() {
    install_fault_handlers();
    std::error_code error;
    memory = LinearMemory::create({.min_pages = 2}, UINT64_MAX, error);
    mprotect(memory->base() + k_hole, host_page_size(), PROT_NONE);
  }
  ~GuestAccess() override { mprotect(memory->base() + k_hole, host_page_size(), PROT_READ | PROT_WRITE); }

  void put(uint64_t address, const char* text) {
    std::memcpy(memory->base() + address, text, std::strlen(text) + 1);
  }

  std::unique_ptr<LinearMemory> memory;
};

TEST_F(GuestAccess, CopiesBothWaysInEveryLength) {
  std::vector<uint8_t> out(5000), in(5000);
  std::iota(out.begin(), out.end(), uint8_t{3});
  for (size_t length : {0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 64, 100, 1000, 4096, 5000}) {
    std::fill(in.begin(), in.end(), uint8_t{0xee});
    ASSERT_TRUE(copy_out(*memory, 1001, out.data(), length));
    ASSERT_TRUE(copy_in(in.data(), *memory, 1001, length));
    EXPECT_EQ(std::memcmp(in.data(), out.data(), length), 0);
    if (length < in.size()) {
      EXPECT_EQ(in[length], 0xee);
    }
  }
}

TEST_F(GuestAccess, RangesAreComparedWithTheSize) {
  uint8_t buffer[64] = {};
  EXPECT_TRUE(copy_in(buffer, *memory, k_size - 64, 64));
  EXPECT_FALSE(copy_in(buffer, *memory, k_size - 63, 64));
  EXPECT_FALSE(copy_in(buffer, *memory, UINT64_MAX, 1));
  EXPECT_FALSE(copy_in(buffer, *memory, UINT64_MAX - 10, 64));
  EXPECT_FALSE(copy_out(*memory, k_size, buffer, 1));
  EXPECT_TRUE(copy_out(*memory, k_size, buffer, 0));
  EXPECT_FALSE(fill(*memory, 0, 1, k_size + 1));
  EXPECT_FALSE(move(*memory, 0, *memory, k_size - 1, 2));
  EXPECT_EQ(translate(*memory, 16, k_size - 16), memory->base() + 16);
  EXPECT_EQ(translate(*memory, 16, k_size), nullptr);
  EXPECT_EQ(translate(*memory, 0, UINT64_MAX), nullptr);
}

TEST_F(GuestAccess, InaccessiblePagesAreErrors) {
  std::vector<uint8_t> buffer(k_hole);
  for (size_t length : {1, 2, 3, 4, 8, 16, 100, 4096}) {
    EXPECT_FALSE(copy_in(buffer.data(), *memory, k_hole, length));
    EXPECT_FALSE(copy_out(*memory, k_hole, buffer.data(), length));
    EXPECT_FALSE(fill(*memory, k_hole, 1, length));
    EXPECT_FALSE(move(*memory, 0, *memory, k_hole, length));
    EXPECT_FALSE(move(*memory, k_hole, *memory, 0, length));
  }
  EXPECT_FALSE(copy_in(buffer.data(), *memory, 100, k_hole));
  EXPECT_TRUE(copy_in(buffer.data(), *memory, 0, k_hole));
}

TEST_F(GuestAccess, OverlappingMovesAreExact) {
  for (uint64_t i = 0; i < 256; ++i) memory->base()[i] = static_cast<std::byte>(i);
  ASSERT_TRUE(move(*memory, 10, *memory, 0, 200));
  for (uint64_t i = 0; i < 200; ++i) EXPECT_EQ(memory->base()[10 + i], static_cast<std::byte>(i));
  ASSERT_TRUE(move(*memory, 0, *memory, 10, 200));
  for (uint64_t i = 0; i < 200; ++i) EXPECT_EQ(memory->base()[i], static_cast<std::byte>(i));
  ASSERT_TRUE(fill(*memory, 5, 0xab, 6));
  EXPECT_EQ(memory->base()[4], std::byte{4});
  EXPECT_EQ(memory->base()[10], std::byte{0xab});
  EXPECT_EQ(memory->base()[11], std::byte{11});
}

TEST_F(GuestAccess, StringsEndAtTheirTerminator) {
  char text[1000];
  put(20, "a path");
  EXPECT_EQ(copy_string(text, sizeof text, *memory, 20), 6);
  EXPECT_STREQ(text, "a path");
  EXPECT_EQ(copy_string(text, 7, *memory, 20), 6);
  EXPECT_EQ(copy_string(text, 6, *memory, 20), -ENAMETOOLONG);
  std::string longer(900, 'x');
  put(77, longer.c_str());
  EXPECT_EQ(copy_string(text, sizeof text, *memory, 77), 900);
  EXPECT_EQ(text, longer);
}

TEST_F(GuestAccess, StringsMayEndAtTheEdgeAndNotBeyond) {
  char text[100];
  put(k_size - 4, "abc");
  EXPECT_EQ(copy_string(text, sizeof text, *memory, k_size - 4), 3);
  memory->base()[k_size - 1] = std::byte{'d'};
  EXPECT_EQ(copy_string(text, sizeof text, *memory, k_size - 4), -EFAULT);
  EXPECT_EQ(copy_string(text, sizeof text, *memory, k_size), -EFAULT);
  EXPECT_EQ(copy_string(text, sizeof text, *memory, UINT64_MAX - 1), -EFAULT);
  put(k_hole - 4, "xyz");
  EXPECT_EQ(copy_string(text, sizeof text, *memory, k_hole - 4), 3)
      << "the page after the string is not needed";
  memory->base()[k_hole - 1] = std::byte{'!'};
  EXPECT_EQ(copy_string(text, sizeof text, *memory, k_hole - 4), -EFAULT);
}

TEST_F(GuestAccess, TypedPointers) {
  struct Pair {
    uint32_t first;
    uint64_t second;
  };
  GuestPtr<Pair> pairs(64);
  ASSERT_TRUE((pairs + 1).write(*memory, {1, 2}));
  Pair pair{};
  ASSERT_TRUE(GuestPtr<Pair>(64 + sizeof(Pair)).read(*memory, pair));
  EXPECT_EQ(pair.first, 1u);
  EXPECT_EQ(pair.second, 2u);
  uint32_t word = 0;
  EXPECT_FALSE(GuestPtr<uint32_t>(k_hole).read(*memory, word));
  EXPECT_FALSE(GuestPtr<uint32_t>(k_size - 2).write(*memory, word));
  EXPECT_FALSE(GuestPtr<uint32_t>());
}

TEST_F(GuestAccess, SurvivesPagesThatComeAndGo) {
  std::atomic<bool> stop{false};
  std::thread flipper([&] {
    for (int i = 0; !stop; ++i) {
      mprotect(memory->base() + k_hole, host_page_size(), i & 1 ? PROT_NONE : PROT_READ | PROT_WRITE);
      std::this_thread::yield();
    }
  });
  std::vector<uint8_t> buffer(3 * host_page_size());
  int done = 0, failed = 0;
  for (int i = 0; i < 20000 || done == 0 || failed == 0; ++i) {
    ++(copy_in(buffer.data(), *memory, k_hole - host_page_size(), buffer.size()) ? done : failed);
    if (i > 2'000'000) break;
  }
  stop = true;
  flipper.join();
  EXPECT_GT(done, 0);
  EXPECT_GT(failed, 0);
}

TEST_F(GuestAccess, FaultsOnTheHostSideAreNotGuestErrors) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto host = Reservation::reserve(host_page_size());
        static_cast<void>(copy_in(host->base(), *memory, 0, 8));
      },
      "");
}

}  // namespace
}  // namespace lindvm
