// The descriptor table, fcntl and locks as a guest sees them.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/close_range.h>

#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

constexpr uint32_t k_at = NumberGuest::k_data;

class DescriptorsTest : public testing::Test {
 protected:
  NumberGuest guest_;
};

TEST_F(DescriptorsTest, DuplicatesTakeTheLowestNumber) {
  EXPECT_EQ(guest_.sys("dup", 3), 4);
  EXPECT_EQ(guest_.sys("dup3", 3, 9, O_CLOEXEC), 9);
  EXPECT_EQ(guest_.sys("fcntl64", 9, F_GETFD, 0), FD_CLOEXEC);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_DUPFD, 9), 10);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_DUPFD_CLOEXEC, 5), 5);
  EXPECT_EQ(guest_.sys("fcntl64", 5, F_GETFD, 0), FD_CLOEXEC);
  EXPECT_EQ(guest_.sys("fcntl64", 5, F_SETFD, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 5, F_GETFD, 0), 0);
  EXPECT_EQ(guest_.sys("close", 4), 0);
  EXPECT_EQ(guest_.sys("dup", 3), 4);
}

TEST_F(DescriptorsTest, DuplicationHasItsErrors) {
  EXPECT_EQ(guest_.sys("dup", 50), -EBADF);
  EXPECT_EQ(guest_.sys("dup3", 3, 3, 0), -EINVAL);
  EXPECT_EQ(guest_.sys("dup3", 50, 4, 0), -EBADF);
  EXPECT_EQ(guest_.sys("dup3", 3, 4, O_NONBLOCK), -EINVAL);
  EXPECT_EQ(guest_.sys("dup3", 3, -1, 0), -EBADF);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_DUPFD, -1), -EINVAL);
  EXPECT_EQ(guest_.sys("fcntl64", 3, 999, 0), -EINVAL);
  guest_.process().fds().set_limit(6);
  EXPECT_EQ(guest_.sys("dup", 3), 4);
  EXPECT_EQ(guest_.sys("dup", 3), 5);
  EXPECT_EQ(guest_.sys("dup", 3), -EMFILE);
  EXPECT_EQ(guest_.sys("dup3", 3, 6, 0), -EBADF);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_DUPFD, 6), -EINVAL);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_DUPFD, 5), -EMFILE);
  EXPECT_EQ(guest_.sys("pipe2", guest_.k_result, 0), -EMFILE);
}

TEST_F(DescriptorsTest, RangesCloseAndMark) {
  for (int fd = 4; fd < 10; ++fd) ASSERT_EQ(guest_.sys("dup", 3), fd);
  EXPECT_EQ(guest_.sys("close_range", 5, 6, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 5, F_GETFD, 0), -EBADF);
  EXPECT_EQ(guest_.sys("fcntl64", 7, F_GETFD, 0), 0);
  EXPECT_EQ(guest_.sys("close_range", 7, -1, CLOSE_RANGE_CLOEXEC), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 9, F_GETFD, 0), FD_CLOEXEC);
  EXPECT_EQ(guest_.sys("close_range", 7, 6, 0), -EINVAL);
  EXPECT_EQ(guest_.sys("close_range", 7, 8, 64), -EINVAL);
  guest_.process().fds().close_on_exec();
  EXPECT_EQ(guest_.sys("fcntl64", 4, F_GETFD, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 9, F_GETFD, 0), -EBADF);
}

