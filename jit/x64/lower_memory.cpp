// x86-64: linear memory. 32-bit memories are accessed without checks, through their guard; others compare
// with the size first. Every access is a fault site.

#include <cstddef>

#include "jit/baseline/compiler.h"
#include "memory/linear_memory.h"

namespace lindvm::jit {

using namespace target;

/// Where an access goes; may use the scratch register, so that other operands come first.
Mem Compiler::address(Entry& index, const Access& access, uint32_t width) {
  if (!is_guarded(access.memory)) return checked_address(index, access, width);
  if (index.is_const()) {
    uint64_t sum = index.bits + access.offset;
    if (sum <= INT32_MAX) return mem(k_memory, static_cast<int32_t>(sum));
    masm_.mov_imm(k_scratch, sum);
    return mem(k_memory, k_scratch, 0, 0);
  }
  Reg i = use(index);
  if (access.offset <= INT32_MAX) return mem(k_memory, gpr(i), 0, static_cast<int32_t>(access.offset));
  masm_.mov_imm(k_scratch, access.offset);
  masm_.alu(ADD, W64, k_scratch, gpr(i));
  return mem(k_memory, k_scratch, 0, 0);
}

/// Compares the end of the access with the memory's size.
Mem Compiler::checked_address(Entry& index, const Access& access, uint32_t width) {
  Reg end = own(index);
  uint64_t distance = access.offset + width;
  if (distance < access.offset) {
    masm_.jmp(trap_label(Trap::OutOfBoundsMemoryAccess));
    distance = width;
  }
  if (distance <= INT32_MAX) {
    masm_.alu(ADD, W64, gpr(end), static_cast<int32_t>(distance));
  } else {
    masm_.mov_imm(k_scratch, distance);
    masm_.alu(ADD, W64, gpr(end), k_scratch);
  }
  if (module_->memories()[access.memory].is64) masm_.jcc(B, trap_label(Trap::OutOfBoundsMemoryAccess));
  masm_.mov(W64, k_scratch, mem(k_context, offsetof(InstanceContext, memories)));
  masm_.mov(W64, k_scratch, mem(k_scratch, static_cast<int32_t>(access.memory * sizeof(LinearMemory*))));
  masm_.alu(CMP, W64, gpr(end), mem(k_scratch, static_cast<int32_t>(LinearMemory::size_offset())));
  masm_.jcc(A, trap_label(Trap::OutOfBoundsMemoryAccess));
  masm_.mov(W64, k_scratch, mem(k_scratch, static_cast<int32_t>(LinearMemory::base_offset())));
  return mem(k_scratch, gpr(end), 0, -static_cast<int32_t>(width));
}

/// Traps if the address is no multiple of the width, before it is known whether it is in bounds.
Mem Compiler::atomic_address(Entry& index, const Access& access, uint32_t width) {
  Reg i = use(index);
  if (access.offset <= INT32_MAX) {
    masm_.lea(W64, k_scratch, mem(gpr(i), static_cast<int32_t>(access.offset)));
  } else {
    masm_.mov_imm(k_scratch, access.offset);
    masm_.alu(ADD, W64, k_scratch, gpr(i));
  }
  if (width > 1) {
    masm_.test(W32, k_scratch, static_cast<int32_t>(width - 1));
    masm_.jcc(NE, trap_label(Trap::UnalignedAtomic));
  }
  if (is_guarded(access.memory)) return mem(k_memory, k_scratch, 0, 0);
  return checked_address(index, access, width);
}

// --- plain loads and stores ------------------------------------------------------------------------------

namespace {

/// The instruction that loads an integer: mov, movsx or movzx.
struct IntLoad {
  Width width;
  uint8_t map, opcode;
};

constexpr IntLoad int_load(Op op) {
  switch (op) {
    case Op::I32Load8S:
      return {W32, 1, 0xbe};
    case Op::I64Load8S:
      return {W64, 1, 0xbe};
    case Op::I32Load8U:
    case Op::I64Load8U:
      return {W32, 1, 0xb6};
    case Op::I32Load16S:
      return {W32, 1, 0xbf};
    case Op::I64Load16S:
      return {W64, 1, 0xbf};
    case Op::I32Load16U:
    case Op::I64Load16U:
      return {W32, 1, 0xb7};
    case Op::I64Load32S:
      return {W64, 0, 0x63};
    case Op::I32Load:
    case Op::I64Load32U:
      return {W32, 0, 0x8b};
    default:
      return {W64, 0, 0x8b};
  }
}

constexpr Op k_first_load = Op::I32Load, k_last_load = Op::I64Load32U;
struct IntLoads {
  IntLoad rows[static_cast<unsigned>(k_last_load) - static_cast<unsigned>(k_first_load) + 1];
  constexpr IntLoads() : rows() {
    unsigned op = static_cast<unsigned>(k_first_load);
    for (IntLoad& row : rows) row = int_load(static_cast<Op>(op++));
  }
};
constexpr IntLoads k_int_loads;

}  // namespace

void Compiler::lower_load_int(Op op, ValKind kind) {
  Access access = read_access(op);
  uint32_t width = op_info(op).access_bytes();
  Entry index = pop();
  Mem m = address(index, access, width);
  Reg d = result_reg(false);
  const IntLoad& row = k_int_loads.rows[static_cast<unsigned>(op) - static_cast<unsigned>(k_first_load)];
  add_fault_site();
  masm_.load_int(row.width, row.map, row.opcode, gpr(d), m);
  push_reg(kind, d);
}

void Compiler::lower_store_int(Op op) {
  Access access = read_access(op);
  uint32_t width = op_info(op).access_bytes();
  Entry value = pop(), index = pop();
  bool immediate =
      value.is_const() && (width < 8 || static_cast<int64_t>(value.bits) == static_cast<int32_t>(value.bits));
  Reg v = immediate ? k_no_reg : use(value);
  Mem m = address(index, access, width);
  add_fault_site();
  auto bits = static_cast<uint32_t>(value.bits);
  switch (width) {
    case 1:
      return immediate ? masm_.mov8(m, static_cast<uint8_t>(bits)) : masm_.mov8(m, gpr(v));
    case 2:
      return immediate ? masm_.mov16(m, static_cast<uint16_t>(bits)) : masm_.mov16(m, gpr(v));
    case 4:
      return immediate ? masm_.mov(W32, m, static_cast<int32_t>(bits)) : masm_.mov(W32, m, gpr(v));
    default:
      return immediate ? masm_.mov(W64, m, static_cast<int32_t>(bits)) : masm_.mov(W64, m, gpr(v));
  }
}

void Compiler::lower_store_float(Op op, ValKind kind) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  Reg v = use(value);
  Mem m = address(index, access, op_info(op).access_bytes());
  add_fault_site();
  const VecOp& store = kind == ValKind::f32   ? op::movss_store
                       : kind == ValKind::f64 ? op::movsd_store
                                              : op::movups_store;
  masm_.vun(store, v, Operand{k_no_reg, m});
}

