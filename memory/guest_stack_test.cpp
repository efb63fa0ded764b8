#include "memory/guest_stack.h"

#include <gtest/gtest.h>

#include "memory/guarded_bytes.h"
#include "memory/os/fault_catcher.h"
#include "memory/os/guarded_access.h"

namespace lindvm {
namespace {

bool readable(const void* address) {
  uint8_t byte;
  return guarded_read(&byte, address, 1);
}

class GuestStackTest : public testing::Test {
 protected:
  FaultCatcher catcher;
  GuestStack stack = *GuestStack::create(1 << 20);
};

TEST_F(GuestStackTest, IsUsableBetweenItsGuards) {
  EXPECT_EQ(stack.usable_bytes(), size_t{1} << 20);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(stack.top()) % 64, 0u);
  EXPECT_EQ(static_cast<size_t>(stack.top() - stack.limit()) * 8, stack.usable_bytes());
  stack.top()[-1] = 1;
  stack.limit()[0] = 2;
  EXPECT_TRUE(stack.contains(stack.limit()));
  EXPECT_TRUE(stack.contains(stack.top() - 1));
  EXPECT_FALSE(stack.contains(stack.top()));
  EXPECT_TRUE(stack.in_guard(stack.top()));
  EXPECT_TRUE(stack.in_guard(stack.limit() - 1));
  EXPECT_FALSE(stack.in_guard(stack.limit()));
  EXPECT_FALSE(readable(stack.top()));
  EXPECT_FALSE(readable(reinterpret_cast<std::byte*>(stack.limit()) - 1));
}

TEST_F(GuestStackTest, LargestFrameCannotStepOverTheGuard) {
  auto* beyond = reinterpret_cast<std::byte*>(stack.limit()) - k_max_guest_frame;
  EXPECT_TRUE(stack.in_guard(beyond));
  CaughtFault fault = catcher.run([&] { guarded_store<uint64_t>(beyond, 1, &stack, beyond); });
  EXPECT_TRUE(fault.faulted);
  EXPECT_EQ(fault.address, beyond);
}

TEST_F(GuestStackTest, RunawayRecursionFaultsInTheGuard) {
  uint64_t* sp = stack.top();
  CaughtFault fault = catcher.run([&] {
    for (;; sp -= 100) guarded_store<uint64_t>(sp - 100, 1, sp, sp);
  });
  ASSERT_TRUE(fault.faulted);
  EXPECT_TRUE(stack.in_guard(fault.address));
  EXPECT_EQ(fault.fp, sp);
}

TEST_F(GuestStackTest, CloneHasTheUsedWordsAtTheSameDistance) {
  uint64_t* sp = stack.top() - 1000;
  for (uint64_t i = 0; i < 1000; ++i) sp[i] = i * i;
  sp[-1] = 77;
  auto clone = stack.clone_used(sp);
  ASSERT_TRUE(clone);
  uint64_t* moved = stack.relocated(sp, *clone);
  EXPECT_EQ(clone->top() - moved, 1000);
  for (uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(moved[i], i * i);
  EXPECT_EQ(moved[-1], 0u) << "words below the stack pointer are not copied";
  EXPECT_EQ(clone->usable_bytes(), stack.usable_bytes());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(clone->top()) % 64, 0u);
}

TEST_F(GuestStackTest, InaccessibleStackFaults) {
  stack.top()[-1] = 5;
  auto clone = stack.clone_used(stack.top() - 1);
  stack.make_inaccessible();
  EXPECT_FALSE(readable(stack.top() - 1));
  EXPECT_EQ(clone->top()[-1], 5u);
}

TEST_F(GuestStackTest, ReusedStackIsAccessibleAndEmpty) {
  uint64_t* top = stack.top();
  top[-1] = 5;
  stack.make_inaccessible();
  stack = GuestStack();
  auto next = GuestStack::create(1 << 20);
  ASSERT_EQ(next->top(), top);
  EXPECT_EQ(top[-1], 0u);
  next->limit()[0] = 1;
  EXPECT_FALSE(readable(next->top()));
}

TEST(GuestStack, DefaultHasNothing) {
  GuestStack none;
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.in_guard(&none));
}

}  // namespace
}  // namespace lindvm
