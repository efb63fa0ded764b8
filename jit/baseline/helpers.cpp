#include "jit/baseline/helpers.h"

#include <array>
#include <cstring>

#include "jit/baseline/compiler.h"
#include "vm/isa/evaluate.h"
#include "vm/runtime/call_mismatch.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/operations.h"
#include "vm/runtime/store.h"
#include "vm/types/operand_types.h"

namespace lindvm::jit {
namespace helpers {
namespace {

uint64_t as_word(Trap trap) { return static_cast<uint64_t>(trap); }
uint32_t index(uint64_t a) { return static_cast<uint32_t>(a); }

uint64_t grow_result(uint64_t result, uint64_t is64) {
  return result == ops::k_grow_failed && !is64 ? uint64_t{0xffffffff} : result;
}

V128 read_operand(const uint64_t*& slot, OperandType type) {
  V128 value{};
  if (type == OperandType::v128) {
    std::memcpy(&value, slot - 1, 16);
    slot -= 2;
  } else {
    std::memcpy(&value, slot, 8);
    slot -= 1;
  }
  return value;
}

void write_result(uint64_t*& slot, OperandType type, const V128& value) {
  switch (type) {
    case OperandType::v128:
      std::memcpy(slot - 1, &value, 16);
      slot -= 2;
      return;
    case OperandType::i32:
    case OperandType::f32:
      *slot-- = value.lane<uint32_t>(0);
      return;
    case OperandType::i64:
    case OperandType::f64:
    case OperandType::addr:
      *slot-- = value.lane<uint64_t>(0);
      return;
  }
}

}  // namespace

/// a: the Op.
uint64_t evaluate_numeric(InstanceContext*, uint64_t* operands, uint64_t a, uint64_t) {
  Op op = static_cast<Op>(a);
  const SignatureInfo& signature = signature_info(op_info(op).signature);
  std::array<V128, 4> values{};
  const uint64_t* slot = operands;
  for (unsigned i = 0; i < signature.operand_count; ++i) {
    values[i] = read_operand(slot, signature.operand_types[i]);
  }
  Evaluation evaluation = evaluate(op, {values.data(), signature.operand_count});
  if (evaluation.trap != Trap::None) return as_word(evaluation.trap);
  for (unsigned i = 0; i < signature.result_count; ++i) {
    write_result(operands, signature.result_types[i], evaluation.results[i]);
  }
  return 0;
}

// a: table, or the first index immediate; b: the second, or whether addresses have 64 bits.
uint64_t table_get(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  return as_word(ops::table_get(*ctx, index(a), operands[0], operands[0]));
}
uint64_t table_set(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  return as_word(ops::table_set(*ctx, index(a), operands[0], operands[-1]));
}
uint64_t table_size(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  operands[0] = ops::table_size(*ctx, index(a));
  return 0;
}
uint64_t table_grow(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  operands[0] = grow_result(ops::table_grow(*ctx, index(a), operands[0], operands[-1]), b);
  return 0;
}
uint64_t table_fill(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  return as_word(ops::table_fill(*ctx, index(a), operands[0], operands[-1], operands[-2]));
}
uint64_t table_copy(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  return as_word(ops::table_copy(*ctx, index(a), index(b), operands[0], operands[-1], operands[-2]));
}
uint64_t table_init(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  return as_word(ops::table_init(*ctx, index(a), index(b), operands[0], operands[-1], operands[-2]));
}
uint64_t elem_drop(InstanceContext* ctx, uint64_t*, uint64_t a, uint64_t) {
  ops::elem_drop(*ctx, index(a));
  return 0;
}
uint64_t memory_size(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  operands[0] = ops::memory_size(*ctx, index(a));
  return 0;
}
uint64_t memory_grow(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  operands[0] = grow_result(ops::memory_grow(*ctx, index(a), operands[0]), b);
  return 0;
}
uint64_t memory_fill(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  auto value = static_cast<uint8_t>(operands[-1]);
  return as_word(ops::memory_fill(*ctx, index(a), operands[0], value, operands[-2]));
}
uint64_t memory_copy(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  return as_word(ops::memory_copy(*ctx, index(a), index(b), operands[0], operands[-1], operands[-2]));
}
uint64_t memory_init(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  return as_word(ops::memory_init(*ctx, index(a), index(b), operands[0], operands[-1], operands[-2]));
}
uint64_t data_drop(InstanceContext* ctx, uint64_t*, uint64_t a, uint64_t) {
  ops::data_drop(*ctx, index(a));
  return 0;
}

// a: function index.
uint64_t ref_func(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t) {
  operands[0] = ctx->instance->function(index(a)).handle;
  return 0;
}

// a: memory, b: offset.
uint64_t atomic_notify(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  uint32_t woken = 0;
  Trap trap = ops::memory_notify(*ctx, index(a), operands[0], b, static_cast<uint32_t>(operands[-1]), woken);
  if (trap == Trap::None) operands[0] = woken;
  return as_word(trap);
}
uint64_t atomic_wait32(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  uint32_t result = 0;
  auto timeout = static_cast<int64_t>(operands[-2]);
  Trap trap = ops::memory_wait32(*ctx, index(a), operands[0], b, static_cast<uint32_t>(operands[-1]), timeout,
                                 result);
  if (trap == Trap::None) operands[0] = result;
  return as_word(trap);
}
uint64_t atomic_wait64(InstanceContext* ctx, uint64_t* operands, uint64_t a, uint64_t b) {
  uint32_t result = 0;
  auto timeout = static_cast<int64_t>(operands[-2]);
  Trap trap = ops::memory_wait64(*ctx, index(a), operands[0], b, operands[-1], timeout, result);
  if (trap == Trap::None) operands[0] = result;
  return as_word(trap);
}

}  // namespace helpers

const Function* find_function(InstanceContext* ctx, uint64_t ref) {
  return &ctx->thread->store().function(ref);
}

const Function* resolve_callee(InstanceContext* ctx, const TableEntry* entry, uint32_t expected,
                               const uint8_t* return_address) {
  const MachineCode& caller = *MachineCode::find(return_address - 1);
  CallSite site{caller.function, caller.site_at(return_address - 1)->wasm_offset};
  return resolve_indirect_call(*ctx->thread, site, TypeId{expected}, *entry);
}

// --- their calls -----------------------------------------------------------------------------------------

void Compiler::call_helper(const void* helper, uint32_t operands, std::span<const ValKind> results,
                           uint64_t a, uint64_t b) {
  materialize_top(operands);
  for (uint32_t i = 0; i < operands; ++i) pop();
  flush_all();
  lower_helper_call(helper, height_, a, b);
  for (ValKind kind : results) push_slot(kind);
}

namespace {

const void* code_of(Helper helper) { return reinterpret_cast<const void*>(helper); }
constexpr ValKind k_one_i32[] = {ValKind::i32};
constexpr ValKind k_one_i64[] = {ValKind::i64};

}  // namespace

void Compiler::numeric_helper(Op op) {
  const SignatureInfo& signature = signature_info(op_info(op).signature);
  std::array<ValKind, 2> results{};
  for (unsigned i = 0; i < signature.result_count; ++i) {
    results[i] = value_type(signature.result_types[i], k_i32).kind();
  }
  call_helper(code_of(helpers::evaluate_numeric), signature.operand_count,
              {results.data(), signature.result_count}, static_cast<uint64_t>(op));
}

/// Instructions on tables, memories and segments.
void Compiler::instance_op(Op op) {
  auto address_result = [](bool is64) { return std::span<const ValKind>(is64 ? k_one_i64 : k_one_i32); };
  auto table_is64 = [this](uint32_t table) { return module_->tables()[table].type.is64; };
  auto memory_is64 = [this](uint32_t memory) { return module_->memories()[memory].is64; };
  uint32_t first = reader_.u32();
  switch (op) {
    case Op::TableGet:
      return call_helper(code_of(helpers::table_get), 1, k_one_ref, first);
    case Op::TableSet:
      return call_helper(code_of(helpers::table_set), 2, {}, first);
    case Op::TableSize:
      return call_helper(code_of(helpers::table_size), 0, address_result(table_is64(first)), first);
    case Op::TableGrow:
      return call_helper(code_of(helpers::table_grow), 2, address_result(table_is64(first)), first,
                         table_is64(first));
    case Op::TableFill:
      return call_helper(code_of(helpers::table_fill), 3, {}, first);
    case Op::TableCopy:
      return call_helper(code_of(helpers::table_copy), 3, {}, first, reader_.u32());
    case Op::TableInit:
      return call_helper(code_of(helpers::table_init), 3, {}, first, reader_.u32());
    case Op::ElemDrop:
      return call_helper(code_of(helpers::elem_drop), 0, {}, first);
    case Op::MemorySize:
      return call_helper(code_of(helpers::memory_size), 0, address_result(memory_is64(first)), first);
    case Op::MemoryGrow:
      return call_helper(code_of(helpers::memory_grow), 1, address_result(memory_is64(first)), first,
                         memory_is64(first));
    case Op::MemoryFill:
      return call_helper(code_of(helpers::memory_fill), 3, {}, first);
    case Op::MemoryCopy:
      return call_helper(code_of(helpers::memory_copy), 3, {}, first, reader_.u32());
    case Op::MemoryInit:
      return call_helper(code_of(helpers::memory_init), 3, {}, first, reader_.u32());
    default:
      return call_helper(code_of(helpers::data_drop), 0, {}, first);
  }
}

/// Valid, but nothing here executes it: traps when reached, as in the interpreter.
void Compiler::unsupported(Op op) {
  skip_immediates(reader_, op);
  flush_pins();
  call_trap(Trap::Unsupported);
  unreachable();
}

}  // namespace lindvm::jit
