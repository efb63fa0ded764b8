// Accesses to linear memory: what is the same for every back end.

#include "jit/baseline/compiler.h"
#include "jit/baseline/helpers.h"
#include "memory/linear_memory.h"
#include "vm/types/operand_types.h"

namespace lindvm::jit {

Compiler::Access Compiler::read_access(Op op) {
  Access access;
  uint32_t flags = reader_.u32();
  if (flags & 0x40) access.memory = reader_.u32();
  access.offset = reader_.u64();
  if (op_info(op).imm == Imm::MemArgLane) access.lane = reader_.u8();
  return access;
}

/// Memory 0, whose base is at hand, with a guard that every index and offset stays within.
bool Compiler::is_guarded(uint32_t memory) const {
  const MemoryType& type = module_->memories()[memory];
  return memory == 0 && !LinearMemory::needs_explicit_checks(type.is64, type.page_size_log2);
}

Rmw Compiler::rmw_of(Op op) {
  // The rows of each operation are seven in a row.
  unsigned number = (static_cast<unsigned>(op) - static_cast<unsigned>(Op::I32AtomicRmwAdd)) / 7;
  static constexpr Rmw k_order[] = {Rmw::add, Rmw::sub, Rmw::and_, Rmw::or_, Rmw::xor_, Rmw::xchg};
  return k_order[number];
}

/// Waits and wakes are the runtime's.
void Compiler::atomic_wait(Op op) {
  static constexpr ValKind k_result[] = {ValKind::i32};
  Access access = read_access(op);
  Helper helper = op == Op::MemoryAtomicNotify   ? helpers::atomic_notify
                  : op == Op::MemoryAtomicWait32 ? helpers::atomic_wait32
                                                 : helpers::atomic_wait64;
  uint32_t operands = op == Op::MemoryAtomicNotify ? 2 : 3;
  call_helper(reinterpret_cast<const void*>(helper), operands, k_result, access.memory, access.offset);
}

void Compiler::atomic_op(Op op, ValKind kind) {
  const OpInfo& info = op_info(op);
  uint32_t width = info.access_bytes();
  if (op == Op::MemoryAtomicNotify || op == Op::MemoryAtomicWait32 || op == Op::MemoryAtomicWait64) {
    return atomic_wait(op);
  }
  if (!info.has(trait::memory_write)) return lower_atomic_load(op, kind, width);
  if (!info.has(trait::memory_read)) return lower_atomic_store(op, kind, width);
  bool is_cmpxchg = signature_info(info.signature).operand_count == 3;
  return is_cmpxchg ? lower_atomic_cmpxchg(op, kind, width) : lower_atomic_rmw(op, rmw_of(op), kind, width);
}

/// Floats and whole vectors.
void Compiler::load_float(Op op, ValKind kind) {
  Access access = read_access(op);
  Entry index = pop();
  target::Mem m = address(index, access, op_info(op).access_bytes());
  Reg d = result_reg(true);
  add_fault_site();
  masm_.load(kind, d, m);
  push_reg(kind, d);
}

/// All but the plain accesses to integers.
void Compiler::memory_op(Op op) {
  const OpInfo& info = op_info(op);
  const SignatureInfo& signature = signature_info(info.signature);
  uint32_t width = info.access_bytes();
  OperandType type = signature.result_count ? signature.result_types[0] : signature.operand_types[1];
  ValKind kind = value_type(type, k_i32).kind();
  if (info.has(trait::atomic)) return atomic_op(op, kind);
  bool is_store = info.has(trait::memory_write);
  if (info.imm == Imm::MemArgLane) return lower_vector_lane(op, width, is_store);
  if (kind == ValKind::v128 && !is_store && op != Op::V128Load) return lower_vector_load(op);
  return is_store ? lower_store_float(op, kind) : load_float(op, kind);
}

}  // namespace lindvm::jit
