// Which handlers implement which opcode, and which pairs of opcodes: expansion of the tables.

#include "vm/interp/handlers.h"

#include <array>

#include "vm/interp/fusions.h"
#include "vm/types/operand_types.h"

namespace lindvm::interp {

namespace {

struct FusionRow {
  Op consumer{};
  Fusion fusion;
};

// Rows of one consumer are tried in order.
constexpr FusionRow k_fusion_rows[] = {
#define LINDVM_INDEXED(op, D, F, f)                                                                         \
  {Op::op,                                                                                                  \
   {H_I32Add_S_S_S, Form::int_binary, 2, H_##op##Add_##D##_S_S, Form::f##_load_add, Carried::nothing}},     \
      {Op::op, {H_I32Add_S_S_S, Form::int_binary_imm, 1, H_##op##AddI_##D##_S, Form::F, Carried::step}},    \
      {Op::op, {H_I32Add_S_S_S, Form::int_binary_imm, 1, H_##op##AddWide_##D##_S, Form::F, Carried::word}}, \
      {Op::op, {H_I32Shl_S_S_S, Form::int_binary_imm, 1, H_##op##Shl_##D##_S, Form::F, Carried::bit_count}},
#define LINDVM_INDEXED_LOAD(op, memory_type, value) LINDVM_INDEXED(op, S, int_unary, int)
#define LINDVM_FLT_INDEXED_LOAD(op, type) LINDVM_INDEXED(op, FS, flt_load, flt)
#define LINDVM_SHIFT_XOR(name, consumer, type, shift) \
  {Op::consumer,                                      \
   {H_##shift##_S_S_S, Form::int_binary_imm, 1, H_##name##_S_S_S, Form::int_shift_xor, Carried::bit_count}},
#define LINDVM_MUL_ADD(name, type, mul, op) \
  {Op::op,                                  \
   {H_##mul##_FS_FS_FS, Form::flt_binary, 2, H_##name##_FS_FS_FS_FS, Form::flt_mul_add, Carried::nothing}},
#define LINDVM_FLT_LOAD_OP(op, load, type) \
  {Op::op, {H_##load##_FS_S, Form::flt_load, 1, H_##op##Load_FS_FS_S, Form::flt_load_op, Carried::offset}},
#include "vm/interp/families.def"
};

constexpr auto k_fusions = [] {
  std::array<Fusion, std::size(k_fusion_rows)> sorted{};
  size_t count = 0;
  for (Op op : all_ops()) {
    for (const FusionRow& row : k_fusion_rows) {
      if (row.consumer == op) sorted[count++] = row.fusion;
    }
  }
  return sorted;
}();

constexpr void describe_signature(OpHandlers& row, const OpInfo& info) {
  const SignatureInfo& signature = signature_info(info.signature);
  row.commutes = info.has(trait::commutes);
  row.operand_count = signature.operand_count;
  row.has_result = signature.result_count != 0;
  if (row.has_result) row.result = slot_type(value_type(signature.result_types[0], k_i32));
  if (row.operand_count > 0)
    row.operand = slot_type(value_type(signature.operand_types[row.operand_count - 1u], k_i32));
}

constexpr void refine_cold(OpHandlers& row, const OpInfo& info) {
  bool is_memory = row.treatment == Treatment::memory;
  if (info.imm == Imm::Lane) row.treatment = Treatment::cold_lane;
  if (info.imm == Imm::Shuffle) row.treatment = Treatment::shuffle;
  if (signature_info(info.signature).result_count == 2) row.treatment = Treatment::wide;
  if (is_memory && info.imm == Imm::MemArgLane) row.treatment = Treatment::memory_lane;
  if (row.treatment == Treatment::none && info.feature == Feature::gc) row.treatment = Treatment::unsupported;
}

constexpr void find_fusions(OpHandlers& row, Op op, uint16_t& at) {
  row.first_fusion = at;
  for (const FusionRow& fusion : k_fusion_rows) {
    if (fusion.consumer == op) ++row.fusion_count, ++at;
  }
}

constexpr std::array<OpHandlers, k_op_count> make_op_handlers() {
  std::array<OpHandlers, k_op_count> table{};
  auto at = [&table](Op op) -> OpHandlers& { return table[static_cast<unsigned>(op)]; };
  auto set = [&at](Op op, Treatment treatment, uint16_t base, uint16_t branch = 0, uint16_t branch_not = 0) {
    OpHandlers& row = at(op);
    row.treatment = treatment;
    row.base = base;
    row.branch = branch;
    row.branch_not = branch_not;
  };

  // First what the opcode table gives, then the families and special treatments, which replace it.
#define LINDVM_COLD(id, ...) set(Op::id, Treatment::cold, H_Cold##id);
#define LINDVM_MEMORY(id, ...)                   \
  set(Op::id, Treatment::memory, H_Guarded##id); \
  at(Op::id).memory = H_Checked##id;
#include "vm/interp/cold_handlers.def"
#undef LINDVM_COLD
#undef LINDVM_MEMORY

#define LINDVM_INT_BINARY(op, type) set(Op::op, Treatment::int_binary, H_##op##_S_S_S);
#define LINDVM_INT_COMPARE(op, type, inverse) \
  set(Op::op, Treatment::int_compare, H_##op##_S_S, H_Br##op##_S_S, H_Br##inverse##_S_S);
#define LINDVM_INT_UNARY(op, from, to) set(Op::op, Treatment::int_unary, H_##op##_S_S);
#define LINDVM_INT_LOAD(op, memory_type, value) set(Op::op, Treatment::int_load, H_##op##_S_S);
#define LINDVM_INT_STORE(op, memory_type) set(Op::op, Treatment::int_store, H_##op##_S_S);
#define LINDVM_FLT_BINARY(op, type) set(Op::op, Treatment::flt_binary, H_##op##_FS_FS_FS);
#define LINDVM_FLT_UNARY(op, type) set(Op::op, Treatment::flt_unary, H_##op##_FS_FS);
#define LINDVM_FLT_LOAD(op, type) set(Op::op, Treatment::flt_load, H_##op##_FS_S);
#define LINDVM_FLT_STORE(op, type) set(Op::op, Treatment::flt_store, H_##op##_S_FS);
#define LINDVM_FLT_COMPARE(op, type) \
  set(Op::op, Treatment::flt_compare, H_Cold##op, H_Br##op##_FS_FS, H_BrNot##op##_FS_FS);
#define LINDVM_LATCH(op) at(Op::op).latch = H_Latch##op##_S_S;
#include "vm/interp/families.def"

#define LINDVM_SPECIAL(op, treatment, handler) set(Op::op, Treatment::treatment, H_##handler);
#include "vm/interp/treatments.def"
#undef LINDVM_SPECIAL

  uint16_t fusions = 0;
  for (Op op : all_ops()) {
    at(op).op = op;
    describe_signature(at(op), op_info(op));
    refine_cold(at(op), op_info(op));
    find_fusions(at(op), op, fusions);
  }
  return table;
}

}  // namespace

constexpr std::array<OpHandlers, k_op_count> k_op_handlers = make_op_handlers();

static_assert(
    [] {
      for (const OpHandlers& row : k_op_handlers) {
        if (row.treatment == Treatment::none) return false;
      }
      return true;
    }(),
    "an opcode that nothing translates");

constexpr OpHandlers k_prefixed{.treatment = Treatment::prefixed};

constexpr std::array<const OpHandlers*, 256> k_rows_by_byte = [] {
  std::array<const OpHandlers*, 256> rows{};
  for (unsigned byte = 0; byte < rows.size(); ++byte) {
    Op op = op_of_byte(static_cast<uint8_t>(byte));
    rows[byte] = op == k_no_op ? &k_prefixed : &k_op_handlers[static_cast<unsigned>(op)];
  }
  return rows;
}();

constexpr std::array<Treatment, 256> k_treatments_by_byte = [] {
  std::array<Treatment, 256> treatments{};
  for (unsigned byte = 0; byte < treatments.size(); ++byte) {
    treatments[byte] = k_rows_by_byte[byte]->treatment;
  }
  return treatments;
}();

std::span<const Fusion> fusions_of(const OpHandlers& consumer) {
  return {k_fusions.data() + consumer.first_fusion, consumer.fusion_count};
}

}  // namespace lindvm::interp
