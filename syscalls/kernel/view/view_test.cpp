// The guest's file system: what it sees, and that nothing leads out of it, by the host's resolver and by
// ours.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/openat2.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/testing/linux_guest.h"

namespace lindvm {
namespace {

constexpr uint32_t k_create = O_CREAT | O_WRONLY;
constexpr int k_openat2 = 437, k_chroot = 51, k_fchdir = 50, k_linkat = 37, k_umask = 166, k_mknodat = 33;

/// outside/secret; root/{file, dir/inner, dir/deep, links}; data/text, mounted at /mnt/data, and read-only at
/// /mnt/fixed.
class ViewTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (const char* name : {"outside", "root/dir/deep", "root/tmp", "data/sub"}) {
      std::filesystem::create_directories(scratch_ / name);
    }
    scratch_.write("outside/secret", "secret");
    scratch_.write("root/file", "file");
    scratch_.write("root/dir/inner", "inner");
    scratch_.write("data/text", "text");
    link("root/to_file", "file");
    link("root/to_dir", "dir");
    link("root/dir/up", "../file");
    link("root/out", (scratch_ / "outside").string());
    link("root/out_relative", "../outside");
    link("root/absolute", "/dir/inner");
    link("root/to_mount", "/mnt/data/text");
    link("root/loop", "loop");
    link("root/dangling", "nowhere");
    link("data/back", "../../file");
    link("root/slash", "/");
    use_openat2(GetParam());
    LinuxConfig config;
    config.view.root = ViewMount{(scratch_ / "root").string(), "/", false};
    config.view.mounts = {{(scratch_ / "data").string(), "/mnt/data", false},
                          {(scratch_ / "data").string(), "/mnt/fixed", true}};
    config.args = {"program"};
    guest_.emplace(config);
  }
  void TearDown() override { use_openat2(true); }

  void link(const std::string& at, const std::string& target) {
    std::filesystem::create_symlink(target, scratch_ / at);
  }
  std::string error(int number) { return "errno " + std::to_string(number); }
  int open2(const std::string& path, uint64_t resolve, uint64_t flags = O_RDONLY) {
    open_how how{};
    how.flags = flags;
    how.resolve = resolve;
    std::memcpy(guest_->memory().base() + LinuxGuest::k_result, &how, sizeof how);
    return guest_->call(k_openat2,
                        {LinuxGuest::k_cwd, guest_->string(path), LinuxGuest::k_result, sizeof how});
  }
  uint32_t open_directory(const std::string& path) {
    int fd = guest_->open(path, O_RDONLY | O_DIRECTORY);
    EXPECT_GE(fd, 0) << path;
    return static_cast<uint32_t>(fd);
  }

  ScratchDirectory scratch_;
  std::optional<LinuxGuest> guest_;
};

TEST_P(ViewTest, PathsReachWhatIsThere) {
  EXPECT_EQ(guest_->read("/file"), "file");
  EXPECT_EQ(guest_->read("//dir/./inner"), "inner");
  EXPECT_EQ(guest_->read("/dir/../file"), "file");
  EXPECT_EQ(guest_->read("/to_dir/inner"), "inner");
  EXPECT_EQ(guest_->read("/dir/up"), "file");
  EXPECT_EQ(guest_->read("/absolute"), "inner") << "absolute links start at the guest's root";
  EXPECT_EQ(guest_->read("/mnt/data/text"), "text");
  EXPECT_EQ(guest_->read("/to_mount"), "text");
  EXPECT_EQ(guest_->read("/mnt/data/sub/../text"), "text");
  EXPECT_EQ(guest_->read("/mnt/data/../data/text"), "text") << "\"..\" leaves a mount";
  EXPECT_EQ(guest_->read("/mnt/data/back"), "file");
  EXPECT_EQ(guest_->read("/slash/slash/file"), "file");
  EXPECT_EQ(guest_->read("/mnt/fixed/text"), "text");
}