// --- vector loads ----------------------------------------------------------------------------------------

namespace {

/// What loads a splat or an extended half: one instruction that reads memory, and what makes the lanes of it.
const VecOp* extending_load(Op op) {
  switch (op) {
    case Op::V128Load8x8S:
      return &op::pmovsxbw;
    case Op::V128Load8x8U:
      return &op::pmovzxbw;
    case Op::V128Load16x4S:
      return &op::pmovsxwd;
    case Op::V128Load16x4U:
      return &op::pmovzxwd;
    case Op::V128Load32x2S:
      return &op::pmovsxdq;
    case Op::V128Load32x2U:
      return &op::pmovzxdq;
    case Op::V128Load32Zero:
      return &op::movss;
    case Op::V128Load64Zero:
      return &op::movsd;
    case Op::V128Load64Splat:
      return &op::movddup;
    default:
      return nullptr;
  }
}

}  // namespace

void Compiler::lower_vector_load(Op op) {
  Access access = read_access(op);
  Entry index = pop();
  Mem m = address(index, access, op_info(op).access_bytes());
  Reg d = result_reg(true);
  Operand source{k_no_reg, m};
  if (const VecOp* load = extending_load(op)) {
    add_fault_site();
    masm_.vun(*load, d, source);
    return push_reg(ValKind::v128, d);
  }
  if (op == Op::V128Load32Splat) {
    add_fault_site();
    masm_.vun(op::movss, d, source);
    masm_.vop_imm(op::shufps, d, d, Operand{d, {}}, 0);
    return push_reg(ValKind::v128, d);
  }
  add_fault_site();
  op == Op::V128Load8Splat ? masm_.movzx8(k_scratch, m) : masm_.movzx16(k_scratch, m);
  masm_.vun(op::movd, d, Operand{k_scratch, {}});
  if (op == Op::V128Load8Splat) {
    masm_.vop(op::pxor, vec(k_vec_scratch), vec(k_vec_scratch), vec(k_vec_scratch));
    masm_.vop(op::pshufb, d, d, vec(k_vec_scratch));
  } else {
    masm_.vun_imm(op::pshuflw, d, Operand{d, {}}, 0);
    masm_.vop(op::punpcklqdq, d, d, d);
  }
  push_reg(ValKind::v128, d);
}

