#include "memory/os/interrupt.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>

namespace lindvm {
namespace {

uint64_t argument(const void* pointer) { return reinterpret_cast<uint64_t>(pointer); }

struct Pipe {
  Pipe() { created = pipe(ends) == 0; }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2] = {-1, -1};
  bool created = false;
};

TEST(Interrupt, PassesArgumentsAndResult) {
  std::atomic<uint32_t> flag{0};
  Pipe pipe;
  ASSERT_TRUE(pipe.created);
  char text[4] = "abc", back[4] = {};
  EXPECT_EQ(interruptible_syscall(flag, SYS_write, static_cast<uint64_t>(pipe.ends[1]), argument(text), 4),
            4);
  EXPECT_EQ(interruptible_syscall(flag, SYS_read, static_cast<uint64_t>(pipe.ends[0]), argument(back), 4), 4);
  EXPECT_STREQ(back, "abc");
  EXPECT_EQ(interruptible_syscall(flag, SYS_read, uint64_t{999}, argument(back), 4), -EBADF);
  // Six arguments.
  uint64_t in = 0, out = 0;
  EXPECT_EQ(interruptible_syscall(flag, SYS_splice, uint64_t{999}, argument(&in), uint64_t{998},
                                  argument(&out), 1, 0),
            -EBADF);
}

TEST(Interrupt, SetFlagForbidsTheCall) {
  std::atomic<uint32_t> flag{4};
  EXPECT_EQ(interruptible_syscall(flag, SYS_getpid), -EINTR);
}

TEST(Interrupt, KickOfAThreadThatDoesNotBlockIsHarmless) {
  install_kick_handler();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(HostThread::current().kick());
}

/// Blocks in a read until the flag is set and the thread kicked, at some moment around the call.
void race_once(int delay_steps) {
  std::atomic<uint32_t> flag{0};
  std::atomic<int> ready{0};
  std::optional<HostThread> target;
  Pipe pipe;
  int64_t result = 0;
  std::thread blocked([&] {
    target = HostThread::current();
    ready.store(1);
    char byte = 0;
    result = interruptible_syscall(flag, SYS_read, static_cast<uint64_t>(pipe.ends[0]), argument(&byte), 1);
    ready.store(2);
  });
  while (ready.load() == 0) std::this_thread::yield();
  for (int i = 0; i < delay_steps; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
  flag.store(1);
  target->kick();
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (ready.load() != 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  bool ended = ready.load() == 2;
  EXPECT_TRUE(ended) << "lost wake-up after " << delay_steps;
  if (!ended) {
    EXPECT_EQ(write(pipe.ends[1], "x", 1), 1);
  }
  blocked.join();
  EXPECT_EQ(result, -EINTR);
}

TEST(Interrupt, NoWakeUpIsLost) {
  install_kick_handler();
  for (int round = 0; round < 300; ++round) race_once(round * 7 % 2000);
}

TEST(Interrupt, GoneThreadIsReported) {
  std::optional<HostThread> gone;
  std::thread([&] { gone = HostThread::current(); }).join();
  // The kernel may take a moment to drop the thread.
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (gone->kick() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(gone->kick());
}

}  // namespace
}  // namespace lindvm