TEST_P(ViewTest, NothingLeavesTheRoot) {
  EXPECT_EQ(guest_->read("/../../../../../../etc/hostname"), error(ENOENT));
  EXPECT_EQ(guest_->read("/../file"), "file") << "the root is its own parent";
  EXPECT_EQ(guest_->read("/out/secret"), error(ENOENT)) << "as in a chroot, the target starts at the root";
  EXPECT_EQ(guest_->read("/out_relative/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("/dir/deep/../../../outside/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("/mnt/data/../../../outside/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("/proc/self/root/../outside/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("/proc/self/cwd/../../outside/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("/proc/1/root/etc/hostname"), error(ENOENT));
  EXPECT_EQ(guest_->read("/proc/self/root/file"), "file");
  EXPECT_EQ(guest_->read("/proc/self/cwd/file"), "file");
  uint32_t dir = open_directory("/dir");
  std::string by_descriptor = "/proc/self/fd/" + std::to_string(dir);
  EXPECT_EQ(guest_->read(by_descriptor + "/inner"), "inner");
  EXPECT_EQ(guest_->read(by_descriptor + "/../file"), "file");
  EXPECT_EQ(guest_->read(by_descriptor + "/../../outside/secret"), error(ENOENT));
  EXPECT_EQ(guest_->read("../../outside/secret", dir), error(ENOENT));
  EXPECT_EQ(guest_->read("../file", dir), "file");
  EXPECT_EQ(guest_->open("/out_relative/new", k_create), -ENOENT);
  EXPECT_EQ(guest_->open("/../outside_new", k_create), 4) << "inside";
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "root/outside_new"));
}

TEST_P(ViewTest, DirectoriesMovedOutsideHaveNoParent) {
  uint32_t deep = open_directory("/dir/deep");
  std::filesystem::rename(scratch_ / "root/dir/deep", scratch_ / "outside/deep");
  EXPECT_EQ(guest_->read("../secret", deep), error(ENOENT));
  EXPECT_EQ(guest_->call(k_fchdir, {deep}), 0);
  EXPECT_EQ(guest_->read("../secret"), error(ENOENT));
  EXPECT_EQ(guest_->cwd().find(scratch_.path().string()), std::string::npos) << "no host path is told";
}

TEST_P(ViewTest, LinksByDescriptorStayInside) {
  int file = guest_->open("/file", O_PATH);
  ASSERT_GE(file, 0);
  uint32_t at = guest_->string("");
  auto link_to = [&](const std::string& path) {
    return guest_->call(k_linkat, {static_cast<uint32_t>(file), at, LinuxGuest::k_cwd,
                                   guest_->string(path, LinuxGuest::k_other_path), 0x1000});
  };
  EXPECT_EQ(link_to("/second"), 0);
  EXPECT_EQ(guest_->read("/second"), "file");
  EXPECT_EQ(link_to("/mnt/data/second"), -EXDEV);
  EXPECT_EQ(link_to("/../third"), 0);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "root/third"));
  EXPECT_EQ(link_to("/out_relative/third"), -ENOENT);
}

TEST_P(ViewTest, ErrorsAreLinuxs) {
  EXPECT_EQ(guest_->open(""), -ENOENT);
  EXPECT_EQ(guest_->open("/missing"), -ENOENT);
  EXPECT_EQ(guest_->open("/missing/x"), -ENOENT);
  EXPECT_EQ(guest_->open("/file/"), -ENOTDIR);
  EXPECT_EQ(guest_->open("/file/x"), -ENOTDIR);
  EXPECT_EQ(guest_->open("/file/.."), -ENOTDIR);
  EXPECT_EQ(guest_->open("/to_file/.."), -ENOTDIR);
  EXPECT_EQ(guest_->open("/loop"), -ELOOP);
  EXPECT_EQ(guest_->open("/loop/x"), -ELOOP);
  EXPECT_EQ(guest_->open("/to_file", O_NOFOLLOW), -ELOOP);
  EXPECT_EQ(guest_->open("/dir", O_RDWR), -EISDIR);
  EXPECT_EQ(guest_->open("/", O_RDWR), -EISDIR);
  EXPECT_EQ(guest_->open("/new/", k_create), -EISDIR);
  EXPECT_EQ(guest_->open("/file", k_create | O_EXCL), -EEXIST);
  EXPECT_EQ(guest_->open("/dangling", k_create | O_EXCL), -EEXIST);
  EXPECT_EQ(guest_->open("/to_mount", k_create | O_EXCL), -EEXIST);
  EXPECT_EQ(guest_->open("/" + std::string(300, 'n')), -ENAMETOOLONG);
  EXPECT_EQ(guest_->open("/proc/" + std::string(300, 'n')), -ENAMETOOLONG);
  EXPECT_EQ(guest_->open("/file", O_DIRECTORY), -ENOTDIR);
  EXPECT_EQ(guest_->open("/to_file", O_PATH | O_NOFOLLOW | O_DIRECTORY), -ENOTDIR);
  EXPECT_EQ(guest_->open("x", 0, 0, 77), -EBADF);
  EXPECT_EQ(guest_->open("/file", 0, 0, 77), 3) << "absolute paths need no directory";
  EXPECT_EQ(guest_->open("x", 0, 0, 3), -ENOTDIR);
}

