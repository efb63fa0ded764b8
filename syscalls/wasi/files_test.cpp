// WASI's functions on descriptors and for the process, called as a guest calls them.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "syscalls/testing/wasi_guest.h"
#include "syscalls/wasi/abi.h"

namespace lindvm {
namespace {

using namespace wasi_errno;
using namespace wasi;
constexpr uint32_t k_result = WasiGuest::k_result, k_data = WasiGuest::k_data,
                   k_vectors = WasiGuest::k_vectors;
constexpr uint64_t k_file_rights = 0x0fff'ffff;
constexpr uint32_t k_creat = 1, k_directory = 2, k_excl = 4, k_trunc = 8;

TEST(WasiProcess, ArgumentsAndEnvironment) {
  WasiGuest guest({.args = {"prog", "x y"}, .env = {"A=1", "B="}});
  EXPECT_EQ(guest("args_sizes_get", k_result, k_result + 4), 0u);
  EXPECT_EQ(guest.peek(), 2u);
  EXPECT_EQ(guest.peek(k_result + 4), 9u);
  EXPECT_EQ(guest("args_get", k_result, k_data), 0u);
  EXPECT_EQ(guest.peek(), k_data);
  EXPECT_EQ(guest.peek(k_result + 4), k_data + 5);
  EXPECT_EQ(guest.text(k_data, 9), std::string("prog\0x y\0", 9));
  EXPECT_EQ(guest("environ_sizes_get", k_result, k_result + 4), 0u);
  EXPECT_EQ(guest.peek(k_result + 4), 7u);
  EXPECT_EQ(guest("environ_get", k_result, k_data), 0u);
  EXPECT_EQ(guest.text(k_data, 7), std::string("A=1\0B=\0", 7));
}

TEST(WasiProcess, ClocksAndChance) {
  WasiGuest guest;
  for (uint32_t clock = 0; clock < 4; ++clock) {
    EXPECT_EQ(guest("clock_time_get", clock, uint64_t{1}, k_result), 0u);
    EXPECT_EQ(guest("clock_res_get", clock, k_data), 0u);
    EXPECT_GT(guest.peek<uint64_t>(k_data), 0u);
  }
  EXPECT_EQ(guest("clock_time_get", 4, uint64_t{0}, k_result), k_EINVAL);
  EXPECT_EQ(guest("clock_time_get", 0, uint64_t{0}, k_result), 0u);
  EXPECT_NEAR(static_cast<double>(guest.peek<uint64_t>()) / 1e9, static_cast<double>(time(nullptr)), 5);
  EXPECT_EQ(guest("random_get", k_data, 64), 0u);
  EXPECT_NE(guest.text(k_data, 64), std::string(64, '\0'));
  EXPECT_EQ(guest("sched_yield"), 0u);
}

TEST(WasiProcess, EndsByExitAndSignal) {
  WasiGuest guest;
  guest("proc_exit", 42);
  EXPECT_EQ(guest.status, HostStatus::exit);
  EXPECT_EQ(guest.store().main_thread().exit_code, 42u);
  guest("proc_raise", 6);
  EXPECT_EQ(guest.status, HostStatus::exit);
  EXPECT_EQ(guest.store().main_thread().exit_code, 128u + SIGABRT);
  EXPECT_EQ(guest("proc_raise", 0), 0u);
  EXPECT_EQ(guest("proc_raise", 99), k_EINVAL);
  EXPECT_EQ(guest.status, HostStatus::ok);
}

TEST(WasiFiles, Preopens) {
  WasiGuest guest;
  EXPECT_EQ(guest("fd_prestat_get", 3, k_result), 0u);
  EXPECT_EQ(guest.peek<uint8_t>(), 0u);
  EXPECT_EQ(guest.peek(k_result + 4), 1u);
  EXPECT_EQ(guest("fd_prestat_dir_name", 3, k_data, 1), 0u);
  EXPECT_EQ(guest.text(k_data, 1), "/");
  EXPECT_EQ(guest("fd_prestat_dir_name", 3, k_data, 0), k_ENAMETOOLONG);
  EXPECT_EQ(guest("fd_prestat_get", 0, k_result), k_EBADF);
  EXPECT_EQ(guest("fd_prestat_get", 4, k_result), k_EBADF);
}

TEST(WasiFiles, ReadsWritesAndSeeks) {
  WasiGuest guest;
  int fd = guest.open("file", k_creat | k_excl, k_file_rights);
  ASSERT_EQ(fd, 4);
  EXPECT_EQ(guest.open("file", k_creat | k_excl, k_file_rights), -static_cast<int>(k_EEXIST));
  EXPECT_EQ(guest.write(fd, "hello world"), 0u);
  EXPECT_EQ(guest.peek(), 11u);
  EXPECT_EQ(guest("fd_tell", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint64_t>(), 11u);
  EXPECT_EQ(guest("fd_seek", fd, int64_t{-5}, 2, k_result), 0u);
  EXPECT_EQ(guest.peek<uint64_t>(), 6u);
  guest.set_vector(0, k_data, 2);
  guest.set_vector(1, k_data + 100, 50);
  EXPECT_EQ(guest("fd_read", fd, k_vectors, 2, k_result), 0u);
  EXPECT_EQ(guest.peek(), 5u);
  EXPECT_EQ(guest.text(k_data, 2) + guest.text(k_data + 100, 3), "world");
  EXPECT_EQ(guest("fd_pread", fd, k_vectors, 1, uint64_t{1}, k_result), 0u);
  EXPECT_EQ(guest.text(k_data, 2), "el");
  EXPECT_EQ(guest("fd_pwrite", fd, k_vectors, 1, uint64_t{9}, k_result), 0u);
  EXPECT_EQ(guest.root.read("file"), "hello worel");
  EXPECT_EQ(guest("fd_seek", fd, int64_t{-1}, 0, k_result), k_EINVAL);
  EXPECT_EQ(guest("fd_seek", fd, int64_t{0}, 3, k_result), k_EINVAL);
  EXPECT_EQ(guest("fd_filestat_set_size", fd, uint64_t{3}), 0u);
  EXPECT_EQ(guest("fd_allocate", fd, uint64_t{0}, uint64_t{100}), 0u);
  EXPECT_EQ(guest("fd_allocate", fd, ~uint64_t{0}, uint64_t{100}), k_EINVAL);
  EXPECT_EQ(guest("fd_advise", fd, uint64_t{0}, uint64_t{100}, 1), 0u);
  EXPECT_EQ(guest("fd_advise", fd, uint64_t{0}, uint64_t{100}, 6), k_EINVAL);
  EXPECT_EQ(guest("fd_sync", fd) + guest("fd_datasync", fd), 0u);
  EXPECT_EQ(guest("fd_filestat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint8_t>(k_result + 16), 4u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 24), 1u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 32), 100u);
  EXPECT_EQ(guest("fd_close", fd), 0u);
  EXPECT_EQ(guest("fd_close", fd), k_EBADF);
  EXPECT_EQ(guest.read(fd, 1), k_EBADF);
}

TEST(WasiFiles, FlagsOfDescriptors) {
  WasiGuest guest;
  int fd = guest.open("log", k_creat, k_file_rights, 1);
  EXPECT_EQ(guest.write(fd, "one") + guest("fd_seek", fd, int64_t{0}, 0, k_result), 0u);
  EXPECT_EQ(guest.write(fd, "two"), 0u);
  EXPECT_EQ(guest.root.read("log"), "onetwo");
  EXPECT_EQ(guest("fd_fdstat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint8_t>(), 4u);
  EXPECT_EQ(guest.peek<uint16_t>(k_result + 2), 1u);
  EXPECT_EQ(guest("fd_fdstat_set_flags", fd, 4), 0u);
  EXPECT_EQ(guest("fd_fdstat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint16_t>(k_result + 2), 4u);
  EXPECT_EQ(guest("fd_fdstat_set_flags", fd, 16), k_EINVAL) << "cannot be changed later";
  EXPECT_EQ(guest("fd_fdstat_set_flags", fd, 32), k_EINVAL);
  int synchronous = guest.open("log", 0, k_file_rights, 16);
  EXPECT_EQ(guest("fd_fdstat_get", synchronous, k_result), 0u);
  EXPECT_TRUE(guest.peek<uint16_t>(k_result + 2) & 16);
}

TEST(WasiFiles, RightsOnlyShrink) {
  WasiGuest guest;
  guest.root.write("file", "text");
  int fd = guest.open("file", 0, FD_READ | FD_SEEK | FD_TELL);
  EXPECT_EQ(guest.write(fd, "x"), k_ENOTCAPABLE);
  EXPECT_EQ(guest("fd_filestat_get", fd, k_result), k_ENOTCAPABLE);
  EXPECT_EQ(guest.read(fd, 4), 0u);
  EXPECT_EQ(guest("fd_fdstat_set_rights", fd, uint64_t{FD_READ | FD_WRITE}, uint64_t{0}), k_ENOTCAPABLE);
  EXPECT_EQ(guest("fd_fdstat_set_rights", fd, uint64_t{FD_TELL}, uint64_t{0}), 0u);
  EXPECT_EQ(guest.read(fd, 4), k_ENOTCAPABLE);
  EXPECT_EQ(guest("fd_seek", fd, int64_t{0}, 1, k_result), 0u) << "telling is seeking by nothing";
  EXPECT_EQ(guest("fd_seek", fd, int64_t{0}, 0, k_result), k_ENOTCAPABLE);
  EXPECT_EQ(guest("fd_fdstat_set_rights", 3, uint64_t{PATH_OPEN}, uint64_t{FD_READ}), 0u);
  EXPECT_EQ(guest.open("file", 0, FD_WRITE), -static_cast<int>(k_ENOTCAPABLE));
  EXPECT_EQ(guest.open("new", k_creat, FD_READ), -static_cast<int>(k_ENOTCAPABLE));
  EXPECT_EQ(guest.open("file", k_trunc, FD_READ), -static_cast<int>(k_ENOTCAPABLE));
  EXPECT_GT(guest.open("file", 0, FD_READ), 0);
  EXPECT_EQ(guest.at_path("path_unlink_file", "file"), k_ENOTCAPABLE);
}

TEST(WasiFiles, Renumber) {
  WasiGuest guest;
  guest.root.write("a", "aaa");
  guest.root.write("b", "bbb");
  int a = guest.open("a", 0, FD_READ), b = guest.open("b", 0, FD_READ);
  EXPECT_EQ(guest("fd_renumber", a, 77), k_EBADF);
  EXPECT_EQ(guest("fd_renumber", 77, a), k_EBADF);
  EXPECT_EQ(guest("fd_renumber", a, a), 0u);
  EXPECT_EQ(guest("fd_renumber", a, b), 0u);
  EXPECT_EQ(guest.read(a, 3), k_EBADF);
  EXPECT_EQ(guest.read(b, 3), 0u);
  EXPECT_EQ(guest.text(k_data, 3), "aaa");
  EXPECT_EQ(guest.open("b", 0, FD_READ), a) << "the lowest free number";
}

/// Reads a directory with a buffer of `size` bytes as libc does: whatever does not fit is asked for again.
std::multiset<std::string> list(WasiGuest& guest, uint32_t size) {
  std::multiset<std::string> names;
  uint64_t cookie = 0;
  while (true) {
    EXPECT_EQ(guest("fd_readdir", 3, k_data, size, cookie, k_result), 0u);
    uint32_t used = guest.peek();
    uint32_t at = 0;
    while (at + 24 <= used) {
      uint32_t length = guest.peek(k_data + at + 16);
      if (at + 24 + length > used) break;
      names.insert(guest.text(k_data + at + 24, length));
      cookie = guest.peek<uint64_t>(k_data + at);
      at += 24 + length;
    }
    if (used < size) return names;
    if (at == 0) return {"buffer too small"};
  }
}

TEST(WasiFiles, ReadsDirectoriesInPieces) {
  WasiGuest guest;
  std::multiset<std::string> expected{".", ".."};
  for (int i = 0; i < 300; ++i) {
    std::string name = "entry-" + std::to_string(i) + std::string(static_cast<size_t>(i % 40), 'x');
    guest.root.write(name, "");
    expected.insert(name);
  }
  EXPECT_EQ(list(guest, 100'000), expected);
  EXPECT_EQ(list(guest, 4096), expected);
  EXPECT_EQ(list(guest, 80), expected);
  EXPECT_EQ(guest("fd_readdir", 3, k_data, 10, uint64_t{0}, k_result), 0u);
  EXPECT_EQ(guest.peek(), 10u) << "even a part of the header";
  EXPECT_EQ(guest("fd_readdir", 0, k_data, 10, uint64_t{0}, k_result), k_ENOTCAPABLE);
}

TEST(WasiFiles, TimesOfFiles) {
  WasiGuest guest;
  guest.root.write("file", "");
  int fd = guest.open("file", 0, k_file_rights);
  EXPECT_EQ(guest("fd_filestat_set_times", fd, uint64_t{5'000'000'007}, uint64_t{9}, 1 | 4), 0u);
  EXPECT_EQ(guest("fd_filestat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 40), 5'000'000'007u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 48), 9u);
  EXPECT_EQ(guest("fd_filestat_set_times", fd, uint64_t{1}, uint64_t{1}, 1 | 2), k_EINVAL);
  EXPECT_EQ(guest("fd_filestat_set_times", fd, uint64_t{1}, uint64_t{1}, 8), 0u);
  EXPECT_EQ(guest("fd_filestat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 40), 5'000'000'007u) << "left alone";
  EXPECT_GT(guest.peek<uint64_t>(k_result + 48), 1'000'000'000'000'000'000u);
}

TEST(WasiFiles, ClosesWhatItOpened) {
  auto count = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  auto before = count();
  {
    WasiGuest guest;
    for (int i = 0; i < 20; ++i) guest.open("f" + std::to_string(i), k_creat, k_file_rights);
    guest.stat("f1");
    guest.at_path("path_create_directory", "dir/none");
    EXPECT_GE(count(), before + 20);
  }
  EXPECT_EQ(count(), before);
}

class WasiSockets : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair_), 0);
    guest_.emplace(WasiConfig{.inherited = {pair_[0]}});
  }
  void TearDown() override {
    close(pair_[0]);
    close(pair_[1]);
  }
  static constexpr uint32_t k_socket = 4;
  int pair_[2];
  std::optional<WasiGuest> guest_;
};

TEST_F(WasiSockets, SendReceiveShutdown) {
  WasiGuest& guest = *guest_;
  EXPECT_EQ(guest("fd_fdstat_get", k_socket, k_result), 0u);
  EXPECT_EQ(guest.peek<uint8_t>(), 6u);
  guest.put_path("ping", k_data);
  guest.set_vector(0, k_data, 4);
  EXPECT_EQ(guest("sock_send", k_socket, k_vectors, 1, 0, k_result), 0u);
  EXPECT_EQ(guest.peek(), 4u);
  char text[8];
  EXPECT_EQ(::read(pair_[1], text, sizeof text), 4);
  ASSERT_EQ(::write(pair_[1], "pong", 4), 4);
  EXPECT_EQ(guest("sock_recv", k_socket, k_vectors, 1, 1, k_result, k_result + 8), 0u);
  EXPECT_EQ(guest("sock_recv", k_socket, k_vectors, 1, 0, k_result, k_result + 8), 0u) << "it was a peek";
  EXPECT_EQ(guest.text(k_data, 4), "pong");
  EXPECT_EQ(guest("sock_shutdown", k_socket, 0), k_EINVAL);
  EXPECT_EQ(guest("sock_shutdown", k_socket, 2), 0u);
  EXPECT_EQ(guest("sock_send", k_socket, k_vectors, 1, 0, k_result), k_EPIPE);
  EXPECT_EQ(guest("sock_accept", k_socket, 0, k_result), k_EINVAL) << "does not listen";
  EXPECT_EQ(guest("sock_shutdown", 3, 1), k_ENOTCAPABLE);
}

TEST_F(WasiSockets, NonblockingStaysOurs) {
  WasiGuest& guest = *guest_;
  EXPECT_EQ(guest("fd_fdstat_set_flags", k_socket, 4), 0u);
  EXPECT_EQ(fcntl(pair_[0], F_GETFL) & O_NONBLOCK, 0) << "others share the description";
  guest.set_vector(0, k_data, 4);
  EXPECT_EQ(guest("fd_read", k_socket, k_vectors, 1, k_result), k_EAGAIN);
  EXPECT_EQ(guest("sock_recv", k_socket, k_vectors, 1, 0, k_result, k_result + 8), k_EAGAIN);
  ASSERT_EQ(::write(pair_[1], "x", 1), 1);
  EXPECT_EQ(guest("fd_read", k_socket, k_vectors, 1, k_result), 0u);
}

class WasiPoll : public WasiSockets {
 protected:
  void subscribe_clock(uint32_t index, uint64_t timeout, uint16_t flags = 0, uint32_t clock = 1) {
    subscribe(index, 0, clock);
    guest_->poke(at(index) + 24, timeout);
    guest_->poke(at(index) + 40, flags);
  }
  void subscribe(uint32_t index, uint8_t type, uint32_t fd_or_clock) {
    guest_->poke(at(index), uint64_t{100} + index);
    guest_->poke(at(index) + 8, type);
    guest_->poke(at(index) + 16, fd_or_clock);
  }
  uint32_t poll(uint32_t count) { return (*guest_)("poll_oneoff", k_data, k_events, count, k_result); }
  uint64_t event_user(uint32_t index) { return guest_->peek<uint64_t>(k_events + 32 * index); }
  uint16_t event_error(uint32_t index) { return guest_->peek<uint16_t>(k_events + 32 * index + 8); }

  static constexpr uint32_t k_events = k_data + 4096;
  static uint32_t at(uint32_t index) { return k_data + 48 * index; }
};

TEST_F(WasiPoll, Clocks) {
  auto begin = std::chrono::steady_clock::now();
  subscribe_clock(0, 20'000'000);
  subscribe_clock(1, 10'000'000'000);
  EXPECT_EQ(poll(2), 0u);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(20));
  EXPECT_EQ(guest_->peek(), 1u);
  EXPECT_EQ(event_user(0), 100u);
  (*guest_)("clock_time_get", 1, uint64_t{0}, k_result);
  subscribe_clock(0, guest_->peek<uint64_t>() + 10'000'000, 1);
  EXPECT_EQ(poll(1), 0u);
  EXPECT_EQ(guest_->peek(), 1u);
  subscribe_clock(0, 1, 1, 0);
  EXPECT_EQ(poll(1), 0u) << "long past";
  subscribe_clock(0, 1, 0, 2);
  EXPECT_EQ(poll(1), 0u);
  EXPECT_EQ(event_error(0), k_EOPNOTSUPP);
  EXPECT_EQ(poll(0), k_EINVAL);
}

TEST_F(WasiPoll, Descriptors) {
  subscribe(0, 1, k_socket);
  subscribe_clock(1, 5'000'000);
  EXPECT_EQ(poll(2), 0u);
  EXPECT_EQ(guest_->peek(), 1u);
  EXPECT_EQ(event_user(0), 101u);
  ASSERT_EQ(::write(pair_[1], "abc", 3), 3);
  EXPECT_EQ(poll(2), 0u);
  EXPECT_EQ(event_user(0), 100u);
  EXPECT_EQ(guest_->peek<uint64_t>(k_events + 16), 3u);
  ::shutdown(pair_[1], SHUT_RDWR);
  EXPECT_EQ(poll(2), 0u);
  EXPECT_EQ(guest_->peek<uint16_t>(k_events + 24), 1u) << "hang-up";
  subscribe(1, 2, 99);
  EXPECT_EQ(poll(2), 0u);
  EXPECT_EQ(guest_->peek(), 2u);
  EXPECT_EQ(event_error(0), k_EBADF);
  subscribe(0, 9, 0);
  EXPECT_EQ(poll(1), 0u);
  EXPECT_EQ(event_error(0), k_EINVAL);
}

TEST_F(WasiPoll, WakesUpForData) {
  subscribe(0, 1, k_socket);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    (void)!::write(pair_[1], "x", 1);
  });
  EXPECT_EQ(poll(1), 0u);
  EXPECT_EQ(event_user(0), 100u);
  writer.join();
}

TEST(WasiUnstable, LayoutsOfPreview0) {
  WasiGuest guest({}, "wasi_unstable");
  guest.root.write("file", "12345");
  int fd = guest.open("file", 0, k_file_rights);
  EXPECT_EQ(guest("fd_seek", fd, int64_t{2}, 2, k_result), 0u) << "2 is SET";
  EXPECT_EQ(guest.peek<uint64_t>(), 2u);
  EXPECT_EQ(guest("fd_seek", fd, int64_t{0}, 1, k_result), 0u) << "1 is END";
  EXPECT_EQ(guest.peek<uint64_t>(), 5u);
  EXPECT_EQ(guest("fd_filestat_get", fd, k_result), 0u);
  EXPECT_EQ(guest.peek<uint32_t>(k_result + 20), 1u);
  EXPECT_EQ(guest.peek<uint64_t>(k_result + 24), 5u);
  guest.poke(k_data + 24, uint32_t{1});
  guest.poke(k_data + 32, uint64_t{1000});
  EXPECT_EQ(guest("poll_oneoff", k_data, k_data + 100, 1, k_result), 0u);
  EXPECT_EQ(guest.peek(), 1u);
  EXPECT_EQ(guest("sock_accept", 3, 0, k_result), k_ENOSYS);
}

TEST(WasiStrace, PrintsAsStraceDoes) {
  ScratchDirectory folder;
  {
    WasiGuest guest({.strace_file = (folder / "trace").string()});
    int fd = guest.open("new\n", k_creat, FD_WRITE);
    guest.write(fd, std::string("\0"
                                "1abc\x7f",
                                6) +
                        std::string(100, 'y'));
    guest.open("missing", k_directory);
    guest("fd_seek", 99, int64_t{0}, 1, k_result);
    guest("path_filestat_get", 3, 1, k_data, 0xffffffff, k_result);
    guest("proc_exit", 3);
  }
  EXPECT_EQ(
      folder.read("trace"),
      "path_open(3, SYMLINK_FOLLOW, \"new\\n\", CREAT, FD_WRITE, FD_WRITE, 0, [4]) = 0\n"
      "fd_write(4, [{\"\\0001abc\\177yyyyyyyyyyyyyyyyyyyyyyyyyy\"..., 106}], 1, [106]) = 0\n"
      "path_open(3, SYMLINK_FOLLOW, \"missing\", DIRECTORY, 0, 0, 0, 0x400) = -1 ENOENT (No such file or "
      "directory)\n"
      "fd_seek(99, 0, SEEK_CUR, 0x400) = -1 EBADF (Bad file descriptor)\n"
      "path_filestat_get(3, SYMLINK_FOLLOW, \"\", 0x400) = -1 EFAULT (Bad address)\n"
      "proc_exit(3) = ?\n"
      "+++ exited with 3 +++\n");
}

}  // namespace
}  // namespace lindvm
