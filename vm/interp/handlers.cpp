// Which handlers implement which opcode: expansion of the tables.

#include "vm/interp/handlers.h"

#include <array>

namespace lindvm::interp {

namespace {

constexpr std::array<OpHandlers, k_op_count> make_op_handlers() {
  std::array<OpHandlers, k_op_count> table{};
  auto at = [&table](Op op) -> OpHandlers& { return table[static_cast<unsigned>(op)]; };

  // First what the opcode table gives, then the families, which replace it.
#define LINDVM_COLD(id, ...) at(Op::id) = {Treatment::cold, H_Cold##id};
#define LINDVM_MEMORY(id, ...) at(Op::id) = {Treatment::memory, H_Guarded##id, 0, 0, H_Checked##id};
#include "vm/interp/cold_handlers.def"
#undef LINDVM_COLD
#undef LINDVM_MEMORY

#define LINDVM_INT_BINARY(op, type) at(Op::op) = {Treatment::int_binary, H_##op##_S_S_S};
#define LINDVM_INT_COMPARE(op, type, inverse) \
  at(Op::op) = {Treatment::int_compare, H_##op##_S_S, H_Br##op##_S_S, H_Br##inverse##_S_S};
#define LINDVM_INT_UNARY(op, from, to) at(Op::op) = {Treatment::int_unary, H_##op##_S_S};
#define LINDVM_INT_LOAD(op, memory_type, value) \
  at(Op::op) = {Treatment::int_load, H_##op##_S_S, 0, 0, H_Checked##op};
#define LINDVM_INT_STORE(op, memory_type) \
  at(Op::op) = {Treatment::int_store, H_##op##_S_S, 0, 0, H_Checked##op};
#define LINDVM_FLT_BINARY(op, type) at(Op::op) = {Treatment::flt_binary, H_##op##_FS_FS_FS};
#define LINDVM_FLT_UNARY(op, type) at(Op::op) = {Treatment::flt_unary, H_##op##_FS_FS};
#define LINDVM_FLT_LOAD(op, type) at(Op::op) = {Treatment::flt_load, H_##op##_FS_S, 0, 0, H_Checked##op};
#define LINDVM_FLT_STORE(op, type) at(Op::op) = {Treatment::flt_store, H_##op##_S_FS, 0, 0, H_Checked##op};
#define LINDVM_FLT_COMPARE(op, type) \
  at(Op::op) = {Treatment::flt_compare, H_Cold##op, H_Br##op##_FS_FS, H_BrNot##op##_FS_FS};
#define LINDVM_LATCH(op) at(Op::op).latch = H_Latch##op##_S_S;
#define LINDVM_INDEXED_LOAD(op, memory_type, value) \
  at(Op::op).load_add = H_##op##Add_S_S_S;          \
  at(Op::op).load_add_imm = H_##op##AddI_S_S;       \
  at(Op::op).load_add_wide = H_##op##AddWide_S_S;   \
  at(Op::op).load_shl = H_##op##Shl_S_S;
#define LINDVM_FLT_INDEXED_LOAD(op, type)          \
  at(Op::op).load_add = H_##op##Add_FS_S_S;        \
  at(Op::op).load_add_imm = H_##op##AddI_FS_S;     \
  at(Op::op).load_add_wide = H_##op##AddWide_FS_S; \
  at(Op::op).load_shl = H_##op##Shl_FS_S;
#define LINDVM_SHIFT_XOR(name, type, shift) at(Op::shift).shift_xor = H_##name##_S_S_S;
#define LINDVM_MUL_ADD(name, type, mul, op) at(Op::op).mul_add = H_##name##_FS_FS_FS_FS;
#define LINDVM_FLT_LOAD_OP(op, load, type) at(Op::op).load_op = H_##op##Load_FS_FS_S;
#include "vm/interp/families.def"
  return table;
}

constexpr auto k_table = make_op_handlers();

}  // namespace

const OpHandlers& op_handlers(Op op) { return k_table[static_cast<unsigned>(op)]; }

}  // namespace lindvm::interp
