// ioctl by its table: terminals, flags of any file, and requests that are not there.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <set>

#include "syscalls/table/ioctls.h"
#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

constexpr uint32_t k_at = NumberGuest::k_data;

TEST(IoctlTable, RequestsAreUnique) {
  std::set<uint32_t> requests;
#define IOCTL(name, request, host, argument, type, handler) \
  EXPECT_TRUE(requests.insert(request).second) << #name;
#include "syscalls/table/ioctls.def"
}

class IoctlTest : public testing::Test {
 protected:
  NumberGuest guest_;
};

TEST_F(IoctlTest, FlagsOfFiles) {
  auto [in, out] = guest_.pipe();
  ASSERT_EQ(guest_.sys("write", out, guest_.put("abc"), 3), 3);
  EXPECT_EQ(guest_.sys("ioctl", in, FIONREAD, k_at), 0);
  EXPECT_EQ(guest_.peek<int32_t>(k_at), 3);
  EXPECT_EQ(guest_.sys("ioctl", in, FIONREAD, 0xffff'fffe), -EFAULT);
  guest_.poke(k_at, 1);
  EXPECT_EQ(guest_.sys("ioctl", in, FIONBIO, k_at), 0);
  EXPECT_EQ(guest_.sys("fcntl64", in, F_GETFL, 0), O_RDONLY | O_NONBLOCK);
  EXPECT_EQ(guest_.sys("ioctl", in, FIOCLEX, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", in, F_GETFD, 0), FD_CLOEXEC);
  EXPECT_EQ(guest_.sys("ioctl", in, FIONCLEX, 0), 0);
  EXPECT_EQ(guest_.sys("fcntl64", in, F_GETFD, 0), 0);
}

TEST_F(IoctlTest, OthersAreRefused) {
  EXPECT_EQ(guest_.sys("ioctl", 3, 0x12345678, k_at), -ENOTTY);
  EXPECT_EQ(guest_.sys("ioctl", 3, TIOCSTI, k_at), -ENOTTY) << "known to the host only";
  EXPECT_EQ(guest_.sys("ioctl", 3, TIOCGWINSZ, k_at), -ENOTTY);
  EXPECT_EQ(guest_.sys("ioctl", 77, 0x12345678, k_at), -EBADF);
}

TEST_F(IoctlTest, OnlyTheLoopbackInterface) {
  int32_t fd = guest_.sys("socket", AF_INET, SOCK_DGRAM, 0);
  ASSERT_GE(fd, 0);
  guest_.poke(k_at, InterfaceList{3 * sizeof(InterfaceRequest), k_at + 64});
  EXPECT_EQ(guest_.sys("ioctl", fd, SIOCGIFCONF, k_at), 0);
  EXPECT_EQ(guest_.peek<InterfaceList>(k_at).bytes, 32);
  auto listed = guest_.peek<InterfaceRequest>(k_at + 64);
  EXPECT_EQ(listed.name_text(), "lo");
  EXPECT_EQ(listed.get<sockaddr_in>().sin_addr.s_addr, htonl(INADDR_LOOPBACK));
  EXPECT_EQ(guest_.sys("ioctl", fd, SIOCGIFINDEX, k_at + 64), 0);
  EXPECT_EQ(guest_.peek<InterfaceRequest>(k_at + 64).get<int32_t>(), 1);
  guest_.poke(k_at, InterfaceRequest{"eth0", {}});
  EXPECT_EQ(guest_.sys("ioctl", fd, SIOCGIFADDR, k_at), -ENODEV);
  EXPECT_EQ(guest_.sys("ioctl", fd, SIOCSIFADDR, k_at + 64), -EPERM);
  EXPECT_EQ(guest_.sys("ioctl", 0, SIOCGIFADDR, k_at + 64), -ENOTTY);
}

/// On a terminal of its own that controls it: 0, or the number of what is wrong.
int foreground_is_the_guests() {
  int master = ::open("/dev/ptmx", O_RDWR | O_NOCTTY);
  if (master < 0 || setsid() < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return 0;
  WasiConfig config;
  config.stdio = {::open(ptsname(master), O_RDWR), -1, -1};
  if (ioctl(config.stdio[0], TIOCSCTTY, 0) != 0) return 0;  // the host does not let us try
  NumberGuest guest(config);
  if (guest.sys("ioctl", 0, TIOCGPGRP, k_at) != 0 || guest.peek<int32_t>(k_at) != 0) return 1;
  if (guest.sys("ioctl", 0, TIOCGSID, k_at) != 0 || guest.peek<int32_t>(k_at) != 0) return 2;
  guest.poke(k_at, 0);
  if (guest.sys("ioctl", 0, TIOCSPGRP, k_at) != 0) return 3;
  guest.poke(k_at, getpgrp());
  if (guest.sys("ioctl", 0, TIOCSPGRP, k_at) != -ESRCH) return 4;
  guest.poke(k_at, -1);
  if (guest.sys("ioctl", 0, TIOCSPGRP, k_at) != -EINVAL) return 5;
  if (guest.sys("setsid") < 0 || guest.sys("ioctl", 0, TIOCGPGRP, k_at) != -ENOTTY) return 6;
  return 0;
}

TEST(IoctlDeathTest, ForegroundIsTheGuests) {
  EXPECT_EXIT(_exit(foreground_is_the_guests()), testing::ExitedWithCode(0), "");
}

TEST_F(IoctlTest, PseudoTerminals) {
  int master = ::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) GTEST_SKIP() << "the host has no pseudo-terminals";
  WasiConfig config;
  config.stdio = {master, -1, -1};
  NumberGuest guest(config);
  guest.poke(k_at, 0);
  EXPECT_EQ(guest.sys("ioctl", 0, TIOCSPTLCK, k_at), 0);
  int32_t slave = guest.sys("ioctl", 0, TIOCGPTPEER, O_RDWR | O_CLOEXEC);
  ASSERT_GT(slave, 0);
  EXPECT_EQ(guest.sys("fcntl64", slave, F_GETFD, 0), FD_CLOEXEC);
  guest.poke(k_at, WindowSize{24, 80, 1, 2});
  EXPECT_EQ(guest.sys("ioctl", 0, TIOCSWINSZ, k_at), 0);
  EXPECT_EQ(guest.sys("ioctl", slave, TIOCGWINSZ, k_at + 8), 0);
  EXPECT_EQ(guest.peek<WindowSize>(k_at + 8).columns, 80);
  EXPECT_EQ(guest.sys("ioctl", slave, TCGETS, k_at), 0);
  Termios termios = guest.peek<Termios>(k_at);
  EXPECT_EQ(termios.local & 2, 2u) << "ICANON";
  termios.local &= ~2u;
  guest.poke(k_at, termios);
  EXPECT_EQ(guest.sys("ioctl", slave, TCSETSW, k_at), 0);
  EXPECT_EQ(guest.sys("write", 0, guest.put("x"), 1), 1);
  EXPECT_EQ(guest.sys("read", slave, k_at, 10), 1) << "no line is waited for";
  ::close(master);
}

}  // namespace
}  // namespace lindvm
