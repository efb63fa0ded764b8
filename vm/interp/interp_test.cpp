// The interpreter at its seams: what the translator makes of typical code, and how activations end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vm/interp/dump.h"
#include "vm/interp/instr.h"
#include "vm/runtime/engine.h"
#include "vm/testing/module_builder.h"

namespace lindvm {
namespace {

using testing::CodeBuilder;
using ::testing::HasSubstr;
using testing::k_type_f64;
using testing::k_type_i32;
using testing::ModuleBuilder;
using ::testing::Not;

/// A module of one exported function "f".
class OneFunction {
 public:
  OneFunction(const testing::TypeCodes& params, const testing::TypeCodes& results,
              const testing::TypeCodes& locals, const CodeBuilder& code) {
    ModuleBuilder module;
    uint32_t type = module.type(params, results);
    module.memory(testing::LimitsCode{1, std::nullopt, false, false});
    module.export_function("f", module.function(type, locals, code));
    compiled_ = compile(module.build()).value();
    instance_ = Linker(store_).instantiate(compiled_).value();
  }

  CallResult run(std::initializer_list<Value> arguments) {
    return call_export(*instance_, "f", arguments).value();
  }
  std::string code() {
    translate_entry();
    FunctionCode& code = compiled_->code(0);
    EXPECT_TRUE(compiled_->ensure_translated(code).ok());
    return dump(*code.translation);
  }
  ThreadContext& thread() { return store_.main_thread(); }
  uint32_t body_begin() const { return compiled_->module().functions()[0].body.begin; }

