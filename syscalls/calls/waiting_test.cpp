// poll, select and epoll: guest numbers, guest layouts, and what happens to files that are closed meanwhile.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>

#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

constexpr uint32_t k_at = NumberGuest::k_data, k_time = NumberGuest::k_other_path, k_sets = 1200;

/// struct epoll_event of the guest.
struct Event {
  uint32_t events, pad;
  uint64_t data;
};
struct Time {
  int64_t seconds, nanoseconds;
};

class WaitingTest : public testing::Test {
 protected:
  int32_t poll(std::initializer_list<pollfd> items, int64_t nanoseconds = 0) {
    uint32_t at = k_at;
    for (const pollfd& item : items) guest_.poke(at, item), at += sizeof item;
    guest_.poke(k_time, Time{0, nanoseconds});
    return guest_.sys("ppoll_time64", k_at, items.size(), k_time, 0, 0);
  }
  short revents(uint32_t index) { return guest_.peek<pollfd>(k_at + index * sizeof(pollfd)).revents; }
  int32_t control(int32_t epoll, int operation, int32_t fd, uint32_t events, uint64_t data) {
    guest_.poke(k_at, Event{events, 0xdead, data});
    return guest_.sys("epoll_ctl", epoll, operation, fd, k_at);
  }
  int32_t wait(int32_t epoll, uint32_t most = 8) {
    return guest_.sys("epoll_pwait", epoll, k_at, most, 0, 0, 0);
  }
  Event event(uint32_t index) { return guest_.peek<Event>(k_at + index * sizeof(Event)); }

  NumberGuest guest_;
};

