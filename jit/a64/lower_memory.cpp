// AArch64: linear memory. 32-bit memories are accessed without checks, through their guard; others compare
// with the size first. Every access is a fault site.

#include <bit>
#include <cstddef>

#include "jit/baseline/compiler.h"
#include "memory/linear_memory.h"

namespace lindvm::jit {

using namespace target;

namespace {

unsigned log2_of(uint32_t width) { return static_cast<unsigned>(std::countr_zero(width)); }

/// A load of one lane into a vector register.
a64::Access lane_access(uint32_t width, bool is_store) {
  static constexpr a64::Access k_loads[] = {ldr_b, ldr_h, ldr_s, ldr_d},
                               k_stores[] = {str_b, str_h, str_s, str_d};
  return is_store ? k_stores[log2_of(width)] : k_loads[log2_of(width)];
}

}  // namespace

/// Where an access goes, in a form that one instruction has; may use the scratch register, so that other
/// operands come first.
Compiler::Mem Compiler::address(Entry& index, const Access& access, uint32_t width) {
  if (!is_guarded(access.memory)) return checked_address(index, access, width);
  if (index.is_const()) {
    masm_.mov_imm(k_scratch, index.bits + access.offset);
    return mem(k_memory, k_scratch);
  }
  Reg i = use(index);
  if (access.offset == 0) return mem(k_memory, gpr(i));
  masm_.add(W64, k_scratch, gpr(i), static_cast<int64_t>(access.offset));
  return mem(k_memory, k_scratch);
}

/// Compares the end of the access with the memory's size.
Compiler::Mem Compiler::checked_address(Entry& index, const Access& access, uint32_t width) {
  Gpr end = gpr(own(index));
  uint64_t distance = access.offset + width;
  if (distance < access.offset) {
    masm_.jump(trap_label(Trap::OutOfBoundsMemoryAccess));
    distance = width;
  }
  if (auto field = add_immediate(distance)) {
    masm_.add_sub_imm(AddSub::adds, W64, end, end, *field);
  } else {
    masm_.mov_imm(k_scratch, distance);
    masm_.add_sub(AddSub::adds, W64, end, end, k_scratch);
  }
  if (module_->memories()[access.memory].is64) {
    masm_.jump_if(HS, trap_label(Trap::OutOfBoundsMemoryAccess));
  }
  masm_.load_word(k_scratch, mem(k_context, offsetof(InstanceContext, memories)));
  masm_.load_word(k_scratch, mem(k_scratch, static_cast<int64_t>(access.memory * sizeof(LinearMemory*))));
  masm_.load_word(k_masm_scratch, mem(k_scratch, static_cast<int64_t>(LinearMemory::size_offset())));
  masm_.cmp(W64, end, k_masm_scratch);
  masm_.jump_if(HI, trap_label(Trap::OutOfBoundsMemoryAccess));
  masm_.load_word(k_scratch, mem(k_scratch, static_cast<int64_t>(LinearMemory::base_offset())));
  masm_.add(W64, end, end, -static_cast<int64_t>(width));
  return mem(k_scratch, end);
}

/// In the scratch register. Traps if the address is no multiple of the width, before it is known whether it
/// is in bounds.
Compiler::Gpr Compiler::atomic_address(Entry& index, const Access& access, uint32_t width) {
  Reg i = use(index);
  masm_.mov_imm(k_scratch, access.offset);
  masm_.add_sub(AddSub::add, W64, k_scratch, k_scratch, gpr(i));
  if (width > 1) {
    masm_.logic_imm(Logic::ands, W64, xzr, k_scratch, *logical_immediate(W64, width - 1));
    masm_.jump_if(NE, trap_label(Trap::UnalignedAtomic));
  }
  Mem m = is_guarded(access.memory) ? mem(k_memory, k_scratch) : checked_address(index, access, width);
  masm_.add_sub(AddSub::add, W64, k_scratch, m.base, m.index);
  return k_scratch;
}

// --- plain loads and stores ------------------------------------------------------------------------------

namespace {

a64::Access load_access(Op op) {
  switch (op) {
    case Op::I32Load8S:
      return ldrsb_w;
    case Op::I64Load8S:
      return ldrsb_x;
    case Op::I32Load8U:
    case Op::I64Load8U:
      return ldrb;
    case Op::I32Load16S:
      return ldrsh_w;
    case Op::I64Load16S:
      return ldrsh_x;
    case Op::I32Load16U:
    case Op::I64Load16U:
      return ldrh;
    case Op::I64Load32S:
      return ldrsw;
    case Op::I32Load:
    case Op::I64Load32U:
      return ldr_w;
    default:
      return ldr_x;
  }
}

}  // namespace

void Compiler::lower_load_int(Op op, ValKind kind) {
  Access access = read_access(op);
  Entry index = pop();
  Mem m = address(index, access, op_info(op).access_bytes());
  Reg d = result_reg(false);
  add_fault_site();
  masm_.access(load_access(op), d, m);
  push_reg(kind, d);
}

void Compiler::lower_store_int(Op op) {
  static constexpr a64::Access k_stores[] = {strb, strh, str_w, str_x};
  Access access = read_access(op);
  uint32_t width = op_info(op).access_bytes();
  Entry value = pop(), index = pop();
  Gpr v = use_or_zero(value);
  Mem m = address(index, access, width);
  add_fault_site();
  masm_.access(k_stores[log2_of(width)], v, m);
}

void Compiler::lower_store_float(Op op, ValKind kind) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  Reg v = use(value);
  Mem m = address(index, access, op_info(op).access_bytes());
  add_fault_site();
  masm_.access(kind == ValKind::f32 ? str_s : kind == ValKind::f64 ? str_d : str_q, number(v), m);
}

