// Calls by number, as a program of the Linux personality makes them. The same rows and handlers that WASI is
// mapped to serve them.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "syscalls/linux/abi.h"
#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

using linux_abi::Timespec;

struct Timespecs {
  Timespec access, modification;
};

class ByNumberTest : public testing::Test {
 protected:
  int call(uint32_t number, std::initializer_list<uint32_t> arguments) {
    return guest_.call(number, arguments);
  }
  uint32_t string(const std::string& text, uint32_t at = WasiGuest::k_path) {
    guest_.put_path(text + '\0', at);
    return at;
  }

  NumberGuest guest_;
  static constexpr uint32_t k_dir = WasiGuest::k_dir, k_data = WasiGuest::k_data,
                            k_result = WasiGuest::k_result;
};

TEST_F(ByNumberTest, FilesWork) {
  int fd = call(56, {k_dir, string("file"), 0102, 0644});
  ASSERT_EQ(fd, 4);
  uint32_t file = static_cast<uint32_t>(fd);
  EXPECT_EQ(call(64, {file, string("hello", k_data), 5}), 5);
  EXPECT_EQ(call(68, {file, k_data, 1, 4, 0}), 1);
  EXPECT_EQ(call(62, {file, 0, 1, k_result, 0}), 0);
  EXPECT_EQ(call(63, {file, k_data, 100}), 4);
  EXPECT_EQ(guest_.text(k_data, 4), "ellh");
  EXPECT_EQ(call(46, {file, 2, 1}), 0) << "4 GiB and 2 bytes";
  EXPECT_EQ(call(291, {k_dir, string("file"), 0, 0x7ff, k_data}), 0);
  EXPECT_EQ(guest_.peek<FileStatus>(k_data).stx_size, 0x1'0000'0002u);
  EXPECT_EQ(call(57, {file}), 0);
  EXPECT_EQ(call(57, {file}), -EBADF);
}

TEST_F(ByNumberTest, ErrorsAreLinuxs) {
  EXPECT_EQ(call(56, {k_dir, string("missing"), 0, 0}), -ENOENT);
  EXPECT_EQ(call(56, {k_dir, 0xffff'fff0, 0, 0}), -EFAULT);
  EXPECT_EQ(call(56, {77, string("missing"), 0, 0}), -EBADF);
  EXPECT_EQ(call(63, {77, 0xffff'fff0, 1}), -EBADF) << "the descriptor is looked at first";
  EXPECT_EQ(call(403, {99, k_data}), -EINVAL);
  EXPECT_EQ(call(9999, {}), -ENOSYS);
  EXPECT_EQ(call(412, {k_dir, string("missing"), 0xffff'0000, 0}), -EFAULT);
}

TEST_F(ByNumberTest, TimesAndEnd) {
  guest_.root.write("file", "");
  guest_.poke(k_data, Timespecs{{5, 6}, {7, 0x7fff'0000'0000'0008}});
  EXPECT_EQ(call(412, {k_dir, string("file"), k_data, 0}), 0);
  EXPECT_EQ(call(291, {k_dir, string("file"), 0x100, 0x7ff, k_data}), 0);
  FileStatus status = guest_.peek<FileStatus>(k_data);
  EXPECT_EQ(status.stx_mtime.tv_sec, 7);
  EXPECT_EQ(status.stx_mtime.tv_nsec, 8u);
  EXPECT_EQ(call(403, {0, k_data}), 0);
  EXPECT_GT(guest_.peek<Timespec>(k_data).seconds, 1'700'000'000);
  call(94, {7});
  EXPECT_EQ(guest_.status, HostStatus::exit);
  EXPECT_EQ(guest_.store().main_thread().exit_code, 7u);
}

}  // namespace
}  // namespace lindvm