TEST_F(WaitingTest, PollTranslatesNumbers) {
  auto [in, out] = guest_.pipe();
  EXPECT_EQ(poll({{in, POLLIN, 0}, {out, POLLOUT, 0}, {77, POLLIN, 0}, {-1, POLLIN, 7}}), 2);
  EXPECT_EQ(revents(0), 0);
  EXPECT_EQ(revents(1), POLLOUT);
  EXPECT_EQ(revents(2), POLLNVAL);
  EXPECT_EQ(revents(3), 0);
  EXPECT_EQ(guest_.sys("close", out), 0);
  EXPECT_EQ(poll({{in, POLLIN, 0}}), 1);
  EXPECT_EQ(revents(0), POLLHUP);
  EXPECT_EQ(guest_.sys("ppoll_time64", 0xffff'fff0, 9, 0, 0, 0), -EFAULT);
}

TEST_F(WaitingTest, PollGivesBackTheTimeThatIsLeft) {
  auto [in, out] = guest_.pipe();
  EXPECT_EQ(poll({{in, POLLIN, 0}}, 2'000'000), 0);
  EXPECT_EQ(guest_.peek<Time>(k_time).nanoseconds, 0);
  EXPECT_EQ(poll({{in, POLLIN, 0}}, 1'000'000'000), -EINVAL);
}

TEST_F(WaitingTest, SelectTranslatesSets) {
  auto [in, out] = guest_.pipe();
  uint32_t reads = k_sets, writes = k_sets + 128;
  guest_.poke(reads, uint64_t{1} << in | uint64_t{1} << 63);
  guest_.poke(writes, uint64_t{1} << out);
  guest_.poke(k_time, Time{0, 0});
  auto end = static_cast<uint32_t>(out) + 1;
  EXPECT_EQ(guest_.sys("pselect6_time64", end, reads, writes, 0, k_time, 0), 1);
  EXPECT_EQ(guest_.peek<uint32_t>(reads), 0u);
  EXPECT_EQ(guest_.peek<uint32_t>(writes), uint32_t{1} << out);
  EXPECT_EQ(guest_.peek<uint32_t>(reads + 4), uint32_t{1} << 31) << "beyond the end";
  EXPECT_EQ(guest_.sys("pselect6_time64", 64, reads, 0, 0, k_time, 0), -EBADF);
  EXPECT_EQ(guest_.sys("pselect6_time64", -1, reads, 0, 0, k_time, 0), -EINVAL);
  EXPECT_EQ(guest_.sys("pselect6_time64", 64, 0xffff'fffe, 0, 0, k_time, 0), -EFAULT);
}

TEST_F(WaitingTest, EpollKeepsDataAndLayout) {
  auto [in, out] = guest_.pipe();
  int32_t epoll = guest_.sys("epoll_create1", EPOLL_CLOEXEC);
  ASSERT_GT(epoll, 0);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, in, EPOLLIN, 0x1122'3344'5566'7788), 0);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, out, EPOLLOUT, 9), 0);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, in, EPOLLIN, 0), -EEXIST);
  EXPECT_EQ(guest_.sys("write", out, guest_.put("x"), 1), 1);
  ASSERT_EQ(wait(epoll), 2);
  EXPECT_EQ(event(0).data + event(1).data, 0x1122'3344'5566'7788 + 9u);
  EXPECT_EQ(wait(epoll, 1), 1);
  EXPECT_EQ(control(epoll, EPOLL_CTL_MOD, out, EPOLLIN, 9), 0);
  ASSERT_EQ(wait(epoll), 1);
  EXPECT_EQ(event(0).events, uint32_t{EPOLLIN});
  EXPECT_EQ(control(epoll, EPOLL_CTL_DEL, in, 0, 0), 0);
  EXPECT_EQ(control(epoll, EPOLL_CTL_DEL, in, 0, 0), -ENOENT);
  EXPECT_EQ(wait(epoll), 0);
}

TEST_F(WaitingTest, EpollHasItsErrors) {
  auto [in, out] = guest_.pipe();
  int32_t epoll = guest_.sys("epoll_create1", 0);
  guest_.root.write("file", "");
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, guest_.open("file"), EPOLLIN, 0), -EPERM);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, epoll, EPOLLIN, 0), -EINVAL);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, 99, EPOLLIN, 0), -EBADF);
  EXPECT_EQ(control(in, EPOLL_CTL_ADD, out, EPOLLIN, 0), -EINVAL);
  EXPECT_EQ(control(epoll, 7, in, EPOLLIN, 0), -EINVAL);
  EXPECT_EQ(control(epoll, EPOLL_CTL_MOD, in, EPOLLIN, 0), -ENOENT);
  EXPECT_EQ(guest_.sys("epoll_ctl", epoll, EPOLL_CTL_ADD, in, 0xffff'fff8), -EFAULT);
  EXPECT_EQ(wait(epoll, 0), -EINVAL);
  EXPECT_EQ(guest_.sys("epoll_create1", 1), -EINVAL);
  EXPECT_EQ(guest_.sys("epoll_pwait", epoll, 0xffff'fff8, 2, 0, 0, 0), -EFAULT);
}

TEST_F(WaitingTest, EpollItemsEndWithTheirFile) {
  auto [in, out] = guest_.pipe();
  int32_t epoll = guest_.sys("epoll_create1", 0);
  int32_t again = guest_.sys("dup", out);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, out, EPOLLOUT, 1), 0);
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, again, EPOLLOUT, 2), 0) << "the same file under another number";
  EXPECT_EQ(wait(epoll), 2);
  EXPECT_EQ(guest_.sys("close", out), 0);
  EXPECT_EQ(wait(epoll), 2) << "the file is open";
  EXPECT_EQ(control(epoll, EPOLL_CTL_DEL, out, 0, 0), -EBADF);
  EXPECT_EQ(guest_.sys("close", again), 0);
  EXPECT_EQ(wait(epoll), 0);
  auto [other_in, other_out] = guest_.pipe();
  EXPECT_EQ(other_in, out) << "the number is used again";
  EXPECT_EQ(control(epoll, EPOLL_CTL_ADD, other_in, EPOLLIN, 3), 0);
}

TEST_F(WaitingTest, EpollItemsOfInheritedFilesEndToo) {
  int host[2];
  ASSERT_EQ(::pipe(host), 0);
  WasiConfig config;
  config.stdio = {host[0], host[1], -1};
  NumberGuest guest(config);
  int32_t epoll = guest.sys("epoll_create1", 0);
  for (int round = 0; round < 3; ++round) {
    guest.poke(k_at, Event{EPOLLOUT, 0, 5});
    EXPECT_EQ(guest.sys("epoll_ctl", epoll, EPOLL_CTL_ADD, 1, k_at), 0);
    EXPECT_EQ(guest.sys("epoll_pwait", epoll, k_at, 8, 0, 0, 0), 1);
    if (round < 2) {
      EXPECT_EQ(guest.sys("epoll_ctl", epoll, EPOLL_CTL_DEL, 1, 0), 0);
    }
  }
  EXPECT_EQ(guest.sys("close", 1), 0);
  EXPECT_EQ(guest.sys("epoll_pwait", epoll, k_at, 8, 0, 0, 0), 0);
  EXPECT_EQ(::write(host[1], "x", 1), 1) << "the host's is open";
  ::close(host[0]), ::close(host[1]);
}

TEST_F(WaitingTest, EpollNests) {
  auto [in, out] = guest_.pipe();
  int32_t inner = guest_.sys("epoll_create1", 0), outer = guest_.sys("epoll_create1", 0);
  EXPECT_EQ(control(inner, EPOLL_CTL_ADD, in, EPOLLIN, 1), 0);
  EXPECT_EQ(control(outer, EPOLL_CTL_ADD, inner, EPOLLIN, 2), 0);
  EXPECT_EQ(control(inner, EPOLL_CTL_ADD, outer, EPOLLIN, 3), -ELOOP);
  EXPECT_EQ(wait(outer), 0);
  EXPECT_EQ(guest_.sys("write", out, guest_.put("x"), 1), 1);
  ASSERT_EQ(wait(outer), 1);
  EXPECT_EQ(event(0).data, 2u);
}

}  // namespace
}  // namespace lindvm
