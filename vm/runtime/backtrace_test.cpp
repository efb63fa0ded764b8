#include "vm/runtime/backtrace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vm/module/module_bytes.h"
#include "vm/runtime/engine.h"

namespace lindvm {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Trapping : public ::testing::Test {
 protected:
  /// Calls export "run" of a module named "demo" with functions "run" (0, unnamed), "_Z5innerv" (1).
  void run(const Bytes& outer, const Bytes& inner) {
    Bytes function_names = vec({join({{1}, text("_Z5innerv")})});
    Bytes names = join({{0}, sized(text("demo")), {1}, sized(function_names)});
    auto compiled =
        compile(module({section(1, vec({{0x60, 0, 0}})), section(3, vec({{0}, {0}})),
                        section(7, vec({join({text("run"), {0, 0}})})),
                        section(10, vec({body({0}, outer), body({0}, inner)})), custom("name", names)}));
    ASSERT_TRUE(compiled.ok()) << compiled.error().message;
    code_start_ = (*compiled)->module().code_section().begin;
    Instance* instance = Linker(store_).instantiate(*compiled).value();
    EXPECT_EQ(call_export(*instance, "run").value().completion, Completion::trapped);
  }

  Store store_;
  uint64_t code_start_ = 0;
};

TEST_F(Trapping, NamesFramesFromTheInside) {
  run({0x01, 0x10, 1, 0x0b}, {0x01, 0x01, 0x00, 0x0b});
  Backtrace trace = capture_backtrace(store_.main_thread());
  ASSERT_EQ(trace.frames.size(), 2u);
  EXPECT_EQ(trace.frames[0].function_index, 1u);
  EXPECT_EQ(trace.frames[0].module_offset, code_start_ + 11) << "of unreachable";
  EXPECT_EQ(trace.frames[1].function_index, 0u);
  EXPECT_EQ(trace.frames[1].module_offset, code_start_ + 4) << "of the call";
  std::string text = to_text(store_.main_thread().trap, trace);
  EXPECT_THAT(text, StartsWith("wasm trap: unreachable\n   0: inner() (demo+0x"));
  EXPECT_THAT(text, HasSubstr("\n   1: run (demo+0x"));
}

TEST_F(Trapping, LeavesOutTheMiddleOfDeepStacks) {
  run({0x10, 1, 0x0b}, {0x10, 1, 0x0b});
  Backtrace trace = capture_backtrace(store_.main_thread());
  EXPECT_EQ(trace.frames.size(), Backtrace::k_max_inner + Backtrace::k_max_outer);
  EXPECT_GT(trace.omitted, 1000u);
  EXPECT_EQ(trace.frames.front().function_index, 1u);
  EXPECT_EQ(trace.frames.back().function_index, 0u);
  std::string text = to_text(store_.main_thread().trap, trace);
  EXPECT_THAT(text, StartsWith("wasm trap: call stack exhausted\n"));
  EXPECT_THAT(text, HasSubstr(" more frames"));
}

}  // namespace
}  // namespace lindvm