// --- vector loads ----------------------------------------------------------------------------------------

namespace {

/// What widens the half that was loaded.
op::VecOp widening(Op op) {
  switch (op) {
    case Op::V128Load8x8S:
      return op::sxtl_b;
    case Op::V128Load8x8U:
      return op::uxtl_b;
    case Op::V128Load16x4S:
      return op::sxtl_h;
    case Op::V128Load16x4U:
      return op::uxtl_h;
    case Op::V128Load32x2S:
      return op::sxtl_s;
    default:
      return op::uxtl_s;
  }
}

}  // namespace

void Compiler::lower_vector_load(Op op) {
  Access access = read_access(op);
  uint32_t width = op_info(op).access_bytes();
  Entry index = pop();
  Mem m = address(index, access, width);
  Reg d = result_reg(true);
  add_fault_site();
  masm_.access(lane_access(width, false), number(d), m);
  switch (op) {
    case Op::V128Load32Zero:
    case Op::V128Load64Zero:
      break;
    case Op::V128Load8Splat:
    case Op::V128Load16Splat:
    case Op::V128Load32Splat:
    case Op::V128Load64Splat:
      masm_.dup_lane(log2_of(width), number(d), number(d), 0);
      break;
    default:
      masm_.v(widening(op), number(d), number(d));
      break;
  }
  push_reg(ValKind::v128, d);
}

void Compiler::lower_vector_lane(Op op, uint32_t width, bool is_store) {
  Access access = read_access(op);
  Entry vector = pop(), index = pop();
  Reg v = use(vector);
  Mem m = address(index, access, width);
  unsigned lane_log2 = log2_of(width);
  if (is_store) {
    masm_.dup_lane_scalar(lane_log2, k_vec_scratch, number(v), access.lane);
    add_fault_site();
    return masm_.access(lane_access(width, true), k_vec_scratch, m);
  }
  Reg d = alloc(true);
  add_fault_site();
  masm_.access(lane_access(width, false), k_vec_scratch, m);
  masm_.move(ValKind::v128, d, v);
  masm_.ins_lane(lane_log2, number(d), access.lane, k_vec_scratch);
  push_reg(ValKind::v128, d);
}

// --- atomics ---------------------------------------------------------------------------------------------

void Compiler::lower_atomic_load(Op op, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry index = pop();
  Gpr at = atomic_address(index, access, width);
  Reg d = alloc(false);
  add_fault_site();
  masm_.ldar(log2_of(width), gpr(d), at);
  push_reg(kind, d);
}

