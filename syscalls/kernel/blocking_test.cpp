// Blocking host calls of guest threads against interrupts from other host threads.

#include "syscalls/kernel/blocking.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "syscalls/kernel/process.h"
#include "vm/runtime/store.h"

namespace lindvm {
namespace {

class Blocking : public testing::Test {
 protected:
  Blocking() : thread(process.add_thread(store.main_thread())) { created = pipe(ends) == 0; }
  ~Blocking() override {
    close(ends[0]);
    close(ends[1]);
  }

  /// A read of the empty pipe, during which another thread runs `meanwhile`.
  template <class F>
  SysResult read_while(F&& meanwhile) {
    std::thread other(meanwhile);
    char byte = 0;
    SysResult result = blocking_call(thread, SYS_read, ends[0], &byte, 1);
    other.join();
    return result;
  }

  Process process{{}, {}};
  Store store;
  Thread& thread;
  int ends[2] = {-1, -1};
  bool created = false;
};

TEST_F(Blocking, AnswersWhatTheHostDoes) {
  ASSERT_TRUE(created);
  EXPECT_EQ(Thread::current(), &thread);
  EXPECT_EQ(blocking_call(thread, SYS_write, ends[1], "abc", 3).value(), 3);
  char text[4] = {};
  EXPECT_EQ(blocking_call(SYS_read, ends[0], text, sizeof text).value(), 3);
  EXPECT_EQ(blocking_call(thread, SYS_read, -1, text, 1).error_number(), EBADF);
}

TEST_F(Blocking, InterruptsEndIt) {
  for (int round = 0; round < 200; ++round) {
    SysResult result = read_while([&] { thread.context().request_interrupt(k_interrupt_stop); });
    EXPECT_EQ(result.error_number(), EINTR);
    thread.context().clear_interrupt(k_interrupt_stop);
  }
}

TEST_F(Blocking, VerificationDoesNotEndIt) {
  SysResult result = read_while([&] {
    thread.context().request_interrupt(k_interrupt_verify);
    EXPECT_EQ(write(ends[1], "x", 1), 1);
  });
  EXPECT_EQ(result.value(), 1);
}

TEST_F(Blocking, KicksForNothingAreSurvived) {
  HostThread blocked = HostThread::current();
  SysResult result = read_while([&] {
    for (int i = 0; i < 50; ++i) {
      blocked.kick();
      usleep(100);
    }
    EXPECT_EQ(write(ends[1], "x", 1), 1);
  });
  EXPECT_EQ(result.value(), 1);
}

TEST_F(Blocking, AnInterruptBeforeIsSeen) {
  ASSERT_TRUE(process.signals().send({SIGUSR1}, nullptr).ok());
  char byte;
  EXPECT_EQ(blocking_call(thread, SYS_read, ends[0], &byte, 1).error_number(), EINTR);
}

}  // namespace
}  // namespace lindvm
