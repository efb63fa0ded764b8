// Sockets and message queues as a 32-bit guest calls them: layouts, names, what is passed between them, and
// that no pointer does harm. What can be compared with the host is in conformance/syscalls.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>

#include <fstream>
#include <initializer_list>
#include <thread>

#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/socket.h"
#include "syscalls/kernel/socket_names.h"
#include "syscalls/kernel/sysv_semaphores.h"
#include "syscalls/linux/abi.h"
#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

enum Number : uint32_t {
  k_mq_open = 180,
  k_semget = 190,
  k_semctl = 191,
  k_semop = 193,
  k_socket = 198,
  k_socketpair = 199,
  k_bind = 200,
  k_listen = 201,
  k_accept = 202,
  k_connect = 203,
  k_getsockname = 204,
  k_sendto = 206,
  k_setsockopt = 208,
  k_getsockopt = 209,
  k_sendmsg = 211,
  k_recvmsg = 212,
};

class SocketCallsTest : public testing::Test {
 protected:
  static constexpr uint32_t k_data = WasiGuest::k_data, k_control = k_data + 4096, k_parts = k_data + 8192,
                            k_message = k_data + 12288, k_pair = k_data + 16384, k_nowhere = 0xffff'fff0;

  int call(uint32_t number, std::initializer_list<uint32_t> arguments) {
    return guest_.call(number, arguments);
  }
  void make_pair(int type = SOCK_STREAM) {
    ASSERT_EQ(call(k_socketpair, {AF_UNIX, static_cast<uint32_t>(type), 0, k_pair}), 0);
    first_ = guest_.peek(k_pair), second_ = guest_.peek(k_pair + 4);
  }
  /// A struct msghdr with one buffer of 16 bytes.
  void poke_message(uint32_t control, uint32_t control_bytes) {
    guest_.poke(k_parts, k_data);
    guest_.poke(k_parts + 4, 16u);
    const uint32_t words[] = {0, 0, k_parts, 1, control, control_bytes, 0};
    for (uint32_t i = 0; i < 7; ++i) guest_.poke(k_message + 4 * i, words[i]);
  }
  void poke_rights(std::initializer_list<uint32_t> fds) {
    guest_.poke(k_control, static_cast<uint32_t>(12 + 4 * fds.size()));
    guest_.poke(k_control + 4, uint32_t{SOL_SOCKET});
    guest_.poke(k_control + 8, uint32_t{SCM_RIGHTS});
    uint32_t at = k_control + 12;
    for (uint32_t fd : fds) guest_.poke(at, fd), at += 4;
  }
  uint32_t control_length() { return guest_.peek(k_message + 20); }
  uint32_t message_flags() { return guest_.peek(k_message + 24); }
  OpenFile* file(uint32_t fd) { return guest_.process().fds().get(fd).get(); }

  NumberGuest guest_;
  uint32_t first_ = 0, second_ = 0;
};

TEST_F(SocketCallsTest, OnlyGrantedFamilies) {
  for (uint32_t family : {AF_NETLINK, AF_PACKET, AF_VSOCK, 0, 77})
    EXPECT_EQ(call(k_socket, {family, SOCK_DGRAM, 0}), -EAFNOSUPPORT) << family;
  EXPECT_EQ(call(k_socket, {AF_INET, SOCK_RAW, 1}), -EPERM);
  EXPECT_GE(call(k_socket, {AF_INET, SOCK_STREAM, 0}), 0);
  guest_.process().forbid_network();
  EXPECT_EQ(call(k_socket, {AF_INET, SOCK_STREAM, 0}), -EACCES);
  EXPECT_EQ(call(k_socket, {AF_INET6, SOCK_DGRAM, 0}), -EACCES);
  EXPECT_GE(call(k_socket, {AF_UNIX, SOCK_STREAM, 0}), 0);
}

TEST_F(SocketCallsTest, AbstractNamesAreNotTheHosts) {
  int fd = call(k_socket, {AF_UNIX, SOCK_STREAM, 0});
  std::string address("\1\0\0lind-vm-abstract-test", 24);
  guest_.put_path(address, k_data);
  auto length = static_cast<uint32_t>(address.size());
  EXPECT_EQ(call(k_bind, {static_cast<uint32_t>(fd), k_data, length}), 0);
  std::ifstream sockets("/proc/net/unix");
  std::string text{std::istreambuf_iterator<char>(sockets), {}};
  EXPECT_THAT(text, testing::HasSubstr("lind-vm-abstract-test"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("@lind-vm-abstract-test")));
  guest_.poke(k_pair, 110u);
  EXPECT_EQ(call(k_getsockname, {static_cast<uint32_t>(fd), k_data + 512, k_pair}), 0);
  EXPECT_EQ(guest_.peek(k_pair), length);
  EXPECT_EQ(guest_.text(k_data + 512, length), address);
  SocketAddress strange;
  strange.set_unix(std::string_view("\0somebody", 9));
  EXPECT_TRUE(to_guest_address(strange).name().empty());
  strange.set_unix("/run/somebody");
  EXPECT_TRUE(to_guest_address(strange).name().empty());
}