void Compiler::lower_atomic_store(Op op, ValKind, uint32_t width) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  Gpr v = use_or_zero(value);
  Gpr at = atomic_address(index, access, width);
  add_fault_site();
  masm_.stlr(log2_of(width), v, at);
}

namespace {

Atomic atomic_of(Rmw rmw) {
  switch (rmw) {
    case Rmw::add:
    case Rmw::sub:
      return Atomic::ldadd;
    case Rmw::xchg:
      return Atomic::swp;
    case Rmw::and_:
      return Atomic::ldclr;
    case Rmw::or_:
      return Atomic::ldset;
    case Rmw::xor_:
      return Atomic::ldeor;
  }
  return Atomic::swp;
}

}  // namespace

void Compiler::lower_atomic_rmw(Op op, Rmw rmw, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry value = pop(), index = pop();
  Gpr v = gpr(own(value));
  Gpr at = atomic_address(index, access, width);
  Reg d = alloc(false);
  if (!masm_.cpu().lse) {
    update_exclusively(rmw, log2_of(width), v, gpr(d));
    return push_reg(kind, d);
  }
  if (rmw == Rmw::sub) masm_.neg(W64, v, v);
  if (rmw == Rmw::and_) masm_.mvn(W64, v, v);
  add_fault_site();
  masm_.atomic(atomic_of(rmw), log2_of(width), v, gpr(d), at);
  push_reg(kind, d);
}

/// Without LSE: d becomes what was at the address in the scratch register, until nobody interfered.
void Compiler::update_exclusively(Rmw rmw, unsigned bytes_log2, Gpr value, Gpr d) {
  Gpr status = gpr(alloc(false));
  Label again = masm_.new_label();
  masm_.bind(again);
  add_fault_site();
  masm_.ldaxr(bytes_log2, d, k_scratch);
  switch (rmw) {
    case Rmw::add:
      masm_.add_sub(AddSub::add, W64, k_masm_scratch, d, value);
      break;
    case Rmw::sub:
      masm_.add_sub(AddSub::sub, W64, k_masm_scratch, d, value);
      break;
    case Rmw::xchg:
      masm_.mov(W64, k_masm_scratch, value);
      break;
    case Rmw::and_:
      masm_.logic(Logic::and_, W64, k_masm_scratch, d, value);
      break;
    case Rmw::or_:
      masm_.logic(Logic::orr, W64, k_masm_scratch, d, value);
      break;
    case Rmw::xor_:
      masm_.logic(Logic::eor, W64, k_masm_scratch, d, value);
      break;
  }
  add_fault_site();
  masm_.stlxr(bytes_log2, status, k_masm_scratch, k_scratch);
  masm_.jump_if_zero(W32, status, again, false);
}

/// Of the expected value only what the access's width holds is compared.
void Compiler::lower_atomic_cmpxchg(Op op, ValKind kind, uint32_t width) {
  Access access = read_access(op);
  Entry replacement = pop(), expected = pop(), index = pop();
  Gpr r = gpr(use(replacement)), e = gpr(use(expected));
  Gpr at = atomic_address(index, access, width);
  Gpr d = gpr(alloc(false));
  unsigned bytes_log2 = log2_of(width);
  if (masm_.cpu().lse) {
    masm_.mov(W64, d, e);
    add_fault_site();
    masm_.casal(bytes_log2, d, r, at);
    return push_reg(kind, d);
  }
  Gpr status = gpr(alloc(false));
  Label again = masm_.new_label(), done = masm_.new_label();
  unsigned bits = 8 * width;
  masm_.bitfield(false, W64, k_masm_scratch, e, 0, bits - 1);
  masm_.bind(again);
  add_fault_site();
  masm_.ldaxr(bytes_log2, d, at);
  masm_.cmp(W64, d, k_masm_scratch);
  masm_.jump_if(NE, done);
  add_fault_site();
  masm_.stlxr(bytes_log2, status, r, at);
  masm_.jump_if_zero(W32, status, again, false);
  masm_.bind(done);
  push_reg(kind, d);
}

}  // namespace lindvm::jit