TEST_P(ViewTest, NamesChangeInPlaceOnly) {
  EXPECT_EQ(guest_->make_directory("/"), -EEXIST);
  EXPECT_EQ(guest_->make_directory("/dir/.."), -EEXIST);
  EXPECT_EQ(guest_->make_directory("/mnt"), -EEXIST);
  EXPECT_EQ(guest_->make_directory("/mnt/data"), -EEXIST);
  EXPECT_EQ(guest_->make_directory("/mnt/new"), -EROFS) << "/mnt only holds mount points";
  EXPECT_EQ(guest_->make_directory("/to_dir/new"), 0);
  EXPECT_EQ(guest_->make_directory("/to_mount/"), -EEXIST);
  EXPECT_EQ(guest_->remove("/to_dir/new", 0x200), 0);
  EXPECT_EQ(guest_->remove("/mnt/data", 0x200), -EBUSY);
  EXPECT_EQ(guest_->remove("/dir/.", 0x200), -EINVAL);
  EXPECT_EQ(guest_->remove("/dir/..", 0x200), -ENOTEMPTY);
  EXPECT_EQ(guest_->remove("/", 0x200), -EBUSY);
  EXPECT_EQ(guest_->remove("/dir/."), -EISDIR);
  EXPECT_EQ(guest_->remove("/to_dir/", 0x200), -ENOTDIR) << "a link is not followed";
  EXPECT_EQ(guest_->rename("/mnt/data", "/x"), -EBUSY);
  EXPECT_EQ(guest_->rename("/file", "/mnt/data/file"), -EXDEV);
  EXPECT_EQ(guest_->rename("/mnt/data/text", "/mnt/data/moved"), 0);
  EXPECT_EQ(guest_->make_link("/mnt/data/moved", "/to_moved"), 0);
  EXPECT_EQ(guest_->read("/to_moved"), "text");
  EXPECT_EQ(guest_->read_link("/to_moved"), "/mnt/data/moved");
  EXPECT_EQ(guest_->make_link("", "/empty"), -ENOENT);
  EXPECT_EQ(guest_->call(k_mknodat, {LinuxGuest::k_cwd, guest_->string("/device"), S_IFCHR | 0600, 0x103}),
            -EPERM);
  EXPECT_EQ(guest_->call(k_mknodat, {LinuxGuest::k_cwd, guest_->string("/fifo"), S_IFIFO | 0600, 0}), 0);
}

