// WASI's functions on paths, called as a guest calls them.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "syscalls/testing/wasi_guest.h"
#include "syscalls/wasi/abi.h"

namespace lindvm {
namespace {

using namespace wasi_errno;
using namespace wasi;
constexpr uint32_t k_result = WasiGuest::k_result, k_path = WasiGuest::k_path,
                   k_other_path = WasiGuest::k_other_path, k_data = WasiGuest::k_data;
constexpr uint32_t k_creat = 1, k_directory = 2, k_trunc = 8;
constexpr uint64_t k_file_rights = 0x0fff'ffff;

class WasiPaths : public testing::Test {
 protected:
  uint32_t two_paths(const char* name, const std::string& from, const std::string& to, uint32_t from_dir = 3,
                     uint32_t to_dir = 3) {
    uint32_t from_size = guest_.put_path(from), to_size = guest_.put_path(to, k_other_path);
    return guest_(name, from_dir, k_path, from_size, to_dir, k_other_path, to_size);
  }
  uint32_t rename(const std::string& from, const std::string& to) {
    return two_paths("path_rename", from, to);
  }
  uint32_t link(const std::string& from, const std::string& to, uint32_t lookup = 0) {
    uint32_t from_size = guest_.put_path(from), to_size = guest_.put_path(to, k_other_path);
    return guest_("path_link", 3, lookup, k_path, from_size, 3, k_other_path, to_size);
  }
  uint32_t symlink(const std::string& target, const std::string& path) {
    uint32_t target_size = guest_.put_path(target), size = guest_.put_path(path, k_other_path);
    return guest_("path_symlink", k_path, target_size, 3, k_other_path, size);
  }
  uint32_t readlink(const std::string& path, uint32_t size = 100) {
    uint32_t path_size = guest_.put_path(path);
    return guest_("path_readlink", 3, k_path, path_size, k_data, size, k_result);
  }
  uint32_t mkdir(const std::string& path) { return guest_.at_path("path_create_directory", path); }
  uint32_t rmdir(const std::string& path) { return guest_.at_path("path_remove_directory", path); }
  uint32_t unlink(const std::string& path) { return guest_.at_path("path_unlink_file", path); }

