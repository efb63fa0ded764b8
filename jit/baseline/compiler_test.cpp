// The baseline compiler at its seams: what it leaves to C++, and how tiers mix on one stack.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "jit/jit.h"
#include "vm/isa/opcodes.h"
#include "vm/runtime/backtrace.h"
#include "vm/runtime/engine.h"
#include "vm/testing/module_builder.h"

namespace lindvm::jit {
namespace {

using lindvm::testing::CodeBuilder;
using lindvm::testing::k_type_i32;
using lindvm::testing::ModuleBuilder;
using ::testing::UnorderedElementsAre;

/// Installs the tier for the whole program; tests choose what is compiled.
class TierEnvironment : public ::testing::Environment {
 public:
  void SetUp() override { install_tier(make_baseline_tier(), {TierChoice::automatic, 1'000'000}); }
};
const ::testing::Environment* const g_environment = ::testing::AddGlobalTestEnvironment(new TierEnvironment);

Value i32(uint32_t value) { return Value::of(k_i32, value); }

TEST(Coverage, NothingButTheListedRowsIsAlwaysLeftToHelpers) {
  struct Row {
    Op op;
    std::string_view how;
  };
  static constexpr Row k_rows[] = {
#define NUMERIC(id, ...) {Op::id, #__VA_ARGS__},
#include "jit/x64/numeric.def"
  };
  std::vector<std::string_view> helped;
  for (const Row& row : k_rows) {
    if (row.how.starts_with("numeric_helper")) helped.push_back(to_string(row.op));
  }
  EXPECT_THAT(helped,
              UnorderedElementsAre("i16x8.relaxed_dot_i8x16_i7x16_s", "i32x4.relaxed_dot_i8x16_i7x16_add_s"));
}

/// Two functions that count down by calling each other, and the trap at the bottom if asked for.
class PingPong : public ::testing::Test {
 protected:
  PingPong() {
    ModuleBuilder module;
    uint32_t type = module.type({k_type_i32, k_type_i32}, {k_type_i32});
    module.export_function("even", module.function(type, {}, body(1)));
    module.export_function("odd", module.function(type, {}, body(0)));
    compiled_ = lindvm::compile(module.build()).value();
    instance_ = Linker(store_).instantiate(compiled_).value();
  }

  /// f(n, trap) = n ? other(n - 1, trap) + 1 : trap / trap
  static CodeBuilder body(uint32_t other) {
    CodeBuilder code;
    code.block(Op::Block).local_get(0).op(Op::I32Eqz).op(Op::BrIf, {0});
    code.local_get(0).i32_const(-1u).op(Op::I32Add).local_get(1).call(other);
    code.i32_const(1).op(Op::I32Add).op(Op::Return).end();
    return code.local_get(1).local_get(1).op(Op::I32DivU).end();
  }

  void compile_function(uint32_t index) { ASSERT_TRUE(compiling_tier()->compile(compiled_->code(index))); }
  CallResult run(uint32_t depth, uint32_t divisor) {
    return call_export(*instance_, "even", {i32(depth), i32(divisor)}).value();
  }

  std::shared_ptr<CompiledModule> compiled_;
  Store store_;
  Instance* instance_ = nullptr;
};

TEST_F(PingPong, RunsInEveryMixOfTiers) {
  for (int compiled = 0; compiled < 3; ++compiled) {
    if (compiled > 0) compile_function(static_cast<uint32_t>(compiled) - 1);
    CallResult result = run(101, 7);
    ASSERT_EQ(result.completion, Completion::returned) << compiled;
    EXPECT_EQ(result.results[0].as<uint32_t>(), 102u) << compiled;
  }
}

TEST_F(PingPong, BacktracesCrossTiers) {
  compile_function(1);
  CallResult result = run(10, 0);
  ASSERT_EQ(result.completion, Completion::trapped);
  EXPECT_EQ(store_.main_thread().trap.kind, Trap::IntegerDivideByZero);
  EXPECT_EQ(capture_backtrace(store_.main_thread()).frames.size(), 11u);
}

TEST_F(PingPong, DeepRecursionIsATrapInEveryMix) {
  for (uint32_t i = 0; i < 2; ++i) {
    compile_function(i);
    EXPECT_EQ(run(100'000'000, 1).completion, Completion::trapped);
    EXPECT_EQ(store_.main_thread().trap.kind, Trap::CallStackExhausted);
  }
}

}  // namespace
}  // namespace lindvm::jit