TEST_P(ViewTest, ReadOnlyMountsStayAsTheyAre) {
  EXPECT_EQ(guest_->open("/mnt/fixed/text", O_WRONLY), -EROFS);
  EXPECT_EQ(guest_->open("/mnt/fixed/text", O_TRUNC), -EROFS);
  EXPECT_EQ(guest_->open("/mnt/fixed/new", k_create), -EROFS);
  EXPECT_EQ(guest_->open("/mnt/fixed", O_TMPFILE | O_RDWR), -EROFS);
  EXPECT_EQ(guest_->open("/mnt/fixed/text", O_CREAT | O_EXCL), -EEXIST);
  EXPECT_EQ(guest_->make_directory("/mnt/fixed/new"), -EROFS);
  EXPECT_EQ(guest_->make_directory("/mnt/fixed/sub"), -EEXIST);
  EXPECT_EQ(guest_->remove("/mnt/fixed/text"), -EROFS);
  EXPECT_EQ(guest_->remove("/mnt/fixed/sub", 0x200), -EROFS);
  EXPECT_EQ(guest_->rename("/mnt/fixed/text", "/mnt/fixed/x"), -EROFS);
  EXPECT_EQ(guest_->call(53, {LinuxGuest::k_cwd, guest_->string("/mnt/fixed/text"), 0600}), -EROFS);
  EXPECT_EQ(guest_->call(45, {guest_->string("/mnt/fixed/text"), 0, 0}), -EROFS);
  EXPECT_EQ(guest_->call(48, {LinuxGuest::k_cwd, guest_->string("/mnt/fixed/text"), W_OK}), -EROFS);
  EXPECT_EQ(guest_->call(48, {LinuxGuest::k_cwd, guest_->string("/mnt/fixed/text"), R_OK}), 0);
  int fd = guest_->open("/mnt/fixed/text", O_CREAT);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(guest_->call(52, {static_cast<uint32_t>(fd), 0600}), -EROFS);
  EXPECT_EQ(guest_->open("/proc/self/fd/" + std::to_string(fd), O_RDWR), -EROFS);
  EXPECT_EQ(guest_->open("/dev/fd/" + std::to_string(fd)), fd + 1);
  EXPECT_EQ(scratch_.read("data/text"), "text");
}

TEST_P(ViewTest, CurrentDirectoryFollowsRenames) {
  EXPECT_EQ(guest_->cwd(), "/");
  EXPECT_EQ(guest_->change_directory("/to_dir/deep"), 0);
  EXPECT_EQ(guest_->cwd(), "/dir/deep");
  EXPECT_EQ(guest_->read("../inner"), "inner");
  std::filesystem::rename(scratch_ / "root/dir", scratch_ / "root/moved");
  EXPECT_EQ(guest_->cwd(), "/moved/deep");
  EXPECT_EQ(guest_->read("../../file"), "file");
  EXPECT_EQ(guest_->read_link("/proc/self/cwd"), "/moved/deep");
  EXPECT_EQ(guest_->call(17, {LinuxGuest::k_data, 5}), -ERANGE);
  EXPECT_EQ(guest_->remove("/moved/deep", 0x200), 0);
  EXPECT_EQ(guest_->cwd(), error(ENOENT));
  EXPECT_EQ(guest_->change_directory(".."), 0) << "a removed directory still has a parent";
  EXPECT_EQ(guest_->cwd(), "/moved");
  EXPECT_EQ(guest_->change_directory("/mnt"), 0);
  EXPECT_EQ(guest_->cwd(), "/mnt");
  EXPECT_EQ(guest_->read("data/text"), "text");
  EXPECT_EQ(guest_->change_directory("/file"), -ENOTDIR);
}

TEST_P(ViewTest, ChrootNarrowsTheView) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may";
  uint32_t old = open_directory("/");
  EXPECT_EQ(guest_->call(k_chroot, {guest_->string("/to_dir")}), 0);
  EXPECT_EQ(guest_->read("/inner"), "inner");
  EXPECT_EQ(guest_->read("/../inner"), "inner");
  EXPECT_EQ(guest_->read("/../file"), error(ENOENT));
  EXPECT_EQ(guest_->read("/up"), error(ENOENT)) << "the link's target stays below the new root";
  EXPECT_EQ(guest_->cwd(), "(unreachable)/");
  EXPECT_EQ(guest_->call(k_fchdir, {old}), 0) << "as on Linux, this leaves the new root";
  EXPECT_EQ(guest_->read("file"), "file");
  EXPECT_EQ(guest_->read("../../outside/secret"), error(ENOENT)) << "and never the view";
  EXPECT_EQ(guest_->change_directory("/"), 0);
  EXPECT_EQ(guest_->cwd(), "/");
}