  WasiGuest guest_;
};

TEST_F(WasiPaths, Directories) {
  EXPECT_EQ(mkdir("a"), 0u);
  EXPECT_EQ(mkdir("a"), k_EEXIST);
  EXPECT_EQ(mkdir("a/b/"), 0u);
  EXPECT_EQ(mkdir("x/y"), k_ENOENT);
  EXPECT_EQ(mkdir("."), k_EEXIST);
  EXPECT_EQ(mkdir("a/.."), k_EEXIST);
  EXPECT_EQ(mkdir("../z"), k_EPERM);
  EXPECT_EQ(mkdir(""), k_ENOENT);
  EXPECT_EQ(mkdir("/z"), k_EPERM);
  EXPECT_EQ(mkdir(std::string("z\0z", 3)), k_EINVAL);
  EXPECT_EQ(mkdir(std::string(256, 'z')), k_ENAMETOOLONG);
  EXPECT_EQ(rmdir("a"), k_ENOTEMPTY);
  EXPECT_EQ(unlink("a/b"), k_EISDIR);
  EXPECT_EQ(rmdir("a/b/"), 0u);
  EXPECT_EQ(rmdir("a/b"), k_ENOENT);
  guest_.root.write("file", "");
  EXPECT_EQ(rmdir("file"), k_ENOTDIR);
  EXPECT_EQ(mkdir("file/x"), k_ENOTDIR);
  EXPECT_EQ(unlink("file/"), k_ENOTDIR);
  EXPECT_EQ(unlink("file"), 0u);
  EXPECT_EQ(unlink("file"), k_ENOENT);
}

TEST_F(WasiPaths, DirectoriesAreRoots) {
  mkdir("sub");
  guest_.root.write("above", "");
  guest_.root.write("sub/inner", "");
  int sub = guest_.open("sub", k_directory, ~0ull >> 34);
  ASSERT_GT(sub, 3);
  uint32_t dir = static_cast<uint32_t>(sub);
  EXPECT_GT(guest_.open("inner", 0, FD_READ, 0, 1, dir), 3);
  EXPECT_EQ(guest_.open("../above", 0, FD_READ, 0, 1, dir), -static_cast<int>(k_EPERM));
  int file = guest_.open("above", 0, FD_READ);
  EXPECT_EQ(guest_.open("x", 0, FD_READ, 0, 1, static_cast<uint32_t>(file)),
            -static_cast<int>(k_ENOTCAPABLE));
  EXPECT_EQ(guest_.open("above", k_directory, FD_READ), -static_cast<int>(k_ENOTDIR));
  EXPECT_EQ(guest_.open("sub", 0, FD_READ | FD_WRITE), -static_cast<int>(k_EISDIR));
  EXPECT_EQ(guest_.open("new", k_creat | k_directory, FD_READ), -static_cast<int>(k_EINVAL));
  EXPECT_EQ(guest_.open("new", 16, FD_READ), -static_cast<int>(k_EINVAL));
}

TEST_F(WasiPaths, RenamesAndLinks) {
  guest_.root.write("a", "a");
  mkdir("d");
  EXPECT_EQ(rename("a", "d/b"), 0u);
  EXPECT_EQ(rename("a", "c"), k_ENOENT);
  EXPECT_EQ(rename("d/b", "../b"), k_EPERM);
  EXPECT_EQ(rename("d", "d/e"), k_EINVAL);
  EXPECT_EQ(rename("d/b", "d"), k_ENOTEMPTY);
  EXPECT_EQ(rename(".", "x"), k_EBUSY);
  EXPECT_EQ(link("d/b", "c"), 0u);
  EXPECT_EQ(guest_.stat("c"), 0u);
  EXPECT_EQ(guest_.peek<uint64_t>(k_result + 24), 2u);
  EXPECT_EQ(link("d/b", "c"), k_EEXIST);
  EXPECT_EQ(link("d", "e"), k_EPERM);
  EXPECT_EQ(link("c/", "e"), k_ENOTDIR);
  EXPECT_EQ(link("c", "../e"), k_EPERM);
  EXPECT_EQ(symlink("c", "s"), 0u);
  EXPECT_EQ(link("s", "hard_to_link"), 0u);
  EXPECT_TRUE(std::filesystem::is_symlink(guest_.root / "hard_to_link"));
  EXPECT_EQ(link("s", "hard_to_file", 1), 0u);
  EXPECT_FALSE(std::filesystem::is_symlink(guest_.root / "hard_to_file"));
}

TEST_F(WasiPaths, SymbolicLinks) {
  guest_.root.write("file", "text");
  EXPECT_EQ(symlink("file", "s"), 0u);
  EXPECT_EQ(symlink("file", "s"), k_EEXIST);
  EXPECT_EQ(symlink("", "t"), k_ENOENT);
  EXPECT_EQ(symlink("/etc/passwd", "t"), k_EPERM);
  EXPECT_EQ(symlink("x", "../t"), k_EPERM);
  EXPECT_EQ(readlink("s"), 0u);
  EXPECT_EQ(guest_.peek(), 4u);
  EXPECT_EQ(guest_.text(k_data, 4), "file");
  EXPECT_EQ(readlink("s", 2), 0u);
  EXPECT_EQ(guest_.peek(), 2u);
  EXPECT_EQ(readlink("file"), k_EINVAL);
  EXPECT_EQ(readlink("none"), k_ENOENT);
  EXPECT_EQ(guest_.stat("s", 0), 0u);
  EXPECT_EQ(guest_.peek<uint8_t>(k_result + 16), 7u);
  EXPECT_EQ(guest_.stat("s", 1), 0u);
  EXPECT_EQ(guest_.peek<uint8_t>(k_result + 16), 4u);
  EXPECT_EQ(guest_.open("s", 0, FD_READ, 0, 0), -static_cast<int>(k_ELOOP));
  EXPECT_GT(guest_.open("s", 0, FD_READ), 3);
  EXPECT_EQ(symlink("../outside", "out"), 0u) << "only following it leaves";
  EXPECT_EQ(guest_.stat("out"), k_EPERM);
  EXPECT_EQ(guest_.open("out", k_creat, FD_WRITE), -static_cast<int>(k_EPERM));
  EXPECT_EQ(guest_.stat("out", 0), 0u);
}

TEST_F(WasiPaths, TimesOfLinksAndFiles) {
  guest_.root.write("file", "");
  symlink("file", "s");
  auto set = [&](uint32_t lookup, uint64_t time) {
    uint32_t size = guest_.put_path("s");
    return guest_("path_filestat_set_times", 3, lookup, k_path, size, time, time, 1 | 4);
  };
  EXPECT_EQ(set(1, 1'000'000'000), 0u);
  EXPECT_EQ(set(0, 2'000'000'000), 0u);
  EXPECT_EQ(guest_.stat("file"), 0u);
  EXPECT_EQ(guest_.peek<uint64_t>(k_result + 48), 1'000'000'000u);
  EXPECT_EQ(guest_.stat("s", 0), 0u);
  EXPECT_EQ(guest_.peek<uint64_t>(k_result + 48), 2'000'000'000u);
}

TEST(WasiReadOnly, NothingChanges) {
  ScratchDirectory host;
  host.write("file", "text");
  std::filesystem::create_directory(host / "dir");
  WasiGuest guest({.preopens = {{host.path().string(), "/ro", true}}});
  constexpr uint32_t k_ro = 4;
  auto error = [](uint32_t number) { return -static_cast<int>(number); };
  int fd =
      guest.open("file", 0, k_file_rights & ~(FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE), 0, 1, k_ro);
  ASSERT_GT(fd, 4);
  EXPECT_EQ(guest.read(fd, 4), 0u);
  EXPECT_EQ(guest.write(fd, "x"), k_ENOTCAPABLE);
  EXPECT_EQ(guest("fd_filestat_set_times", fd, uint64_t{1}, uint64_t{1}, 5), k_EROFS);
  EXPECT_EQ(guest.open("file", 0, FD_READ | FD_WRITE, 0, 1, k_ro), error(k_EROFS));
  EXPECT_EQ(guest.open("file", k_trunc, FD_READ, 0, 1, k_ro), error(k_EROFS));
  EXPECT_EQ(guest.open("new", k_creat, FD_WRITE, 0, 1, k_ro), error(k_EROFS));
  EXPECT_EQ(guest.open("new", k_creat, FD_READ, 0, 1, k_ro), error(k_EROFS));
  EXPECT_GT(guest.open("file", k_creat, FD_READ, 0, 1, k_ro), 4);
  EXPECT_EQ(guest.at_path("path_create_directory", "new", k_ro), k_EROFS);
  EXPECT_EQ(guest.at_path("path_unlink_file", "file", k_ro), k_EROFS);
  EXPECT_EQ(guest.at_path("path_remove_directory", "dir", k_ro), k_EROFS);
  int dir = guest.open("dir", k_directory, ~0ull >> 34, 0, 1, k_ro);
  EXPECT_EQ(guest.at_path("path_create_directory", "new", static_cast<uint32_t>(dir)), k_EROFS);
  uint32_t size = guest.put_path("file"), other = guest.put_path("stolen", k_other_path);
  EXPECT_EQ(guest("path_rename", k_ro, k_path, size, 3, k_other_path, other), k_EROFS);
  EXPECT_EQ(guest("path_link", k_ro, 0, k_path, size, 3, k_other_path, other), k_EXDEV)
      << "a link elsewhere could be written";
  EXPECT_EQ(guest("path_filestat_set_times", k_ro, 1, k_path, size, uint64_t{1}, uint64_t{1}, 5), k_EROFS);
  EXPECT_EQ(guest("path_symlink", k_path, size, k_ro, k_other_path, other), k_EROFS);
  EXPECT_EQ(host.read("file"), "text");
}

/// A second process turns a directory into a link to the outside and back, while the guest creates, renames
/// and removes through it.
TEST_F(WasiPaths, ChangesStayInsideWhileLinksAreSwapped) {
  ScratchDirectory outside;
  outside.write("victim", "keep");
  mkdir("swap");
  std::filesystem::create_symlink(outside.path(), guest_.root / "evil");
  std::atomic<bool> is_over{false};
  std::thread attacker([&] {
    std::string swap = guest_.root / "swap", evil = guest_.root / "evil";
    while (!is_over) renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, evil.c_str(), RENAME_EXCHANGE);
  });
  for (int i = 0; i < 3000; ++i) {
    guest_.open("swap/created", k_creat, FD_WRITE);
    guest_("fd_close", 4);
    mkdir("swap/dir");
    rename("swap/created", "swap/victim");
    unlink("swap/victim");
    symlink("x", "swap/link");
    unlink("swap/link");
    rmdir("swap/dir");
  }
  is_over = true;
  attacker.join();
  EXPECT_EQ(outside.read("victim"), "keep");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(outside.path()), {}), 1);
}

}  // namespace
}  // namespace lindvm
