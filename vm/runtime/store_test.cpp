#include "vm/runtime/store.h"

#include <gtest/gtest.h>

#include "vm/runtime/operations.h"
#include "vm/types/canonical.h"

namespace lindvm {
namespace {

HostStatus do_nothing(HostCall& call, void*) { return call.ok(); }

const HostFunction k_nothing{"host", "nothing", {{k_i32}, {}}, do_nothing, nullptr};

TEST(Store, OwnsHostGlobalsWhoseCellsSurviveGrowth) {
  Store store;
  std::vector<GlobalRef> globals;
  for (uint64_t i = 0; i < 100; ++i) {
    globals.push_back(store.add_global(Value::of(k_i64, i), true));
    store.write_global(globals.back(), Value::of(k_i64, i * i));
  }
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(store.read_global(globals[i]).as<uint64_t>(), i * i);
}

TEST(Store, NewThreadsStartWithInitialGlobals) {
  Store store;
  GlobalRef global = store.add_global(Value::of(k_i32, 7), true);
  store.write_global(global, Value::of(k_i32, 8));
  ThreadContext other(store);
  EXPECT_EQ(other.instance_context(0).own_globals()[global.own_index].i32, 7u);
  EXPECT_EQ(store.read_global(global).as<uint32_t>(), 8u);
}

TEST(Store, HostFunctionsAreReferencesByHandle) {
  Store store;
  const Function* function = store.add_host_function(k_nothing);
  EXPECT_EQ(&store.function(function->handle), function);
  EXPECT_EQ(function->type, canonicalize(k_nothing.type));
  EXPECT_EQ(function->code->param_slots, 1u);
  TableEntry entry = store.entry_for(function->handle, k_funcref);
  EXPECT_EQ(entry.code, function->code);
  EXPECT_EQ(entry.ref, function->handle);
  EXPECT_EQ(store.entry_for(5, k_externref).code, nullptr);
}

TEST(Table, GrowsToItsMaximumOnly) {
  Store store;
  Table* table = store.add_table({k_externref, {2, 5}}).value();
  EXPECT_EQ(table->grow(3, {{}, 0, nullptr, 9}), 2u);
  EXPECT_EQ(table->entries[1].ref, 0u);
  EXPECT_EQ(table->entries[4].ref, 9u);
  EXPECT_EQ(table->grow(1, {}), ops::k_grow_failed);
  EXPECT_EQ(table->grow(~uint64_t{0}, {}), ops::k_grow_failed);
  EXPECT_EQ(table->grow(0, {}), 5u);
}

TEST(Table, RefusesMoreThanTheEngineHolds) {
  Store store;
  Result<Table*> table = store.add_table({k_funcref, {Table::k_max_entries + 1, std::nullopt}});
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(store.add_table({k_funcref, {0, ~uint64_t{0}}, true}).ok());
}

TEST(ThreadContext, RelocationMovesBlocksAndKeepsTheirState) {
  Store store;
  GlobalRef global = store.add_global(Value::of(k_i32, 7), true);
  ThreadContext& thread = store.main_thread();
  InstanceContext* before = &thread.instance_context(0);
  thread.request_interrupt(k_interrupt_verify);
  thread.relocate_blocks();
  InstanceContext& after = thread.instance_context(0);
  EXPECT_NE(before, &after);
  EXPECT_EQ(after.thread, &thread);
  EXPECT_EQ(after.interrupt.load(), uint32_t{k_interrupt_verify});
  EXPECT_EQ(after.global_cells[0], after.own_globals());
  EXPECT_EQ(store.read_global(global).as<uint32_t>(), 7u);
  EXPECT_NE(before->thread, &thread) << "the old block is poisoned";
}

TEST(ThreadContext, InterruptsReachEveryBlock) {
  Store store;
  ThreadContext& thread = store.main_thread();
  thread.request_interrupt(k_interrupt_stop);
  EXPECT_EQ(thread.instance_context(0).interrupt.load(), uint32_t{k_interrupt_stop});
  store.add_global(Value::of(k_i32, 0), false);  // makes the block anew
  EXPECT_EQ(thread.instance_context(0).interrupt.load(), uint32_t{k_interrupt_stop});
  thread.clear_interrupt(k_interrupt_stop);
  EXPECT_EQ(thread.instance_context(0).interrupt.load(), 0u);
}

TEST(Store, CollectsExceptionsThatNothingRefersTo) {
  Store store;
  const Tag* tag = store.add_tag(canonicalize(FuncType{{k_i32}, {}}));
  EXPECT_EQ(tag->payload_slots, 1u);
  const uint64_t payload[] = {42};
  uint64_t kept = store.allocate_exception(*tag, payload);
  GlobalRef global = store.add_global(Value::of(k_exnref, kept), true);
  Table* table = store.add_table({k_exnref, {1, std::nullopt}}).value();
  table->entries[0].ref = store.allocate_exception(*tag, payload);
  uint64_t* slot = store.main_thread().stack.top() - 10;
  *slot = store.allocate_exception(*tag, payload);
  store.main_thread().live_low = slot;
  for (int i = 0; i < 100'000; ++i) store.allocate_exception(*tag, payload);
  EXPECT_LT(store.live_exceptions(), 40'000u);
  EXPECT_EQ(store.exception(store.read_global(global).as<uint64_t>()).payload.front(), 42u);
  EXPECT_EQ(store.exception(table->entries[0].ref).tag, tag);
  EXPECT_EQ(store.exception(*slot).tag, tag);
}

}  // namespace
}  // namespace lindvm