TEST_P(ViewTest, Openat2Restricts) {
  EXPECT_GE(open2("/file", 0), 0);
  EXPECT_EQ(open2("/file", RESOLVE_BENEATH), -EXDEV);
  EXPECT_EQ(open2("dir/../../file", RESOLVE_BENEATH), -EXDEV);
  EXPECT_EQ(open2("absolute", RESOLVE_BENEATH), -EXDEV);
  EXPECT_GE(open2("to_dir/inner", RESOLVE_BENEATH), 0);
  EXPECT_EQ(open2("to_dir/inner", RESOLVE_NO_SYMLINKS), -ELOOP);
  EXPECT_EQ(open2("to_file", RESOLVE_NO_SYMLINKS), -ELOOP);
  EXPECT_EQ(open2("/mnt/data/text", RESOLVE_NO_XDEV), -EXDEV);
  EXPECT_EQ(open2("/proc/self/cwd", RESOLVE_NO_MAGICLINKS), -ELOOP);
  EXPECT_EQ(guest_->change_directory("/dir"), 0);
  EXPECT_GE(open2("/inner", RESOLVE_IN_ROOT), 0);
  EXPECT_GE(open2("../../../inner", RESOLVE_IN_ROOT), 0);
  EXPECT_EQ(open2("up", RESOLVE_IN_ROOT), -ENOENT);
  EXPECT_EQ(open2("inner", RESOLVE_CACHED), -EAGAIN);
  EXPECT_EQ(open2("inner", 0x40), -EINVAL);
  EXPECT_EQ(open2("inner", 0, uint64_t{1} << 40), -EINVAL);
  EXPECT_EQ(open2("inner", 0, O_PATH | O_RDWR), -EINVAL);
}

TEST_P(ViewTest, MadeUpFilesDescribeTheGuest) {
  EXPECT_EQ(guest_->read("/dev/null"), "");
  EXPECT_EQ(guest_->read("/dev/zero").size(), 4096u);
  EXPECT_EQ(guest_->open("/dev/null", O_RDWR | O_CREAT | O_TRUNC), 3);
  EXPECT_EQ(guest_->open("/dev/sda"), -ENOENT);
  EXPECT_EQ(guest_->open("/dev/new", k_create), -EROFS);
  EXPECT_EQ(guest_->status("/dev/null"), 0);
  EXPECT_TRUE(S_ISCHR(guest_->peek<FileStatus>().stx_mode));
  EXPECT_EQ(guest_->read("/proc/self/cmdline"), std::string("program\0", 8));
  EXPECT_EQ(guest_->read("/proc/sys/kernel/ostype"), "Linux\n");
  EXPECT_EQ(guest_->read_link("/proc/self"), std::to_string(process_number()));
  EXPECT_EQ(guest_->read_link("/proc/self/root"), "/");
  EXPECT_EQ(guest_->read_link("/proc/self/fd/3"), "/dev/null");
  EXPECT_EQ(guest_->open("/proc/self/fd/99"), -ENOENT);
  EXPECT_EQ(guest_->open("/proc/self/cmdline", O_WRONLY), -EACCES);
  EXPECT_EQ(guest_->read("/proc/mounts").find(scratch_.path().string()), std::string::npos);
  int file = guest_->open("/mnt/data/text");
  EXPECT_EQ(guest_->read_link("/proc/self/fd/" + std::to_string(file)), "/mnt/data/text");
  EXPECT_EQ(guest_->read("/dev/fd/" + std::to_string(file)), "text");
  EXPECT_EQ(guest_->status("/proc/self/status/x"), -ENOTDIR);
}

TEST_P(ViewTest, TasksHaveDirectoriesOfTheirOwn) {
  std::string task =
      "/proc/" + std::to_string(process_number()) + "/task/" + std::to_string(process_number());
  uint32_t fds = open_directory("/proc/thread-self/fd");
  EXPECT_EQ(guest_->read_link("/proc/self/fd/" + std::to_string(fds)), task + "/fd");
  EXPECT_EQ(guest_->read("../comm", fds), "\n");
  EXPECT_EQ(guest_->read("../../../cmdline", fds), std::string("program\0", 8));
  EXPECT_EQ(guest_->open("/proc/self/task/1"), -ENOENT);
  EXPECT_EQ(guest_->open("/proc/self/task/02"), -ENOENT);
}