TEST_F(SocketCallsTest, PassedDescriptorsKeepTheirKindAndLimits) {
  make_pair();
  poke_rights({WasiGuest::k_dir, first_});
  poke_message(k_control, 20);
  EXPECT_EQ(call(k_sendmsg, {first_, k_message, 0}), 16);
  poke_message(k_control, 64);
  EXPECT_EQ(call(k_recvmsg, {second_, k_message, 0}), 16);
  EXPECT_EQ(control_length(), 20u);
  EXPECT_EQ(guest_.peek(k_control), 20u) << "header of 12 bytes and two numbers";
  uint32_t directory = guest_.peek(k_control + 12), socket = guest_.peek(k_control + 16);
  EXPECT_NE(directory, WasiGuest::k_dir);
  EXPECT_EQ(file(directory), file(WasiGuest::k_dir)) << "the same open file";
  EXPECT_EQ(file(socket), file(first_));
}

TEST_F(SocketCallsTest, ForeignDirectoriesAndReadOnlyFiles) {
  PassedFiles& passed = PassedFiles::instance();
  EXPECT_EQ(passed.take(OwnedFd(open("/", O_PATH | O_DIRECTORY))), nullptr);
  guest_.root.write("file", "text");
  std::string path = guest_.root / "file";
  FileRef sent = std::make_shared<HostFile>(OwnedFd(open(path.c_str(), O_RDONLY)), true);
  passed.note({&sent, 1});
  EXPECT_EQ(passed.take(OwnedFd(dup(sent->host_fd()))), sent);
  OwnedFd on_its_way(dup(sent->host_fd()));
  sent = nullptr;
  EXPECT_TRUE(passed.take(std::move(on_its_way))->is_read_only());
}

TEST_F(SocketCallsTest, ControlIsCutAsTheKernelDoes) {
  for (uint32_t room : {0u, 4u, 12u, 15u, 16u, 19u, 20u}) {
    make_pair();
    poke_rights({first_, second_});
    poke_message(k_control, 20);
    EXPECT_EQ(call(k_sendmsg, {first_, k_message, 0}), 16);
    poke_message(k_control, room);
    EXPECT_EQ(call(k_recvmsg, {second_, k_message, 0}), 16);
    uint32_t fits = room >= 16 ? (room - 12) / 4 : 0;
    EXPECT_EQ(message_flags() & MSG_CTRUNC, fits < 2 ? MSG_CTRUNC : 0) << room;
    EXPECT_EQ(control_length(), fits ? 12 + 4 * fits : 0) << room;
  }
}

TEST_F(SocketCallsTest, OldAndNewTimes) {
  make_pair();
  guest_.poke(k_data, 5u);
  guest_.poke(k_data + 4, 250000u);
  EXPECT_EQ(call(k_setsockopt, {first_, SOL_SOCKET, 20, k_data, 8}), 0);
  guest_.poke(k_pair + 8, 16u);
  EXPECT_EQ(call(k_getsockopt, {first_, SOL_SOCKET, 66, k_data, k_pair + 8}), 0);
  EXPECT_EQ(guest_.peek(k_pair + 8), 16u);
  EXPECT_EQ(guest_.peek<int64_t>(k_data), 5);
  EXPECT_NEAR(static_cast<double>(guest_.peek<int64_t>(k_data + 8)), 250000, 10000);
  EXPECT_EQ(call(k_getsockopt, {first_, SOL_SOCKET, 20, k_data, k_pair + 8}), 0);
  EXPECT_EQ(guest_.peek(k_pair + 8), 8u);
  EXPECT_EQ(guest_.peek(k_data), 5u);
  EXPECT_EQ(call(k_setsockopt, {first_, SOL_SOCKET, 26, k_data, 8}), -ENOPROTOOPT) << "a filter: pointers";
}

