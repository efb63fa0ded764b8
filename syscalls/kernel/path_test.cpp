// Escapes: nothing outside the directory is reached, by the host's resolver and by ours, also while another
// thread swaps links.

#include "syscalls/kernel/path.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "syscalls/kernel/openat2.h"
#include "syscalls/testing/wasi_guest.h"

namespace lindvm {
namespace {

/// outside/secret, root/{file, dir/inner, links...}. Parameter: is openat2 used?
class PathTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(scratch_ / "outside");
    std::filesystem::create_directories(scratch_ / "root/dir/deep");
    scratch_.write("outside/secret", "secret");
    scratch_.write("root/file", "file");
    scratch_.write("root/dir/inner", "inner");
    link("root/to_file", "file");
    link("root/to_dir", "dir");
    link("root/dir/up_to_file", "../file");
    link("root/out", "../outside");
    link("root/out_file", "../outside/secret");
    link("root/absolute", (scratch_ / "outside/secret").string());
    link("root/absolute_inside", (scratch_ / "root/file").string());
    link("root/loop_a", "loop_b");
    link("root/loop_b", "loop_a");
    link("root/dangling", "nowhere");
    link("root/chain", "to_dir/up_to_file");
    directory_ = OwnedFd(::open((scratch_ / "root").c_str(), O_RDONLY | O_DIRECTORY));
    use_openat2(GetParam());
  }
  void TearDown() override { use_openat2(true); }

  void link(const std::string& at, const std::string& target) {
    std::filesystem::create_symlink(target, scratch_ / at);
  }
  int error_of(const char* path, int flags = O_RDONLY) {
    OwnedFd fd;
    return PathResolver::open(directory_.get(), path, flags, 0600, fd).error_number();
  }
  std::string contents(const char* path) {
    OwnedFd fd;
    if (!PathResolver::open(directory_.get(), path, O_RDONLY, 0, fd).ok()) return "error";
    char text[16];
    ssize_t count = ::read(fd.get(), text, sizeof text);
    return {text, static_cast<size_t>(std::max<ssize_t>(count, 0))};
  }

  ScratchDirectory scratch_;
  OwnedFd directory_;
};

TEST_P(PathTest, ReachesWhatIsInside) {
  EXPECT_EQ(contents("file"), "file");
  EXPECT_EQ(contents("./dir/../file"), "file");
  EXPECT_EQ(contents("dir//inner"), "inner");
  EXPECT_EQ(contents("to_file"), "file");
  EXPECT_EQ(contents("to_dir/inner"), "inner");
  EXPECT_EQ(contents("to_dir/up_to_file"), "file");
  EXPECT_EQ(contents("chain"), "file");
  EXPECT_EQ(error_of("."), 0);
  EXPECT_EQ(error_of("dir/.."), 0);
  EXPECT_EQ(error_of("to_dir/", O_RDONLY | O_NOFOLLOW), 0);
}

TEST_P(PathTest, RefusesToLeave) {
  for (const char* path :
       {"..", "../outside/secret", "../root/file", "dir/../../outside/secret", "dir/deep/../../../outside",
        "/", "/etc/passwd", "//etc/passwd", "out", "out/secret", "out_file", "absolute", "absolute_inside",
        "to_dir/../../outside/secret", "out/../root/file", "./../outside"}) {
    EXPECT_EQ(error_of(path), EPERM) << path;
  }
}

TEST_P(PathTest, AnswersAsLinuxDoes) {
  EXPECT_EQ(error_of(""), ENOENT);
  EXPECT_EQ(error_of("missing"), ENOENT);
  EXPECT_EQ(error_of("missing/file"), ENOENT);
  EXPECT_EQ(error_of("dangling"), ENOENT);
  EXPECT_EQ(error_of("file/"), ENOTDIR);
  EXPECT_EQ(error_of("file/x"), ENOTDIR);
  EXPECT_EQ(error_of("file/.."), ENOTDIR);
  EXPECT_EQ(error_of("loop_a"), ELOOP);
  EXPECT_EQ(error_of("to_file", O_RDONLY | O_NOFOLLOW), ELOOP);
  EXPECT_EQ(error_of("dir", O_RDWR), EISDIR);
  EXPECT_EQ(error_of("new/", O_CREAT | O_WRONLY), EISDIR);
  EXPECT_EQ(error_of("file", O_CREAT | O_EXCL | O_WRONLY), EEXIST);
  EXPECT_EQ(error_of("dangling", O_CREAT | O_EXCL | O_WRONLY), EEXIST);
  EXPECT_EQ(error_of(std::string(300, 'n').c_str()), ENAMETOOLONG);
}

TEST_P(PathTest, CreatesInsideOnly) {
  EXPECT_EQ(error_of("dangling", O_CREAT | O_WRONLY), 0);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "root/nowhere"));
  EXPECT_EQ(error_of("out/new", O_CREAT | O_WRONLY), EPERM);
  EXPECT_EQ(error_of("../new", O_CREAT | O_WRONLY), EPERM);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "outside/new"));
}

TEST_P(PathTest, LocatesParents) {
  PathResolver::Place place;
  EXPECT_TRUE(PathResolver::locate(directory_.get(), "to_dir/new/", EBUSY, place).ok());
  EXPECT_EQ(place.name, "new");
  EXPECT_TRUE(place.needs_directory);
  EXPECT_TRUE(PathResolver::locate(directory_.get(), "out", EBUSY, place).ok())
      << "the link itself is inside";
  auto error = [&](const char* path) {
    return PathResolver::locate(directory_.get(), path, EBUSY, place).error_number();
  };
  EXPECT_EQ(error("out/x"), EPERM);
  EXPECT_EQ(error(".."), EPERM);
  EXPECT_EQ(error("dir/.."), EBUSY);
  EXPECT_EQ(error("."), EBUSY);
  EXPECT_EQ(error("/"), EPERM);
  EXPECT_EQ(error("/tmp/x"), EPERM);
  EXPECT_EQ(error(""), ENOENT);
}

/// Another process makes `swap` a directory, a link to the outside and a missing name by turns, and moves a
/// directory out of the tree while a path walks through it.
TEST_P(PathTest, StaysInsideWhileLinksAreSwapped) {
  std::filesystem::create_directory(scratch_ / "root/real");
  scratch_.write("root/real/secret", "inside");
  link("root/evil", "../outside");
  std::filesystem::create_directory(scratch_ / "root/swap");
  std::atomic<bool> is_over{false};
  std::thread attacker([&] {
    std::string swap = scratch_ / "root/swap", real = scratch_ / "root/real", evil = scratch_ / "root/evil";
    std::string deep = scratch_ / "root/dir/deep", moved = scratch_ / "outside/deep";
    while (!is_over) {
      renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, real.c_str(), RENAME_EXCHANGE);
      renameat2(AT_FDCWD, swap.c_str(), AT_FDCWD, evil.c_str(), RENAME_EXCHANGE);
      ::rename(deep.c_str(), moved.c_str());
      ::rename(moved.c_str(), deep.c_str());
    }
  });
  int reached = 0;
  for (int i = 0; i < 3000; ++i) {
    for (const char* path : {"swap/secret", "real/secret", "evil/secret", "dir/deep/../../file",
                             "dir/deep/../../outside/secret", "dir/deep/../secret"}) {
      std::string text = contents(path);
      ASSERT_NE(text, "secret") << path;
      reached += text != "error";
    }
  }
  is_over = true;
  attacker.join();
  EXPECT_GT(reached, 0);
}

INSTANTIATE_TEST_SUITE_P(Resolvers, PathTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Host" : "Walk"; });

}  // namespace
}  // namespace lindvm