TEST_P(ViewTest, TextsAreMadeWhenTheyAreRead) {
  auto file = static_cast<uint32_t>(guest_->open("/proc/self/comm", O_RDWR));
  auto transfer = [&](int number, uint32_t size) {
    return guest_->call(number, {file, LinuxGuest::k_data, size});
  };
  guest_->string("name", LinuxGuest::k_data);
  EXPECT_EQ(transfer(64, 4), 4);
  EXPECT_EQ(transfer(63, 100), 5);
  EXPECT_EQ(guest_->text(5), "name\n");
  guest_->string("other", LinuxGuest::k_data);
  EXPECT_EQ(transfer(64, 5), 5);
  EXPECT_EQ(transfer(63, 100), 0) << "at the end of what it was";
  EXPECT_EQ(guest_->call(62, {file, 0, 0, LinuxGuest::k_result, SEEK_SET}), 0);
  EXPECT_EQ(transfer(63, 100), 6);
  EXPECT_EQ(guest_->text(6), "other\n");
  EXPECT_EQ(guest_->read("/proc/self/comm"), "other\n");
}

TEST_P(ViewTest, MasksAreTheGuests) {
  int inherited = guest_->call(k_umask, {027});
  EXPECT_EQ(guest_->call(k_umask, {027}), 027);
  EXPECT_EQ(inherited & ~0777, 0);
  EXPECT_EQ(guest_->open("/masked", k_create, 0666), 3);
  struct stat status;
  ASSERT_EQ(stat((scratch_ / "root/masked").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

/// Another process swaps a directory with a link to the outside, and moves one out, while paths go through.
TEST_P(ViewTest, StaysInsideWhileOthersMoveThings) {
  std::filesystem::create_directory(scratch_ / "root/real");
  scratch_.write("root/real/secret", "inside");
  link("root/evil", "../outside");
  std::filesystem::create_directory(scratch_ / "root/swap");
  uint32_t deep_fd = open_directory("/dir/deep");
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
  for (int i = 0; i < 1000; ++i) {
    for (const char* path : {"/swap/secret", "/real/secret", "/evil/secret", "/dir/deep/../../file",
                             "/dir/deep/../../outside/secret", "/dir/deep/../secret"}) {
      std::string text = guest_->read(path);
      ASSERT_NE(text, "secret") << path;
      reached += !text.starts_with("errno");
    }
    ASSERT_NE(guest_->read("../secret", deep_fd), "secret");
  }
  is_over = true;
  attacker.join();
  EXPECT_GT(reached, 0);
}

INSTANTIATE_TEST_SUITE_P(Resolvers, ViewTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "Host" : "Walk"; });

TEST(ViewWithoutRoot, HoldsMountsAndPrivateDirectories) {
  ScratchDirectory scratch;
  scratch.write("file", "file");
  std::string temporary;
  {
    LinuxConfig config;
    config.view.mounts = {{scratch.path().string(), scratch.path().string(), false}};
    LinuxGuest guest(config);
    EXPECT_EQ(guest.read((scratch / "file").string()), "file");
    EXPECT_EQ(guest.make_directory("/new"), -EROFS);
    EXPECT_EQ(guest.open("/etc/passwd"), -ENOENT);
    EXPECT_EQ(guest.status("/"), 0);
    EXPECT_TRUE(S_ISDIR(guest.peek<FileStatus>().stx_mode));
    EXPECT_EQ(guest.open("/tmp/own", k_create), 3);
    EXPECT_EQ(guest.open("/dev/shm/own", k_create), 4);
    EXPECT_EQ(guest.read_link("/proc/self/fd/3"), "/tmp/own");
    temporary = host_path_of(guest.process().fds().get(3)->host_fd());
    EXPECT_TRUE(std::filesystem::exists(temporary));
  }
  EXPECT_FALSE(std::filesystem::exists(temporary));
}

}  // namespace
}  // namespace lindvm