void Compiler::lower_vector_lane(Op op, uint32_t width, bool is_store) {
  Access access = read_access(op);
  Entry vector = pop(), index = pop();
  Reg v = use(vector);
  Mem m = address(index, access, width);
  const VecOp& insert = width == 1   ? op::pinsrb
                        : width == 2 ? op::pinsrw
                        : width == 4 ? op::pinsrd
                                     : op::pinsrq;
  const VecOp& extract = width == 1   ? op::pextrb
                         : width == 2 ? op::pextrw
                         : width == 4 ? op::pextrd
                                      : op::pextrq;
  auto lane = static_cast<uint8_t>(access.lane);
  if (is_store) {
    add_fault_site();
    return masm_.vun_imm(extract, v, Operand{k_no_reg, m}, lane);
  }
  Reg d = alloc(true);
  if (!masm_.cpu().avx) {  // the move that comes first does not fault
    masm_.move(ValKind::v128, d, v);
    v = d;
  }
  add_fault_site();
  masm_.vop_imm(insert, d, v, Operand{k_no_reg, m}, lane);
  push_reg(ValKind::v128, d);
}

// --- atomics ---------------------------------------------------------------------------------------------

/// After an operation on a register's low bytes.
void Compiler::zero_extend(Reg reg, uint32_t width) {
  if (width == 1) masm_.movzx8(gpr(reg), gpr(reg));
  if (width == 2) masm_.movzx16(gpr(reg), gpr(reg));
  if (width == 4) masm_.mov(W32, gpr(reg), gpr(reg));
}

void Compiler::lower_atomic_load(Op op, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry index = pop();
  Mem m = atomic_address(index, access, width);
  Reg d = alloc(false);
  add_fault_site();
  switch (width) {
    case 1:
      masm_.movzx8(gpr(d), m);
      break;
    case 2:
      masm_.movzx16(gpr(d), m);
      break;
    default:
      masm_.mov(width == 4 ? W32 : W64, gpr(d), m);
      break;
  }
  push_reg(kind, d);
}

void Compiler::lower_atomic_store(Op op, ValKind, uint32_t width) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  Reg v = own(value);
  Mem m = atomic_address(index, access, width);
  add_fault_site();
  masm_.xchg(width, m, gpr(v));
}

void Compiler::lower_atomic_rmw(Op op, Rmw rmw, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  if (rmw == Rmw::add || rmw == Rmw::sub || rmw == Rmw::xchg) {
    Reg v = own(value);
    if (rmw == Rmw::sub) masm_.neg(W64, gpr(v));
    Mem m = atomic_address(index, access, width);
    add_fault_site();
    rmw == Rmw::xchg ? masm_.xchg(width, m, gpr(v)) : masm_.lock_xadd(width, m, gpr(v));
    zero_extend(v, width);
    return push_reg(kind, v);
  }
  // A loop: rax holds what was found, another register what it becomes.
  Reg v = use_except(value, bit(rax));
  if (index.where == Entry::Where::reg && index.reg == rax) {
    Reg other = alloc_except(false, bit(rax));
    masm_.move(ValKind::i64, other, rax);
    index.reg = other;
  }
  take(rax);
  Mem m = atomic_address(index, access, width);
  Reg next = alloc_except(false, bit(rax));
  add_fault_site();
  width == 8   ? masm_.mov(W64, rax, m)
  : width == 4 ? masm_.mov(W32, rax, m)
  : width == 2 ? masm_.movzx16(rax, m)
               : masm_.movzx8(rax, m);
  Label again = masm_.new_label();
  masm_.bind(again);
  masm_.mov(W64, gpr(next), rax);
  masm_.alu(rmw == Rmw::and_ ? AND : rmw == Rmw::or_ ? OR : XOR, W64, gpr(next), gpr(v));
  add_fault_site();
  masm_.lock_cmpxchg(width, m, gpr(next));
  masm_.jcc(NE, again);
  zero_extend(rax, width);
  push_reg(kind, rax);
}

void Compiler::lower_atomic_cmpxchg(Op op, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry replacement = pop(), expected = pop(), index = pop();
  Reg r = use_except(replacement, bit(rax));
  if (index.where == Entry::Where::reg && index.reg == rax) {
    Reg other = alloc_except(false, bit(rax));
    masm_.move(ValKind::i64, other, rax);
    index.reg = other;
  }
  take(rax);
  load_into(rax, expected);
  Mem m = atomic_address(index, access, width);
  add_fault_site();
  masm_.lock_cmpxchg(width, m, gpr(r));
  zero_extend(rax, width);
  push_reg(kind, rax);
}

}  // namespace lindvm::jit
