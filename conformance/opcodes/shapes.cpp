#include "conformance/opcodes/shapes.h"

namespace lindvm::opcode_tests {
namespace {

using testing::CodeBuilder;

// clang-format off
bool always(const Instruction&) { return true; }
bool has_operand(const Instruction& i) { return !i.operands.empty(); }
bool has_two_operands(const Instruction& i) { return i.operands.size() >= 2; }
bool has_one_result(const Instruction& i) { return i.results.size() == 1; }
bool has_i32_result(const Instruction& i) { return has_one_result(i) && i.results[0] == k_i32; }
bool replaces_first(const Instruction& i) { return has_one_result(i) && has_operand(i) && i.operands.front() == i.results[0]; }
bool replaces_last(const Instruction& i) { return has_one_result(i) && has_two_operands(i) && i.operands.back() == i.results[0]; }
// clang-format on

uint32_t operand_count(const Instruction& i) { return static_cast<uint32_t>(i.operands.size()); }
uint32_t result_count(const Instruction& i) { return static_cast<uint32_t>(i.results.size()); }
uint32_t first_result_local(const Instruction& i) { return operand_count(i); }
uint32_t counter_local(const Instruction& i) { return operand_count(i) + result_count(i); }

void get_operands(CodeBuilder& code, const Instruction& i) {
  for (uint32_t k = 0; k < operand_count(i); ++k) code.local_get(k);
}
void compute(CodeBuilder& code, const Instruction& i) {
  get_operands(code, i);
  emit(code, i.op, i.lane);
}
void set_results(CodeBuilder& code, const Instruction& i) {
  for (uint32_t k = result_count(i); k-- > 0;) code.local_set(first_result_local(i) + k);
}
void get_results(CodeBuilder& code, const Instruction& i) {
  for (uint32_t k = 0; k < result_count(i); ++k) code.local_get(first_result_local(i) + k);
}

Op load_op(ValType type) {
  if (type == k_i32) return Op::I32Load;
  if (type == k_i64) return Op::I64Load;
  if (type == k_f32) return Op::F32Load;
  return type == k_f64 ? Op::F64Load : Op::V128Load;
}
Op store_op(ValType type) {
  if (type == k_i32) return Op::I32Store;
  if (type == k_i64) return Op::I64Store;
  if (type == k_f32) return Op::F32Store;
  return type == k_f64 ? Op::F64Store : Op::V128Store;
}

/// Loads operands first..last from memory, where they are put before; the others come from their parameters.
void compute_from_memory(CodeBuilder& code, const Instruction& i, uint32_t first, uint32_t last) {
  for (uint32_t k = first; k <= last; ++k) {
    code.i32_const(16 * k).local_get(k).memory_op(store_op(i.operands[k]));
  }
  for (uint32_t k = 0; k < operand_count(i); ++k) {
    if (k >= first && k <= last) {
      code.i32_const(8 * k).memory_op(load_op(i.operands[k]), 8 * k);
    } else {
      code.local_get(k);
    }
  }
  emit(code, i.op, i.lane);
}

/// Operands first..last are constants; the others come from their parameters.
void compute_with_constants(CodeBuilder& code, const Instruction& i, const Tuple& tuple, uint32_t first,
                            uint32_t last) {
  for (uint32_t k = 0; k < operand_count(i); ++k) {
    if (k >= first && k <= last) {
      emit_const(code, i.operands[k], tuple[k]);
    } else {
      code.local_get(k);
    }
  }
  emit(code, i.op, i.lane);
}

/// Runs `body` three times, so that an interpreter or compiler finds the locals hot.
template <class Body>
void repeat(CodeBuilder& code, const Instruction& i, Body body) {
  uint32_t counter = counter_local(i);
  code.i32_const(3).local_set(counter).block(Op::Loop);
  body();
  code.local_get(counter).i32_const(1).op(Op::I32Sub).local_tee(counter).op(Op::BrIf, {0}).end();
}

void emit_params(CodeBuilder& code, const Instruction& i, const Tuple&) { compute(code, i); }

void emit_to_local(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  set_results(code, i);
  get_results(code, i);
}

void emit_tee(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  code.local_tee(first_result_local(i)).op(Op::Drop).local_get(first_result_local(i));
}

void emit_over_first(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  code.local_set(0).local_get(0);
}

void emit_over_last(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  code.local_set(operand_count(i) - 1).local_get(operand_count(i) - 1);
}

void emit_twice_first(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  for (uint32_t k = 1; k < operand_count(i); ++k) code.local_get(k);
  emit(code, i.op, i.lane);
}

void emit_twice_last(CodeBuilder& code, const Instruction& i, const Tuple&) {
  for (uint32_t k = 0; k + 1 < operand_count(i); ++k) code.local_get(k);
  compute(code, i);
  emit(code, i.op, i.lane);
}

void emit_loaded(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute_from_memory(code, i, 0, operand_count(i) - 1);
}
void emit_loaded_first(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute_from_memory(code, i, 0, 0);
}
void emit_loaded_last(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute_from_memory(code, i, operand_count(i) - 1, operand_count(i) - 1);
}

void emit_stored(CodeBuilder& code, const Instruction& i, const Tuple&) {
  code.i32_const(k_result_address);
  compute(code, i);
  code.memory_op(store_op(i.results[0]));
  code.i32_const(k_result_address - 8).memory_op(load_op(i.results[0]), 8);
}

void emit_globals(CodeBuilder& code, const Instruction& i, const Tuple&) {
  for (uint32_t k = 0; k < operand_count(i); ++k) code.local_get(k).op(Op::GlobalSet, {k});
  for (uint32_t k = 0; k < operand_count(i); ++k) code.op(Op::GlobalGet, {k});
  emit(code, i.op, i.lane);
}

void emit_call(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  code.call(0);
}

void emit_block(CodeBuilder& code, const Instruction& i, const Tuple&) {
  code.block(Op::Block, type_codes(i.results)[0]);
  compute(code, i);
  code.op(Op::Br, {0}).end();
}

void emit_loop(CodeBuilder& code, const Instruction& i, const Tuple&) {
  repeat(code, i, [&] {
    compute(code, i);
    set_results(code, i);
  });
  get_results(code, i);
}

void emit_constants(CodeBuilder& code, const Instruction& i, const Tuple& tuple) {
  compute_with_constants(code, i, tuple, 0, operand_count(i) - 1);
}
void emit_constant_first(CodeBuilder& code, const Instruction& i, const Tuple& tuple) {
  compute_with_constants(code, i, tuple, 0, 0);
}
void emit_constant_last(CodeBuilder& code, const Instruction& i, const Tuple& tuple) {
  compute_with_constants(code, i, tuple, operand_count(i) - 1, operand_count(i) - 1);
}
void emit_constant_last_loop(CodeBuilder& code, const Instruction& i, const Tuple& tuple) {
  repeat(code, i, [&] {
    emit_constant_last(code, i, tuple);
    set_results(code, i);
  });
  get_results(code, i);
}

void choose(CodeBuilder& code) { code.i32_const(1).op(Op::Else).i32_const(0).end(); }

void emit_if(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  choose(code.block(Op::If, testing::k_type_i32));
}

void emit_if_not(CodeBuilder& code, const Instruction& i, const Tuple&) {
  compute(code, i);
  code.op(Op::I32Eqz).block(Op::If, testing::k_type_i32).i32_const(0).op(Op::Else).i32_const(1).end();
}

void emit_br_if(CodeBuilder& code, const Instruction& i, const Tuple&) {
  code.block(Op::Block);
  compute(code, i);
  code.op(Op::BrIf, {0}).i32_const(0).op(Op::Return).end().i32_const(1);
}

void emit_br_if_value(CodeBuilder& code, const Instruction& i, const Tuple&) {
  code.block(Op::Block, testing::k_type_i32).i32_const(1);
  compute(code, i);
  code.op(Op::BrIf, {0}).op(Op::Drop).i32_const(0).end();
}

void emit_select(CodeBuilder& code, const Instruction& i, const Tuple&) {
  code.i32_const(1).i32_const(0);
  compute(code, i);
  code.op(Op::Select);
}

void emit_constant_last_if(CodeBuilder& code, const Instruction& i, const Tuple& tuple) {
  emit_constant_last(code, i, tuple);
  choose(code.block(Op::If, testing::k_type_i32));
}

}  // namespace

std::vector<ValType> local_types(const Instruction& instruction) {
  std::vector<ValType> types = instruction.results;
  types.push_back(k_i32);
  return types;
}

const std::vector<Shape>& shapes() {
  using enum Returns;
  static const std::vector<Shape> all = {
      {"parameters", results, false, always, emit_params},
      {"result to local", results, false, always, emit_to_local},
      {"result by tee", results, false, has_one_result, emit_tee},
      {"result over first operand", results, false, replaces_first, emit_over_first},
      {"result over last operand", results, false, replaces_last, emit_over_last},
      {"result as first operand", twice_first, false, replaces_first, emit_twice_first},
      {"result as last operand", twice_last, false, replaces_last, emit_twice_last},
      {"operands from memory", results, false, has_operand, emit_loaded},
      {"first operand from memory", results, false, has_two_operands, emit_loaded_first},
      {"last operand from memory", results, false, has_two_operands, emit_loaded_last},
      {"result to memory", results, false, has_one_result, emit_stored},
      {"operands from globals", results, false, has_operand, emit_globals},
      {"result to call", results, false, always, emit_call},
      {"result of block", results, false, has_one_result, emit_block},
      {"in a loop", results, false, always, emit_loop},
      {"constants", results, true, has_operand, emit_constants},
      {"first operand constant", results, true, has_two_operands, emit_constant_first},
      {"last operand constant", results, true, has_two_operands, emit_constant_last},
      {"last operand constant in a loop", results, true, has_two_operands, emit_constant_last_loop},
      {"if", truth, false, has_i32_result, emit_if},
      {"if not", truth, false, has_i32_result, emit_if_not},
      {"br_if", truth, false, has_i32_result, emit_br_if},
      {"br_if with value", truth, false, has_i32_result, emit_br_if_value},
      {"select", truth, false, has_i32_result, emit_select},
      {"last operand constant, if", truth, true,
       [](const Instruction& i) { return has_i32_result(i) && has_operand(i); }, emit_constant_last_if},
  };
  return all;
}

}  // namespace lindvm::opcode_tests
