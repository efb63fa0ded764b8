#include "vm/isa/evaluate.h"

#include <gtest/gtest.h>

namespace lindvm {
namespace {

template <class T>
V128 bits(T value) {
  V128 result{};
  result.set_lane<T>(0, value);
  return result;
}

TEST(Evaluate, KnowsTheRowsThatHaveAMeaning) {
  for (Op op : all_ops()) {
    bool is_runtime_operation =
        op_info(op).meaning.starts_with("atomic_wait") || op == Op::MemoryAtomicNotify;
    EXPECT_EQ(can_evaluate(op), op_info(op).has_meaning() && !is_runtime_operation) << to_string(op);
  }
}

TEST(Evaluate, NumericRows) {
  EXPECT_EQ(evaluate(Op::I32Sub, {{bits(5u), bits(7u)}}).results[0].lane<uint32_t>(0), 0xfffffffeu);
  EXPECT_EQ(evaluate(Op::I32DivU, {{bits(5u), bits(0u)}}).trap, Trap::IntegerDivideByZero);
  EXPECT_EQ(evaluate(Op::F64PromoteF32, {{bits(1.5f)}}).results[0].lane<double>(0), 1.5);
  Evaluation wide = evaluate(Op::I64MulWideU, {{bits(~uint64_t{0}), bits(~uint64_t{0})}});
  EXPECT_EQ(wide.results[0].lane<uint64_t>(0), 1u);
  EXPECT_EQ(wide.results[1].lane<uint64_t>(0), ~uint64_t{1});
}

TEST(Evaluate, LaneAndMemoryRows) {
  V128 vector = bits(uint64_t{0x8877665544332211});
  EXPECT_EQ(evaluate(Op::I8x16ExtractLaneS, {{vector, bits(7u)}}).results[0].lane<uint32_t>(0), 0xffffff88u);
  uint8_t memory[4] = {1, 2, 0x83, 4};
  EXPECT_EQ(evaluate(Op::I64Load8S, {}, memory + 2).results[0].lane<uint64_t>(0), 0xffffffffffffff83u);
  evaluate(Op::V128Store16Lane, {{vector, bits(1u)}}, memory);
  EXPECT_EQ(memory[0], 0x33);
  EXPECT_EQ(memory[1], 0x44);
  EXPECT_EQ(evaluate(Op::I32AtomicRmw8AddU, {{bits(0xffu)}}, memory + 3).results[0].lane<uint32_t>(0), 4u);
  EXPECT_EQ(memory[3], 3);
}

}  // namespace
}  // namespace lindvm
