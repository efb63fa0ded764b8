// Bad pointers: each pointer of each function answers EFAULT, and random arguments never do more harm than an
// error number.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <random>

#include "syscalls/testing/wasi_guest.h"

namespace lindvm {
namespace {

using namespace wasi_errno;
constexpr uint32_t k_end = WasiGuest::k_memory_bytes;
constexpr uint32_t k_wild[] = {k_end, k_end - 1, 0x7fff'ffff, 0x8000'0000, 0xffff'fff0, 0xffff'ffff};

/// A call whose arguments are right, and the positions of its pointers.
struct Case {
  const char* name;
  std::vector<uint64_t> arguments;
  std::vector<size_t> pointers;
};

class PointersTest : public testing::Test {
 protected:
  static constexpr uint32_t r = WasiGuest::k_result, p = WasiGuest::k_path, v = WasiGuest::k_vectors,
                            d = WasiGuest::k_data, q = WasiGuest::k_other_path;

  void SetUp() override {
    guest_.root.write("file", "0123456789");
    std::filesystem::create_symlink("file", guest_.root / "link");
    file_ = static_cast<uint64_t>(guest_.open("file", 0, 0x0fff'ffff));
    guest_.put_path("file");
    guest_.put_path("link", q);
    guest_.set_vector(0, d, 4);
  }

  std::vector<Case> cases() const {
    return {
        {"args_get", {r, d}, {0, 1}},
        {"args_sizes_get", {r, r}, {0, 1}},
        {"environ_get", {r, d}, {0, 1}},
        {"environ_sizes_get", {r, r}, {0, 1}},
        {"clock_res_get", {0, r}, {1}},
        {"clock_time_get", {0, 0, r}, {2}},
        {"fd_fdstat_get", {file_, r}, {1}},
        {"fd_filestat_get", {file_, r}, {1}},
        {"fd_pread", {file_, v, 1, 0, r}, {1, 4}},
        {"fd_prestat_get", {3, r}, {1}},
        {"fd_prestat_dir_name", {3, d, 100}, {1}},
        {"fd_pwrite", {file_, v, 1, 0, r}, {1, 4}},
        {"fd_read", {file_, v, 1, r}, {1, 3}},
        {"fd_readdir", {3, d, 100, 0, r}, {1, 4}},
        {"fd_seek", {file_, 0, 0, r}, {3}},
        {"fd_tell", {file_, r}, {1}},
        {"fd_write", {file_, v, 1, r}, {1, 3}},
        {"path_create_directory", {3, p, 4}, {1}},
        {"path_filestat_get", {3, 0, p, 4, r}, {2, 4}},
        {"path_filestat_set_times", {3, 0, p, 4, 0, 0, 5}, {2}},
        {"path_link", {3, 0, p, 4, 3, q, 4}, {2, 5}},
        {"path_open", {3, 0, p, 4, 0, 2, 2, 0, r}, {2, 8}},
        {"path_readlink", {3, q, 4, d, 100, r}, {1, 3, 5}},
        {"path_remove_directory", {3, p, 4}, {1}},
        {"path_rename", {3, p, 4, 3, q, 4}, {1, 4}},
        {"path_symlink", {p, 4, 3, q, 4}, {0, 3}},
        {"path_unlink_file", {3, p, 4}, {1}},
        {"poll_oneoff", {d, d + 4096, 1, r}, {0, 1, 3}},
        {"random_get", {d, 64}, {0}},
        {"sock_recv", {file_, v, 1, 0, r, r}, {1, 4, 5}},
        {"sock_send", {file_, v, 1, 0, r}, {1, 4}},
    };
  }

  // Not this process's own files, which wild calls could stretch.
  OwnedFd null_{open("/dev/null", O_RDWR | O_CLOEXEC)};
  WasiGuest guest_{
      {.args = {"prog", "arg"}, .env = {"A=1"}, .stdio = {null_.get(), null_.get(), null_.get()}}};
  uint64_t file_ = 0;
};

TEST_F(PointersTest, EachWildPointerIsEfault) {
  for (const Case& one : cases()) {
    for (size_t pointer : one.pointers) {
      for (uint32_t wild : k_wild) {
        std::vector<uint64_t> arguments = one.arguments;
        arguments[pointer] = wild;
        EXPECT_EQ(guest_.call(one.name, arguments.data(), arguments.size()), k_EFAULT)
            << one.name << " argument " << pointer << " = " << std::hex << wild;
      }
    }
  }
  EXPECT_EQ(guest_.root.read("file"), "0123456789") << "a refused call has no effect";
}

TEST_F(PointersTest, LengthsThatOverflow) {
  EXPECT_EQ(guest_("random_get", d, 0xffff'ffff), k_EFAULT);
  EXPECT_EQ(guest_("random_get", k_end - 4, 5), k_EFAULT);
  EXPECT_EQ(guest_("random_get", k_end - 4, 4), 0u);
  EXPECT_EQ(guest_("random_get", k_end, 0), 0u);
  EXPECT_EQ(guest_("path_unlink_file", 3, p, 0xffff'ffff), k_EFAULT);
  EXPECT_EQ(guest_("path_unlink_file", 3, p, 5000), k_ENAMETOOLONG);
  EXPECT_EQ(guest_("fd_readdir", 3, d, 0xffff'ffff, uint64_t{0}, r), k_EFAULT);
  EXPECT_EQ(guest_("poll_oneoff", d, d, 0xffff'ffff, r), k_EFAULT);
}

TEST_F(PointersTest, VectorArrays) {
  EXPECT_EQ(guest_("fd_write", file_, k_end - 8, 2, r), k_EFAULT) << "the array straddles the end";
  EXPECT_EQ(guest_("fd_write", file_, v, 0xffff'ffff, r), k_EINVAL);
  EXPECT_EQ(guest_("fd_write", file_, v, 0x2000'0001, r), k_EINVAL) << "times 8 is 8 in 32 bits";
  for (uint32_t wild : k_wild) {
    guest_.set_vector(0, d, 4);
    guest_.set_vector(1, wild, 8);
    EXPECT_EQ(guest_("fd_write", file_, v, 2, r), k_EFAULT);
    EXPECT_EQ(guest_("fd_read", file_, v, 2, r), k_EFAULT);
    guest_.set_vector(1, d, wild);
    EXPECT_EQ(guest_("fd_read", file_, v, 2, r), k_EFAULT);
    guest_.set_vector(1, wild, 0);
    EXPECT_EQ(guest_("fd_pread", file_, v, 2, uint64_t{0}, r), 0u) << "nothing is not anywhere";
  }
  EXPECT_EQ(guest_.root.read("file"), "0123456789");
}

TEST_F(PointersTest, NoMemory) {
  guest_.drop_memory();
  for (const Case& one : cases()) {
    EXPECT_EQ(guest_.call(one.name, one.arguments.data(), one.arguments.size()), k_EFAULT) << one.name;
  }
  EXPECT_EQ(guest_("sched_yield"), 0u);
  EXPECT_EQ(guest_("fd_sync", file_), 0u);
}

TEST_F(PointersTest, RandomArgumentsDoNoHarm) {
  std::mt19937_64 random(1);
  const uint32_t values[] = {0,     1,           2,           3,           4,          5,         7,
                             r,     p,           v,           d,           q,          k_end - 8, k_end,
                             0x100, 0x8000'0000, 0xffff'ffff, 0xffff'0000, 0x7fff'ffff};
  for (const PersonalityRow& row : find_personality("wasi_snapshot_preview1")->rows) {
    size_t count = row.type().params.size();
    for (int round = 0; round < 400; ++round) {
      uint64_t words[16];
      for (size_t i = 0; i < count; ++i) {
        words[i] = values[random() % std::size(values)] | (random() % 4 ? 0 : random() << 32);
      }
      uint32_t error = guest_.call(std::string(row.name).c_str(), words, count);
      ASSERT_TRUE(guest_.status != HostStatus::ok || error <= 76) << row.name << " " << error;
    }
  }
}

}  // namespace
}  // namespace lindvm
