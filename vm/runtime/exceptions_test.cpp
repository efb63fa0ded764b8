#include "vm/runtime/exceptions.h"

#include <gtest/gtest.h>

#include "vm/module/module_bytes.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/store.h"

namespace lindvm {
namespace {

TEST(ExceptionHeap, KeepsTagAndPayload) {
  ExceptionHeap heap;
  Tag tag;
  const uint64_t payload[] = {1, 2, 3};
  uint64_t handle = heap.allocate(tag, payload);
  EXPECT_NE(handle, 0u);
  EXPECT_EQ(handle >> 63, 0u);
  EXPECT_EQ(heap.get(handle).tag, &tag);
  EXPECT_EQ(heap.get(handle).payload, (std::vector<uint64_t>{1, 2, 3}));
}

TEST(ExceptionHeap, SweepsWhatNoMarkedWordReaches) {
  ExceptionHeap heap;
  Tag tag;
  uint64_t inner = heap.allocate(tag, {});
  uint64_t outer = heap.allocate(tag, std::span(&inner, 1));
  heap.allocate(tag, {});
  const uint64_t roots[] = {42, outer, ~uint64_t{0}};
  heap.mark(roots);
  heap.sweep();
  EXPECT_EQ(heap.live_count(), 2u);
  EXPECT_EQ(heap.get(outer).payload.front(), inner);
  heap.sweep();
  EXPECT_EQ(heap.live_count(), 0u);
}

TEST(ExceptionHeap, AStaleHandleDoesNotKeepTheNextUserOfItsRecord) {
  ExceptionHeap heap;
  Tag tag;
  uint64_t stale = heap.allocate(tag, {});
  heap.sweep();
  uint64_t fresh = heap.allocate(tag, {});
  EXPECT_NE(stale, fresh);
  heap.mark(stale);
  heap.sweep();
  EXPECT_EQ(heap.live_count(), 0u);
}

TEST(ExceptionHeap, MarksLongChainsWithoutRecursion) {
  ExceptionHeap heap;
  Tag tag;
  uint64_t last = heap.allocate(tag, {});
  for (int i = 0; i < 300'000; ++i) last = heap.allocate(tag, std::span(&last, 1));
  heap.mark(last);
  heap.sweep();
  EXPECT_EQ(heap.live_count(), 300'001u);
}

TEST(ExceptionHeap, GuestThrowsRunInBoundedMemory) {
  using namespace testing;
  const Bytes count_down{0x03, 0x40, 0x02, 0x7f,              // loop, block (result i32)
                         0x1f, 0x40, 1,    0,    0,    0,     // try_table, caught by the block
                         0x20, 0,    0x08, 0,    0x0b, 0x00,  // throw local 0
                         0x0b, 0x41, 1,    0x6b, 0x22, 0,     // local 0 = payload - 1
                         0x0d, 0,    0x0b, 0x20, 0,    0x0b};
  auto compiled =
      compile(module({section(1, vec({{0x60, 1, 0x7f, 0}, {0x60, 1, 0x7f, 1, 0x7f}})), section(3, vec({{1}})),
                      section(13, vec({{0, 0}})), section(7, vec({join({text("run"), {0, 0}})})),
                      section(10, vec({body({0}, count_down)}))}));
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
  Store store;
  Instance* instance = Linker(store).instantiate(*compiled).value();
  Result<CallResult> call = call_export(*instance, "run", {Value::of(k_i32, 300'000)});
  ASSERT_EQ(call.value().completion, Completion::returned);
  EXPECT_EQ(call->results[0].as<uint32_t>(), 0u);
  EXPECT_LT(store.live_exceptions(), 20'000u);
}

}  // namespace
}  // namespace lindvm