TEST_F(DescriptorsTest, FlagsOfFilesAreShared) {
  auto [in, out] = guest_.pipe(O_CLOEXEC);
  ASSERT_GT(in, 0);
  int32_t again = guest_.sys("dup", in);
  EXPECT_EQ(guest_.sys("fcntl64", again, F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(guest_.sys("fcntl64", in, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
  EXPECT_EQ(guest_.sys("read", in, k_at, 1), -EAGAIN);
  EXPECT_EQ(guest_.sys("fcntl64", in, F_SETPIPE_SZ, 4096), 4096);
  EXPECT_EQ(guest_.sys("fcntl64", again, F_GETPIPE_SZ, 0), 4096);
  EXPECT_EQ(guest_.sys("close", again), 0);
  EXPECT_EQ(guest_.sys("write", out, guest_.put("x"), 1), 1) << "the file is open";
}

TEST_F(DescriptorsTest, PipesFailWithoutATrace) {
  EXPECT_EQ(guest_.sys("pipe2", 0xffff'fff0, 0), -EFAULT);
  EXPECT_EQ(guest_.sys("pipe2", guest_.k_result, O_APPEND), -EINVAL);
  EXPECT_EQ(guest_.sys("dup", 3), 4);
}

/// struct flock64 of the guest.
struct Lock {
  int16_t type, whence;
  int32_t pad;
  int64_t start, length;
  int32_t pid, pad2;
};

constexpr uint32_t k_getlk64 = 12, k_setlk64 = 13;

int32_t lock(NumberGuest& guest, int32_t fd, uint32_t command, int16_t type, int64_t start, int64_t length,
             int16_t whence = SEEK_SET) {
  guest.poke(k_at, Lock{type, whence, 0, start, length, 0, 0});
  return guest.sys("fcntl64", fd, command, k_at);
}

TEST_F(DescriptorsTest, RecordLocksBelongToTheProcess) {
  guest_.root.write("file", "0123456789");
  WasiConfig config;
  config.preopens.push_back({guest_.root.path().string(), "/shared", false});
  NumberGuest other(config);
  int32_t fd = guest_.open("file", O_RDWR);
  int32_t second = guest_.open("file", O_RDWR);
  int32_t theirs = other.sys("openat", 4, other.put("file"), O_RDWR, 0);
  ASSERT_GT(theirs, 0);
  EXPECT_EQ(lock(guest_, fd, k_setlk64, F_WRLCK, 2, 3), 0);
  EXPECT_EQ(lock(guest_, second, k_setlk64, F_WRLCK, 0, 0), 0) << "its own locks do not stop it";
  EXPECT_EQ(lock(guest_, second, k_setlk64, F_UNLCK, 5, 0), 0);
  EXPECT_EQ(lock(other, theirs, k_setlk64, F_RDLCK, 0, 1), -EAGAIN);
  EXPECT_EQ(lock(other, theirs, k_setlk64, F_RDLCK, 5, 1), 0);
  EXPECT_EQ(lock(other, theirs, k_getlk64, F_WRLCK, 0, 0), 0);
  EXPECT_EQ(other.peek<Lock>(k_at).type, F_WRLCK);
  EXPECT_EQ(other.peek<Lock>(k_at).length, 5);
  EXPECT_EQ(guest_.sys("close", second), 0) << "gives up all of the process's locks";
  EXPECT_EQ(lock(other, theirs, k_setlk64, F_WRLCK, 0, 5), 0);
  EXPECT_EQ(lock(guest_, fd, k_getlk64, F_RDLCK, 7, 1), 0);
  EXPECT_EQ(guest_.peek<Lock>(k_at).type, F_UNLCK);
}

TEST_F(DescriptorsTest, RecordLocksAreChecked) {
  guest_.root.write("file", "0123456789");
  int32_t reader = guest_.open("file", O_RDONLY);
  EXPECT_EQ(lock(guest_, reader, k_setlk64, F_WRLCK, 0, 1), -EBADF);
  EXPECT_EQ(lock(guest_, reader, k_setlk64, F_RDLCK, 0, 1), 0);
  EXPECT_EQ(lock(guest_, reader, k_setlk64, 17, 0, 1), -EINVAL);
  EXPECT_EQ(lock(guest_, reader, k_setlk64, F_RDLCK, -5, 1), -EINVAL);
  EXPECT_EQ(lock(guest_, reader, k_getlk64, F_UNLCK, 0, 1), -EINVAL);
  EXPECT_EQ(guest_.sys("fcntl64", reader, k_setlk64, 0xffff'fff0), -EFAULT);
  EXPECT_EQ(guest_.sys("llseek", reader, 0, 4, guest_.k_result, SEEK_SET), 0);
  EXPECT_EQ(lock(guest_, reader, k_setlk64, F_RDLCK, -5, 1, SEEK_CUR), -EINVAL) << "before the start";
  EXPECT_EQ(lock(guest_, reader, F_OFD_SETLK, F_RDLCK, 0, 1), 0);
}

TEST_F(DescriptorsTest, OwnersAreRemembered) {
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_GETOWN, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_SETOWN, -7), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_GETOWN, 0), -7);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_GETOWN_EX, k_at), 0);
  EXPECT_EQ(guest_.peek<uint32_t>(k_at), 2u) << "F_OWNER_PGRP";
  EXPECT_EQ(guest_.peek<uint32_t>(k_at + 4), 7u);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_SETSIG, 65), -EINVAL);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_SETSIG, 40), 0);
  EXPECT_EQ(guest_.sys("fcntl64", 3, F_GETSIG, 0), 40);
}

}  // namespace
}  // namespace lindvm
