#include "memory/os/private_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "memory/os/build_id.h"

namespace lindvm {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

class PrivateFolderTest : public ::testing::Test {
 protected:
  PrivateFolderTest() : base_(fs::temp_directory_path() / "lindvm-folder-XXXXXX") {
    std::string name = base_;
    base_ = mkdtemp(name.data());
    path_ = base_ / "a" / "b";
  }
  ~PrivateFolderTest() override { fs::remove_all(base_); }

  static std::string contents(const OwnedFd& file) {
    std::string text(file_size(file), '\0');
    EXPECT_TRUE(read_at(file, 0, {reinterpret_cast<uint8_t*>(text.data()), text.size()}));
    return text;
  }

  fs::path base_, path_;
};

TEST_F(PrivateFolderTest, IsMadeForItsUserOnly) {
  EXPECT_FALSE(PrivateFolder::open(path_));
  ASSERT_TRUE(PrivateFolder::make(path_));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(PrivateFolder::open(path_));
}

TEST_F(PrivateFolderTest, FilesAreReplacedAsAWhole) {
  auto folder = PrivateFolder::make(path_);
  ASSERT_TRUE(folder->write_file("x", Bytes{'o', 'l', 'd'}));
  OwnedFd old = folder->open_file("x");
  ASSERT_TRUE(folder->write_file("x", Bytes{'n', 'e', 'w', '!'}));
  EXPECT_EQ(contents(old), "old");
  EXPECT_EQ(contents(folder->open_file("x")), "new!");
  EXPECT_EQ(fs::status(path_ / "x").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_EQ(folder->files().size(), 1u);
  EXPECT_EQ(folder->files()[0].bytes, 4u);
  EXPECT_TRUE(folder->remove("x"));
  EXPECT_TRUE(folder->files().empty());
}

TEST_F(PrivateFolderTest, WhatOthersCanReachIsRefused) {
  ASSERT_TRUE(PrivateFolder::make(path_));
  for (fs::perms extra : {fs::perms::group_read, fs::perms::others_write, fs::perms::group_exec}) {
    fs::permissions(path_, fs::perms::owner_all | extra);
    EXPECT_FALSE(PrivateFolder::make(path_));
  }
  fs::permissions(path_, fs::perms::owner_all);
  auto folder = PrivateFolder::make(path_);
  ASSERT_TRUE(folder->write_file("x", Bytes{1}));
  fs::permissions(path_ / "x", fs::perms::owner_read | fs::perms::others_read);
  EXPECT_FALSE(folder->open_file("x"));
}

TEST_F(PrivateFolderTest, OtherUsersFilesAreRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  auto folder = PrivateFolder::make(path_);
  ASSERT_TRUE(folder->write_file("x", Bytes{1}));
  ASSERT_EQ(chown((path_ / "x").c_str(), 65534, 65534), 0);
  EXPECT_FALSE(folder->open_file("x"));
  ASSERT_EQ(chown(path_.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(PrivateFolder::open(path_));
}

TEST_F(PrivateFolderTest, NothingIsReachedThroughLinks) {
  auto folder = PrivateFolder::make(path_);
  ASSERT_TRUE(folder->write_file("x", Bytes{1}));
  fs::create_symlink("x", path_ / "link");
  fs::create_directory_symlink(path_, base_ / "link");
  EXPECT_FALSE(folder->open_file("link"));
  EXPECT_FALSE(PrivateFolder::make(base_ / "link"));
  fs::create_directory(path_ / "folder");
  ASSERT_EQ(mkfifo((path_ / "fifo").c_str(), 0600), 0);
  EXPECT_FALSE(folder->open_file("folder"));
  EXPECT_FALSE(folder->open_file("fifo"));
  EXPECT_EQ(folder->files().size(), 1u);
  EXPECT_TRUE(folder->write_file("link", Bytes{2}));  // replaces the link, not what it names
  EXPECT_EQ(contents(folder->open_file("x")), "\x01");
}

TEST_F(PrivateFolderTest, AbandonedTemporaryFilesGo) {
  auto folder = PrivateFolder::make(path_);
  std::ofstream(path_ / "tmp-1-0-abc") << "old";
  std::ofstream(path_ / "tmp-2-0-abc") << "new";
  fs::last_write_time(path_ / "tmp-1-0-abc", fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_TRUE(folder->files().empty());
  EXPECT_FALSE(fs::exists(path_ / "tmp-1-0-abc"));
  EXPECT_TRUE(fs::exists(path_ / "tmp-2-0-abc"));
}

TEST(BuildId, ExecutablesHaveOne) { EXPECT_GE(program_build_id().size(), 16u); }

}  // namespace
}  // namespace lindvm
