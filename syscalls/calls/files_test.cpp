// Calls on open files, by number: positions, flags, and data that moves within the host kernel.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <unistd.h>

#include <set>

#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

constexpr uint32_t k_at = NumberGuest::k_data, k_result = NumberGuest::k_result;

class FilesTest : public testing::Test {
 protected:
  FilesTest() { guest_.root.write("from", "0123456789"); }

  std::string text(const char* name) { return guest_.root.read(name); }
  int64_t position(int32_t fd) {
    EXPECT_EQ(guest_.sys("llseek", fd, 0, 0, k_result, SEEK_CUR), 0);
    return guest_.peek<int64_t>(k_result);
  }

  NumberGuest guest_;
};

TEST_F(FilesTest, VectorsWithFlags) {
  int32_t fd = guest_.open("from", O_RDWR);
  guest_.set_vector(0, k_at, 4);
  guest_.set_vector(1, k_at + 100, 100);
  uint32_t v = guest_.k_vectors;
  EXPECT_EQ(guest_.sys("preadv2", fd, v, 2, -1, -1, 0), 10) << "at the file's position";
  EXPECT_EQ(position(fd), 10);
  EXPECT_EQ(guest_.sys("preadv2", fd, v, 2, 3, 0, RWF_HIPRI), 7);
  EXPECT_EQ(guest_.text(k_at, 4), "3456");
  EXPECT_EQ(guest_.sys("preadv2", fd, v, 2, -1, -1, 0x4000'0000), -EOPNOTSUPP);
  EXPECT_EQ(guest_.sys("preadv", fd, v, 1, 8, 0), 2);
  EXPECT_EQ(guest_.sys("preadv", fd, v, 1, -1, -1), -EINVAL);
  EXPECT_EQ(guest_.sys("pwritev2", fd, v, 1, 0, 0, RWF_APPEND), 4);
  EXPECT_EQ(text("from"), "01234567898956");
  EXPECT_EQ(guest_.sys("readv", fd, v, 1025), -EINVAL);
  EXPECT_EQ(guest_.sys("readv", fd, 0xffff'fff0, 8), -EFAULT);
  guest_.set_vector(1, 0xffff'fff0, 100);
  EXPECT_EQ(guest_.sys("readv", fd, v, 2), -EFAULT);
}

TEST_F(FilesTest, CountsOfOtherSigns) {
  int32_t fd = guest_.open("from");
  EXPECT_EQ(guest_.sys("read", fd, 0xffff'ff00, 0x7fff'ffff), -EFAULT);
  EXPECT_EQ(guest_.sys("read", fd, k_at, 0), 0);
  EXPECT_EQ(guest_.sys("pread64", fd, k_at, 10, -1, -1), -EINVAL);
  EXPECT_EQ(guest_.sys("ftruncate64", fd, 4, 0), -EINVAL) << "not open for writing";
  EXPECT_EQ(guest_.sys("fallocate", fd, 0, 0, 0, 0, 0), -EINVAL);
}

TEST_F(FilesTest, DataMovesFromFileToFile) {
  int32_t from = guest_.open("from"), to = guest_.open("to", O_RDWR | O_CREAT);
  guest_.poke(k_at, int64_t{2});
  EXPECT_EQ(guest_.sys("sendfile64", to, from, k_at, 5), 5);
  EXPECT_EQ(guest_.peek<int64_t>(k_at), 7);
  EXPECT_EQ(position(from), 0);
  EXPECT_EQ(guest_.sys("sendfile64", to, from, 0, 100), 10);
  EXPECT_EQ(position(from), 10);
  EXPECT_EQ(text("to"), "234560123456789");
  guest_.poke(k_at, int64_t{1});
  guest_.poke(k_at + 8, int64_t{0});
  EXPECT_EQ(guest_.sys("copy_file_range", from, k_at, to, k_at + 8, 3, 0), 3);
  EXPECT_EQ(guest_.peek<int64_t>(k_at), 4);
  EXPECT_EQ(guest_.peek<int64_t>(k_at + 8), 3);
  EXPECT_EQ(text("to").substr(0, 5), "12356");
  EXPECT_EQ(guest_.sys("copy_file_range", from, k_at, to, 0, 3, 1), -EINVAL);
  EXPECT_EQ(guest_.sys("sendfile64", to, from, 0xffff'fffc, 5), -EFAULT);
}

TEST_F(FilesTest, DataMovesThroughPipes) {
  int32_t from = guest_.open("from"), to = guest_.open("to", O_RDWR | O_CREAT);
  auto [in, out] = guest_.pipe(O_NONBLOCK);
  auto [in2, out2] = guest_.pipe(O_NONBLOCK);
  guest_.poke(k_at, int64_t{4});
  EXPECT_EQ(guest_.sys("splice", from, k_at, out, 0, 3, 0), 3);
  EXPECT_EQ(guest_.peek<int64_t>(k_at), 7);
  EXPECT_EQ(guest_.sys("tee", in, out2, 2, 0), 2);
  EXPECT_EQ(guest_.sys("splice", in, 0, to, 0, 100, 0), 3);
  EXPECT_EQ(text("to"), "456");
  EXPECT_EQ(guest_.sys("splice", in, 0, to, 0, 100, 2), -EAGAIN);
  EXPECT_EQ(guest_.sys("splice", in, k_at, to, 0, 100, 0), -ESPIPE);
  guest_.set_vector(0, guest_.put("xyz"), 3);
  EXPECT_EQ(guest_.sys("vmsplice", out2, guest_.k_vectors, 1, 0), 3);
  EXPECT_EQ(guest_.sys("read", in2, k_at, 100), 5);
  EXPECT_EQ(guest_.text(k_at, 5), "45xyz");
}

TEST_F(FilesTest, DirectoriesAreReadPieceByPiece) {
  std::set<std::string> expected{".", "..", "from"}, found;
  for (int i = 0; i < 40; ++i) {
    std::string name = "file-with-a-long-name-" + std::to_string(i);
    guest_.root.write(name, "");
    expected.insert(name);
  }
  int32_t fd = guest_.open(".", O_DIRECTORY);
  int32_t used = 0, rounds = 0;
  while ((used = guest_.sys("getdents64", fd, k_at, 300)) > 0) {
    ++rounds;
    for (int32_t at = 0; at < used; at += guest_.peek<uint16_t>(k_at + static_cast<uint32_t>(at) + 16)) {
      EXPECT_TRUE(found.insert(guest_.text(k_at + static_cast<uint32_t>(at) + 19, 255).c_str()).second);
    }
  }
  EXPECT_EQ(used, 0);
  EXPECT_GT(rounds, 5);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(guest_.sys("llseek", fd, 0, 0, k_result, SEEK_SET), 0);
  EXPECT_GT(guest_.sys("getdents64", fd, k_at, 4096), 0);
}

TEST_F(FilesTest, DirectoryReadsHaveTheirErrors) {
  int32_t fd = guest_.open(".", O_DIRECTORY);
  EXPECT_EQ(guest_.sys("getdents64", fd, k_at, 10), -EINVAL);
  EXPECT_EQ(guest_.sys("getdents64", fd, 0xffff'fff0, 300), -EFAULT);
  EXPECT_EQ(guest_.sys("getdents64", guest_.open("from"), k_at, 300), -ENOTDIR);
  EXPECT_EQ(guest_.sys("getdents64", guest_.pipe().first, k_at, 300), -ENOTDIR);
}

TEST_F(FilesTest, CachesAreAskedFor) {
  int32_t fd = guest_.open("from", O_RDWR);
  EXPECT_EQ(guest_.sys("readahead", fd, 0, 0, 4096), 0);
  EXPECT_EQ(guest_.sys("sync_file_range", fd, 0, 0, 0, 0, 2), 0);
  EXPECT_EQ(guest_.sys("sync_file_range", fd, 0, 0, 0, 0, 64), -EINVAL);
  EXPECT_EQ(guest_.sys("sync_file_range", guest_.pipe().first, 0, 0, 0, 0, 2), -ESPIPE);
  guest_.poke(k_at, uint64_t{0});
  guest_.poke(k_at + 8, uint64_t{0});
  int32_t answer = guest_.sys("cachestat", fd, k_at, k_at + 64, 0);
  EXPECT_TRUE(answer == 0 || answer == -ENOSYS) << answer;
  if (answer == 0) {
    EXPECT_EQ(guest_.peek<uint64_t>(k_at + 64), 1u) << "pages cached";
  }
}

TEST_F(FilesTest, CountersAreFiles) {
  int32_t fd = guest_.sys("eventfd2", 3, 04000);
  EXPECT_EQ(guest_.sys("read", fd, k_at, 8), 8);
  EXPECT_EQ(guest_.peek<uint64_t>(k_at), 3u);
  EXPECT_EQ(guest_.sys("read", fd, k_at, 8), -EAGAIN);
  EXPECT_EQ(guest_.sys("read", fd, k_at, 4), -EINVAL);
  EXPECT_EQ(guest_.sys("eventfd2", 0, 2), -EINVAL);
}

}  // namespace
}  // namespace lindvm