TEST_F(SocketCallsTest, ConnectionsWaitUntilThereIsADescriptor) {
  auto listener = static_cast<uint32_t>(call(k_socket, {AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0}));
  auto client = static_cast<uint32_t>(call(k_socket, {AF_UNIX, SOCK_STREAM, 0}));
  guest_.poke(k_data, uint16_t{AF_UNIX});
  guest_.poke(k_data + 2, uint32_t{'x'} << 8);  // an abstract name
  ASSERT_EQ(call(k_bind, {listener, k_data, 4}), 0);
  ASSERT_EQ(call(k_listen, {listener, 1}), 0);
  ASSERT_EQ(call(k_connect, {client, k_data, 4}), 0);
  FdTable& fds = guest_.process().fds();
  uint32_t limit = fds.limit();
  fds.set_limit(client + 1);
  EXPECT_EQ(call(k_accept, {listener, 0, 0}), -EMFILE);
  fds.set_limit(limit);
  EXPECT_GE(call(k_accept, {listener, 0, 0}), 0);
}

TEST_F(SocketCallsTest, WildPointersAreErrors) {
  make_pair(SOCK_DGRAM);
  constexpr uint32_t k_calls[] = {200, 202, 203, 204, 205, 206, 207, 208, 209, 211, 212, 242, 269, 417,
                                  185, 186, 187, 188, 189, 190, 191, 193, 418, 419, 420, 184, 180, 181};
  constexpr uint32_t k_values[] = {0, 1, 3, 0x1000, WasiGuest::k_memory_bytes - 1, k_nowhere, 0x7fff'ffff};
  uint32_t seed = 1;
  auto next = [&] {
    seed = seed * 1664525 + 1013904223;
    return k_values[(seed >> 16) % std::size(k_values)];
  };
  for (int i = 0; i < 20'000; ++i) {
    uint32_t number = k_calls[static_cast<size_t>(i) % std::size(k_calls)];
    uint32_t fd = i & 1 ? first_ : next();
    // Flags that never wait: MSG_DONTWAIT and IPC_NOWAIT, wherever they may be.
    uint32_t flags = MSG_DONTWAIT | IPC_NOWAIT;
    bool is_message_queue = number == 188 || number == 189;
    int result = number == 417 || number == 269
                     ? call(static_cast<int>(number), {fd, next(), next() & 7, flags, next()})
                 : number == 193 || number == 420
                     ? call(static_cast<int>(number), {99, next(), next(), next()})
                 : is_message_queue ? call(static_cast<int>(number), {fd, next(), next(), flags, flags})
                 : number == 211 || number == 212
                     ? call(static_cast<int>(number), {fd, next(), flags})
                     : call(static_cast<int>(number), {fd, next(), next(), flags, next(), next()});
    ASSERT_GT(result, -4096) << number;
  }
}

TEST_F(SocketCallsTest, BlockedSemaphoreOperationsEndWithInterrupts) {
  int set = call(k_semget, {IPC_PRIVATE, 1, 0600});
  ASSERT_GE(set, 0);
  guest_.poke(k_data, SemaphoreOperation{0, -1, 0});
  ThreadContext& thread = guest_.store().main_thread();
  std::thread kicker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    thread.request_interrupt(k_interrupt_stop);
  });
  EXPECT_EQ(call(k_semop, {static_cast<uint32_t>(set), k_data, 1}), -EINTR);
  kicker.join();
  thread.clear_interrupt(k_interrupt_stop);
  EXPECT_EQ(call(k_semctl, {static_cast<uint32_t>(set), 0, GETNCNT, 0}), 0);
  EXPECT_EQ(call(k_semctl, {static_cast<uint32_t>(set), 0, IPC_RMID, 0}), 0);
}

TEST_F(SocketCallsTest, SemaphoresAreUndoneAtTheEndOfTheProcess) {
  auto set = static_cast<uint32_t>(call(k_semget, {IPC_PRIVATE, 2, 0600}));
  {
    auto context = std::make_unique<Process>(std::vector<std::string>(), std::vector<std::string>());
    Thread thread(*context, nullptr);
    std::shared_ptr<SemaphoreSet> object;
    ASSERT_TRUE(semaphore_sets().find(static_cast<int32_t>(set), object).ok());
    SemaphoreOperation up[] = {{0, 3, SEM_UNDO}, {1, 2, 0}};
    EXPECT_TRUE(object->operate(thread, object, up, nullptr).ok());
    EXPECT_EQ(call(k_semctl, {set, 0, GETVAL, 0}), 3);
  }
  EXPECT_EQ(call(k_semctl, {set, 0, GETVAL, 0}), 0);
  EXPECT_EQ(call(k_semctl, {set, 1, GETVAL, 0}), 2);
  EXPECT_EQ(call(k_semctl, {set, 0, IPC_RMID, 0}), 0);
}

}  // namespace
}  // namespace lindvm
