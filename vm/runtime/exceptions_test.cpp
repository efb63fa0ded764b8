#include "vm/runtime/exceptions.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lindvm