 private:
  std::shared_ptr<CompiledModule> compiled_;
  Store store_;
  Instance* instance_;
};

Value i32(uint32_t value) { return Value::of(k_i32, value); }

/// for (sum = 0; n; --n) sum += n, as compilers write it.
CodeBuilder countdown() {
  CodeBuilder code;
  code.block(Op::Loop).local_get(1).local_get(0).op(Op::I32Add).local_set(1);
  code.local_get(0).i32_const(-1u).op(Op::I32Add).local_tee(0).op(Op::BrIf, {0}).end();
  code.local_get(1).end();
  return code;
}

TEST(Translator, WritesResultsStraightToLocalsAndFusesTheLatch) {
  OneFunction function({k_type_i32}, {k_type_i32}, {k_type_i32}, countdown());
  EXPECT_THAT(function.code(), HasSubstr("LatchI32Ne"));
  EXPECT_THAT(function.code(), Not(HasSubstr("Move")));
  EXPECT_EQ(function.run({i32(10)}).results[0].as<uint32_t>(), 55u);
}

TEST(Translator, FusesCompareAndBranch) {
  CodeBuilder code;
  code.local_get(0)
      .i32_const(7)
      .op(Op::I32LtS)
      .op(Op::I32Eqz)
      .block(Op::If)
      .i32_const(1)
      .op(Op::Return)
      .end();
  code.i32_const(2).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  EXPECT_THAT(function.code(), HasSubstr("BrI32LtS"));
  EXPECT_EQ(function.run({i32(7)}).results[0].as<uint32_t>(), 1u);
  EXPECT_EQ(function.run({i32(6)}).results[0].as<uint32_t>(), 2u);
}

TEST(Translator, KeepsTheOldValueOfALocalThatIsPending) {
  CodeBuilder code;  // f(x) = x + (x = 5, x), the first x being the old one
  code.local_get(0).i32_const(5).local_set(0).local_get(0).op(Op::I32Add).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  EXPECT_EQ(function.run({i32(30)}).results[0].as<uint32_t>(), 35u);
}

TEST(Translator, FusesAShiftIntoTheXorThatUsesIt) {
  CodeBuilder code;
  code.local_get(0).local_get(0).i32_const(13).op(Op::I32Shl).op(Op::I32Xor).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  EXPECT_THAT(function.code(), HasSubstr("I32ShlXor"));
  EXPECT_EQ(function.run({i32(5)}).results[0].as<uint32_t>(), 5u ^ 5u << 13);
}

TEST(Translator, FusesASumIntoTheLoadThatUsesIt) {
  CodeBuilder code;
  code.local_get(0).i32_const(4).op(Op::I32Add).op(Op::I32Load, {2, 0}).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  EXPECT_THAT(function.code(), HasSubstr("I32LoadAddI"));
  EXPECT_EQ(function.run({i32(8)}).results[0].as<uint32_t>(), 0u);
  EXPECT_EQ(function.run({i32(65'536)}).completion, Completion::trapped);
}

TEST(Translator, KeepsLocalsFarUpTheStack) {
  CodeBuilder code;  // a hundred times the old value, below the new one
  for (int i = 0; i < 100; ++i) code.local_get(0);
  code.i32_const(7).local_set(0);
  for (int i = 0; i < 99; ++i) code.op(Op::I32Add);
  code.local_get(0).op(Op::I32Mul).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  EXPECT_EQ(function.run({i32(3)}).results[0].as<uint32_t>(), 2100u);
}

TEST(Translator, KnowsTheOffsetOfEachInstruction) {
  CodeBuilder code;
  code.local_get(0).op(Op::Drop);
  for (int i = 0; i < 1000; ++i) code.op(Op::Nop);
  code.op(Op::Unreachable).end();
  OneFunction function({k_type_i32}, {}, {}, code);
  EXPECT_EQ(function.run({i32(0)}).completion, Completion::trapped);
  auto* ip = static_cast<const Instr*>(function.thread().trap.ip);
  const FunctionTranslation* translation = CompiledModule::find_translation_of(ip);
  ASSERT_NE(translation, nullptr);
  EXPECT_EQ(translation->wasm_offset(ip), function.body_begin() + 3 + 1000);
  EXPECT_EQ(CompiledModule::find_translation_of(translation->instrs - 1), nullptr);
}

TEST(Translator, KeepsRoundingOfMultiplyThenAdd) {
  CodeBuilder code;
  code.local_get(0).local_get(0).op(Op::F64Mul).local_get(1).op(Op::F64Add).end();
  OneFunction function({k_type_f64, k_type_f64}, {k_type_f64}, {}, code);
  double x = 1.0 + 0x1p-30;
  double expected = x * x;  // rounded, so that the sum below is not the fused one's
  auto result = function.run({Value::of(k_f64, x), Value::of(k_f64, -1.0 - 0x1p-29)});
  EXPECT_EQ(result.results[0].as<double>(), expected + (-1.0 - 0x1p-29));
}

TEST(Run, DeepRecursionTraps) {
  CodeBuilder code;
  code.local_get(0).call(0).i32_const(1).op(Op::I32Add).end();
  OneFunction function({k_type_i32}, {k_type_i32}, {}, code);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(function.run({i32(0)}).completion, Completion::trapped);
    EXPECT_EQ(function.thread().trap.kind, Trap::CallStackExhausted);
  }
}

TEST(Run, AnInterruptEndsALoop) {
  CodeBuilder code;
  code.block(Op::Loop).op(Op::Br, {0}).end().op(Op::Unreachable).end();
  OneFunction function({}, {k_type_i32}, {}, code);
  function.thread().request_interrupt(k_interrupt_stop);
  EXPECT_EQ(function.run({}).completion, Completion::trapped);
  EXPECT_EQ(function.thread().trap.kind, Trap::Interrupted);
}

TEST(Run, MemoryTrapsTellTheAddress) {
  CodeBuilder load, update, fill;
  load.local_get(0).memory_op(Op::I32Load, 16).end();
  update.local_get(0).local_get(0).memory_op(Op::I32AtomicRmwAdd, 16).end();
  fill.local_get(0).i32_const(1).i32_const(32).op(Op::MemoryFill, {0}).i32_const(0).end();
  for (const CodeBuilder* code : {&load, &update}) {
    OneFunction function({k_type_i32}, {k_type_i32}, {}, *code);
    EXPECT_EQ(function.run({i32(0xfff0)}).completion, Completion::trapped);
    EXPECT_EQ(function.thread().trap.fault_address, 0x10000u);
    EXPECT_EQ(trap_message(function.thread().trap), "out of bounds memory access: address 0x10000");
    EXPECT_EQ(function.run({i32(0xffe0)}).completion, Completion::returned);
  }
  OneFunction function({k_type_i32}, {k_type_i32}, {}, fill);
  EXPECT_EQ(function.run({i32(0xfff0)}).completion, Completion::trapped);
  EXPECT_EQ(trap_message(function.thread().trap), "out of bounds memory access");
}

TEST(Run, ResultsAreTheSameOnMovedStacks) {
  set_interpreter_options({.verify_every = 1});
  OneFunction function({k_type_i32}, {k_type_i32}, {k_type_i32}, countdown());
  EXPECT_EQ(function.run({i32(1000)}).results[0].as<uint32_t>(), 500500u);
  set_interpreter_options({});
}

}  // namespace
}  // namespace lindvm
