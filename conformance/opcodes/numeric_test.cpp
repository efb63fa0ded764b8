// Every numeric row of the opcode table, in every shape of operands and result, against its meaning [R2, R8].

#include <gtest/gtest.h>

#include "conformance/opcodes/runner.h"
#include "conformance/opcodes/shapes.h"
#include "vm/isa/evaluate.h"

namespace lindvm::opcode_tests {
namespace {

constexpr size_t k_plain_tuples = 300;    // of the plainest shape, where the operation itself is at test
constexpr size_t k_tuples = 100;          // per function of the other shapes
constexpr size_t k_tuples_per_lane = 20;  // per function, of rows with a lane immediate
constexpr size_t k_baked_tuples = 24;     // functions per shape with constants

Tuple with_lane(Tuple tuple, const Instruction& instruction) {
  tuple.insert(tuple.end(), instruction.lane.begin(), instruction.lane.end());
  return tuple;
}

/// What a shape's body gives for a tuple.
Evaluation expected_of(const Shape& shape, const Instruction& instruction, Tuple tuple) {
  Evaluation once = evaluate(instruction.op, with_lane(tuple, instruction));
  if (once.trap != Trap::None || shape.returns == Returns::results) return once;
  if (shape.returns == Returns::truth) {
    once.results[0].set_lane<uint32_t>(0, once.results[0].lane<uint32_t>(0) != 0);
    return once;
  }
  (shape.returns == Returns::twice_first ? tuple.front() : tuple.back()) = once.results[0];
  return evaluate(instruction.op, with_lane(tuple, instruction));
}

/// A generated function and what it is to be called with.
struct Case {
  const Shape* shape;
  Instruction instruction;
  uint32_t function;
  std::vector<Tuple> tuples;
};

class NumericModule {
 public:
  explicit NumericModule(Op op) {
    const SignatureInfo& signature = signature_info(op_info(op).signature);
    prototype_ = {op, {}, val_types(signature.operands(), k_i32), val_types(signature.results(), k_i32)};
    module_.memory({.min = 1, .max = 1});
    for (ValType type : prototype_.operands) {
      testing::CodeBuilder zero;
      emit_const(zero, type, V128{});
      module_.global(type_codes({type})[0], true, zero.end());
    }
    add_identity();
    for (const Tuple& lane : lane_immediates(op)) {
      Instruction instruction = prototype_;
      instruction.lane = lane;
      for (const Shape& shape : shapes()) {
        if (shape.applies(instruction)) add_shape(shape, instruction);
      }
    }
  }

  std::vector<uint8_t> build() const { return module_.build(); }
  const std::vector<Case>& cases() const { return cases_; }

 private:
  void add_identity() {
    testing::TypeCodes types = type_codes(prototype_.results);
    testing::CodeBuilder code;
    for (uint32_t i = 0; i < types.size(); ++i) code.local_get(i);
    module_.function(module_.type(types, types), {}, code.end());
  }

  void add_shape(const Shape& shape, const Instruction& instruction) {
    bool is_plainest = &shape == &shapes().front();
    size_t limit = !instruction.lane.empty() ? k_tuples_per_lane : is_plainest ? k_plain_tuples : k_tuples;
    if (!shape.bakes_operands) {
      add_function(shape, instruction, edge_tuples(instruction.operands, limit));
      return;
    }
    for (const Tuple& tuple :
         edge_tuples(instruction.operands, instruction.lane.empty() ? k_baked_tuples : 4)) {
      add_function(shape, instruction, {tuple});
    }
  }

  void add_function(const Shape& shape, const Instruction& instruction, std::vector<Tuple> tuples) {
    testing::CodeBuilder code;
    shape.emit_body(code, instruction, tuples.front());
    uint32_t type = module_.type(type_codes(instruction.operands), type_codes(instruction.results));
    uint32_t function = module_.function(type, type_codes(local_types(instruction)), code.end());
    cases_.push_back({&shape, instruction, function, std::move(tuples)});
  }

  testing::ModuleBuilder module_;
  Instruction prototype_;
  std::vector<Case> cases_;
};

void check_call(LoadedModule& module, const Case& test, const Tuple& tuple) {
  const Instruction& instruction = test.instruction;
  Evaluation expected = expected_of(*test.shape, instruction, tuple);
  Outcome actual = module.call(test.function, instruction.operands, tuple);
  SCOPED_TRACE(test.shape->name + to_hex(instruction.operands, tuple) +
               (instruction.lane.empty() ? "" : " lane " + to_hex(k_v128, instruction.lane[0])));
  ASSERT_EQ(trap_text(actual.trap), trap_text(expected.trap));
  if (expected.trap != Trap::None) return;
  ASSERT_EQ(actual.results.size(), instruction.results.size());
  for (size_t i = 0; i < instruction.results.size(); ++i) {
    ValType type = instruction.results[i];
    ASSERT_TRUE(is_acceptable(instruction.op, type, actual.results[i].bits, expected.results[i]))
        << to_hex(type, actual.results[i].bits) << " instead of " << to_hex(type, expected.results[i]);
  }
}

class NumericOpcodes : public ::testing::TestWithParam<Op> {};

TEST_P(NumericOpcodes, GiveTheirMeaningInEveryShape) {
  NumericModule generated(GetParam());
  std::string error;
  auto module = LoadedModule::load(generated.build(), error);
  ASSERT_NE(module, nullptr) << error;
  for (const Case& test : generated.cases()) {
    for (const Tuple& tuple : test.tuples) {
      check_call(*module, test, tuple);
      if (HasFatalFailure()) return;
    }
  }
}

std::vector<Op> numeric_ops() {
  std::vector<Op> ops;
  for (Op op : all_ops()) {
    if (op_info(op).is_numeric()) ops.push_back(op);
  }
  return ops;
}

INSTANTIATE_TEST_SUITE_P(Table, NumericOpcodes, ::testing::ValuesIn(numeric_ops()),
                         [](const auto& info) { return std::string(op_info(info.param).id); });

}  // namespace
}  // namespace lindvm::opcode_tests
