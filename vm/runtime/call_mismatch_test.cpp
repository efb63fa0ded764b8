#include "vm/runtime/call_mismatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vm/runtime/backtrace.h"
#include "vm/runtime/engine.h"
#include "vm/testing/module_builder.h"

namespace lindvm {
namespace {

using namespace testing;
using ::testing::HasSubstr;

/// One function, called through a table as if it had another type. The caller passes its own parameters on.
class MismatchTest : public ::testing::Test {
 protected:
  void make(const TypeCodes& callee_params, const TypeCodes& callee_results, const CodeBuilder& callee,
            const TypeCodes& params, const TypeCodes& results, Op call = Op::CallIndirect) {
    ModuleBuilder module;
    uint32_t callee_type = module.type(callee_params, callee_results);
    uint32_t type = module.type(params, results);
    uint32_t function = module.function(callee_type, {}, callee);
    CodeBuilder body;
    for (uint32_t i = 0; i < params.size(); ++i) body.local_get(i);
    uint32_t caller = module.function(type, {}, body.i32_const(0).op(call, {type, 0}).end());
    module.table(k_type_funcref, {1, 1});
    module.active_elements(0, CodeBuilder().i32_const(0).end(), std::vector<uint32_t>{function});
    module.export_function("callee", function);
    module.export_function("caller", caller);
    auto compiled = compile(module.build());
    ASSERT_TRUE(compiled.ok()) << compiled.error().message;
    instance_ = Linker(store_).instantiate(*compiled).value();
  }
  void be_lenient() {
    store_.set_call_adapters(
        std::make_unique<CallAdapters>([this](const std::string& text) { warnings_.push_back(text); }));
  }
  CallResult call(std::initializer_list<Value> arguments) {
    return call_export(*instance_, "caller", arguments).value();
  }
  static Value i32(uint32_t value) { return Value::of(k_i32, value); }

  Store store_;
  Instance* instance_ = nullptr;
  std::vector<std::string> warnings_;
};

CodeBuilder first_parameter() { return CodeBuilder().local_get(0).end(); }

TEST_F(MismatchTest, TrapsWithBothSidesAndThePlace) {
  make({k_type_i32}, {k_type_i32}, first_parameter(), {k_type_i32, k_type_i32}, {k_type_i32});
  EXPECT_EQ(call({i32(1), i32(2)}).completion, Completion::trapped);
  const TrapState& trap = store_.main_thread().trap;
  EXPECT_EQ(trap.kind, Trap::IndirectCallTypeMismatch);
  EXPECT_THAT(trap.detail, HasSubstr("expected [i32 i32] -> [i32], found [i32] -> [i32]"));
  EXPECT_THAT(trap.detail, HasSubstr(": caller (+0x"));
  EXPECT_THAT(trap.detail, HasSubstr(" calls callee"));
}

TEST_F(MismatchTest, SurplusArgumentsAreDropped) {
  make({k_type_i32}, {k_type_i32}, first_parameter(), {k_type_i32, k_type_i64, k_type_f64}, {k_type_i32});
  be_lenient();
  for (int i = 0; i < 3; ++i) {
    CallResult result = call({i32(7), Value::of(k_i64, uint64_t{8}), Value::of(k_f64, 1.5)});
    ASSERT_EQ(result.completion, Completion::returned);
    EXPECT_EQ(result.results[0].as<uint32_t>(), 7u);
  }
  ASSERT_EQ(warnings_.size(), 1u) << "once per site";
  EXPECT_THAT(warnings_[0], HasSubstr("caller"));
  EXPECT_EQ(store_.instance_count(), 3u) << "one adapter, beside the host's instance and the program";
}

TEST_F(MismatchTest, MissingArgumentsAreZero) {
  CodeBuilder sum;
  sum.local_get(0).local_get(1).op(Op::I64ExtendI32U).op(Op::I64Add).op(Op::I32WrapI64);
  sum.local_get(2).op(Op::I32TruncF64S).op(Op::I32Add).end();
  make({k_type_i64, k_type_i32, k_type_f64}, {k_type_i32}, sum, {k_type_i64}, {k_type_i32});
  be_lenient();
  CallResult result = call({Value::of(k_i64, uint64_t{41})});
  ASSERT_EQ(result.completion, Completion::returned);
  EXPECT_EQ(result.results[0].as<uint32_t>(), 41u);
}

TEST_F(MismatchTest, ResultsAreDroppedOrZero) {
  make({}, {k_type_i32}, CodeBuilder().i32_const(5).end(), {k_type_i32}, {});
  be_lenient();
  EXPECT_EQ(call({i32(1)}).completion, Completion::returned);
  make({k_type_i32}, {}, CodeBuilder().end(), {k_type_i32}, {k_type_i32});
  CallResult result = call({i32(9)});
  ASSERT_EQ(result.completion, Completion::returned);
  EXPECT_EQ(result.results[0].as<uint32_t>(), 0u);
}

TEST_F(MismatchTest, TailCallsAdaptToo) {
  make({k_type_i32}, {k_type_i32}, first_parameter(), {k_type_i32, k_type_i32}, {k_type_i32},
       Op::ReturnCallIndirect);
  be_lenient();
  CallResult result = call({i32(3), i32(4)});
  ASSERT_EQ(result.completion, Completion::returned);
  EXPECT_EQ(result.results[0].as<uint32_t>(), 3u);
}

TEST_F(MismatchTest, OtherKindsOfNumbersTrapStill) {
  make({k_type_i64}, {k_type_i32}, CodeBuilder().i32_const(1).end(), {k_type_i32}, {k_type_i32});
  be_lenient();
  EXPECT_EQ(call({i32(1)}).completion, Completion::trapped);
  EXPECT_THAT(store_.main_thread().trap.detail, HasSubstr("expected [i32] -> [i32], found [i64] -> [i32]"));
  make({k_type_i32}, {k_type_f64}, CodeBuilder().f64_const(1).end(), {k_type_i32}, {k_type_i32});
  EXPECT_EQ(call({i32(1)}).completion, Completion::trapped);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(MismatchTest, TrapsInsideAreTracedThroughTheAdapter) {
  make({k_type_i32}, {}, CodeBuilder().op(Op::Unreachable).end(), {}, {});
  be_lenient();
  EXPECT_EQ(call({}).completion, Completion::trapped);
  std::string text = to_text(store_.main_thread().trap, capture_backtrace(store_.main_thread()));
  EXPECT_THAT(text, HasSubstr("0: callee"));
  EXPECT_THAT(text, HasSubstr("1: callee (adapted call)"));
  EXPECT_THAT(text, HasSubstr("2: caller"));
}

}  // namespace
}  // namespace lindvm
