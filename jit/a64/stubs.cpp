#include "jit/a64/stubs.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "jit/baseline/helpers.h"
#include "jit/host_call.h"
#include "memory/os/fault.h"
#include "vm/runtime/store.h"

namespace lindvm::jit::a64 {
namespace {

// Registers of the conventions between machine code and stubs (jit/README.md): the callee's FunctionCode, its
// instance's index or the Instr behind a thunk.
constexpr Gpr k_code = x9, k_index = x10;
// Kept by host code that stubs call.
constexpr Gpr k_return = x19, k_arguments = x20, k_link = x21;
constexpr int32_t k_saved_bytes = 160;

Mem link(size_t offset) { return mem(k_link, static_cast<int64_t>(offset)); }
Mem context(size_t offset) { return mem(k_context, static_cast<int64_t>(offset)); }

/// Writes one stub after the other.
class StubMaker {
 public:
  explicit StubMaker(CodeArena& space) : space_(space) {}

  Stubs make_all() {
    Stubs stubs;
    stubs.leave = leave_ = make_leave();
    stubs.enter = reinterpret_cast<decltype(stubs.enter)>(const_cast<uint8_t*>(make_enter()));
    stubs.interrupt = make_exit(LeaveReason::interrupted);
    stubs.throw_tag = make_exit(LeaveReason::throw_tag, true);
    stubs.throw_ref = make_throw_ref();
    stubs.interpreted_call = make_interpreted_call();
    stubs.interpreted_return = make_interpreted_return();
    trap_ = make_exit(LeaveReason::trapped, true);
    for (unsigned trap = 0; trap < k_trap_count; ++trap) stubs.traps[trap] = make_trap(trap);
    stubs.helper = make_helper();
    stubs.resolve_callee = make_resolve_callee();
    stubs.find_function = make_find_function();
    return stubs;
  }

  const uint8_t* make_host_entry(const Stubs& stubs, uint32_t param_slots, uint32_t result_slots);

 private:
  void begin() { masm_.begin(0, 0); }
  const uint8_t* place() {
    masm_.finish();
    return space_.place(masm_, 16);
  }
  void load_link() { masm_.load_word(k_link, context(offsetof(InstanceContext, link))); }

  /// The callee-saved registers of the AAPCS64 at the stack pointer, below x29 and x30.
  void saved_registers(bool store) {
    for (unsigned i = 0; i < 10; ++i) {
      masm_.reach(store ? str_x : ldr_x, x19 + i, mem(sp, 16 + 8 * i));
    }
    for (unsigned i = 0; i < 8; ++i) {
      masm_.reach(store ? str_d : ldr_d, 8 + i, mem(sp, 96 + 8 * i));
    }
  }

  /// enter(state, link): x0, x1.
  const uint8_t* make_enter() {
    begin();
    masm_.add(W64, sp, sp, -k_saved_bytes);
    masm_.store_word(mem(sp), x29);
    masm_.store_word(mem(sp, 8), x30);
    saved_registers(true);
    masm_.add_sub_imm(AddSub::add, W64, x11, sp, 0);
    masm_.store_word(mem(x1, offsetof(MachineLink, host_sp)), x11);
    masm_.load_word(k_context, mem(x0, offsetof(MachineState, ctx)));
    masm_.load_word(k_memory, context(offsetof(InstanceContext, memory_base)));
    masm_.load_word(k_guest_sp, mem(x0, offsetof(MachineState, sp)));
    masm_.load_word(x11, mem(x0, offsetof(MachineState, pc)));
    masm_.reach(ldrb, x12, mem(x0, offsetof(MachineState, is_call)));
    masm_.load_word(x0, mem(x0, offsetof(MachineState, result)));
    masm_.v(op::fmov_dx, 0, x0);
    Label resumed = masm_.new_label();
    masm_.jump_if_zero(W32, x12, resumed);
    masm_.load_word(x30, mem(k_guest_sp));
    masm_.add(W64, k_guest_sp, k_guest_sp, 8);
    masm_.bind(resumed);
    masm_.br(x11);
    return place();
  }

  /// With the host stack pointer as enter() left it: returns from there. Faults come here from anywhere.
  const uint8_t* make_leave() {
    begin();
    masm_.load_word(x9, context(offsetof(InstanceContext, link)));
    masm_.store_word(mem(x9, offsetof(MachineLink, ctx)), k_context);
    saved_registers(false);
    masm_.load_word(x29, mem(sp));
    masm_.load_word(x30, mem(sp, 8));
    masm_.add(W64, sp, sp, k_saved_bytes);
    masm_.ret();
    return place();
  }

  /// Notes why and from which stack pointer, and returns to the host. The link is loaded.
  void leave(LeaveReason reason) {
    masm_.mov_imm(x11, static_cast<uint64_t>(reason));
    masm_.store_word(link(offsetof(MachineLink, reason)), x11);
    masm_.store_word(link(offsetof(MachineLink, sp)), k_guest_sp);
    masm_.jump_external(leave_);
  }
  /// Called; the return address is where machine code goes on. x0 and x1 may be operands.
  const uint8_t* make_exit(LeaveReason reason, bool has_operands = false) {
    begin();
    load_link();
    if (has_operands) {
      masm_.store_word(link(offsetof(MachineLink, values)), x0);
      masm_.store_word(link(offsetof(MachineLink, values) + 8), x1);
    }
    masm_.store_word(link(offsetof(MachineLink, pc)), x30);
    leave(reason);
    return place();
  }
  const uint8_t* make_trap(unsigned trap) {
    begin();
    masm_.mov_imm(x0, trap);
    masm_.jump_external(trap_);
    return place();
  }
  const uint8_t* make_throw_ref() {
    begin();
    load_link();
    masm_.load_word(x11, context(offsetof(InstanceContext, thread)));
    masm_.store_word(mem(x11, ThreadContext::pending_exception_offset()), x0);
    masm_.store_word(link(offsetof(MachineLink, pc)), x30);
    leave(LeaveReason::throw_ref);
    return place();
  }

  /// Entered as a function is.
  const uint8_t* make_interpreted_call() {
    begin();
    load_link();
    masm_.add(W64, k_guest_sp, k_guest_sp, -8);
    masm_.store_word(mem(k_guest_sp), x30);
    masm_.store_word(link(offsetof(MachineLink, values)), k_code);
    leave(LeaveReason::interpreted_call);
    return place();
  }
  /// x10: the Instr to return to; x0: what the first result slot holds.
  const uint8_t* make_interpreted_return() {
    begin();
    load_link();
    masm_.store_word(mem(k_guest_sp, -8), x0);
    masm_.store_word(link(offsetof(MachineLink, values)), k_index);
    leave(LeaveReason::interpreted_return);
    return place();
  }

  void call(const void* function) {
    masm_.mov_imm(x9, reinterpret_cast<uint64_t>(function));
    masm_.blr(x9);
  }

  /// Runs the helper in x9 with x1, x2, x3 as its further arguments; what it answers is a trap.
  const uint8_t* make_helper() {
    begin();
    masm_.mov(W64, k_return, x30);
    masm_.mov(W64, x0, k_context);
    masm_.blr(x9);
    masm_.mov(W64, x30, k_return);
    Label trapped = masm_.new_label();
    masm_.jump_if_zero(W64, x0, trapped, false);
    masm_.ret();
    masm_.bind(trapped);
    masm_.jump_external(trap_);
    return place();
  }

  /// x1: a table entry of another type than the call's, which is in x2. Answers the code to call and its
  /// instance's index; or traps.
  const uint8_t* make_resolve_callee() {
    begin();
    masm_.mov(W64, k_return, x30);
    masm_.mov(W64, x0, k_context);
    masm_.mov(W64, x3, x30);
    call(reinterpret_cast<const void*>(&resolve_callee));
    masm_.mov(W64, x30, k_return);
    Label trapped = masm_.new_label();
    masm_.jump_if_zero(W64, x0, trapped);
    load_function();
    masm_.ret();
    masm_.bind(trapped);
    masm_.mov_imm(x0, static_cast<uint64_t>(Trap::IndirectCallTypeMismatch));
    masm_.jump_external(trap_);
    return place();
  }
  /// The code and the instance's index of the Function in x0.
  void load_function() {
    masm_.load_half(k_index, mem(x0, offsetof(Function, instance_index)));
    masm_.load_word(k_code, mem(x0, offsetof(Function, code)));
  }

  /// x1: a function reference. Answers the code and its instance's index.
  const uint8_t* make_find_function() {
    begin();
    masm_.mov(W64, k_return, x30);
    masm_.mov(W64, x0, k_context);
    call(reinterpret_cast<const void*>(&find_function));
    masm_.mov(W64, x30, k_return);
    load_function();
    masm_.ret();
    return place();
  }

  CodeArena& space_;
  Masm masm_;
  const uint8_t* leave_ = nullptr;
  const uint8_t* trap_ = nullptr;
};

/// Entered as a function is. The first argument's slot is the lowest word above what results can cover.
const uint8_t* StubMaker::make_host_entry(const Stubs& stubs, uint32_t param_slots, uint32_t result_slots) {
  leave_ = static_cast<const uint8_t*>(stubs.leave);
  uint32_t popped = std::max(param_slots, result_slots);
  begin();
  load_link();
  masm_.mov(W64, k_return, x30);
  masm_.add(W64, k_arguments, k_guest_sp, 8 * (static_cast<int64_t>(param_slots) - 1));
  masm_.add(W64, sp, sp, -k_host_call_bytes);
  masm_.load_word(x11, context(offsetof(InstanceContext, thread)));
  masm_.add(W64, x12, k_arguments, -8 * (static_cast<int64_t>(param_slots) + k_entry_gap));
  masm_.store_word(mem(x11, HostCallOffsets::entry_sp), x12);
  masm_.store_word(mem(x11, HostCallOffsets::return_address), k_return);
  masm_.store_word(mem(x11, HostCallOffsets::arguments), k_arguments);
  masm_.store_word(mem(sp), x11);
  masm_.store_word(mem(sp, 8), k_context);
  masm_.store_word(mem(sp, 16), k_arguments);
  masm_.load_word(k_code, mem(k_code, offsetof(FunctionCode, host)));
  masm_.add_sub_imm(AddSub::add, W64, x0, sp, 0);
  masm_.load_word(x1, mem(k_code, HostCallOffsets::data));
  masm_.load_word(k_code, mem(k_code, HostCallOffsets::callable));
  masm_.blr(k_code);
  masm_.add(W64, sp, sp, k_host_call_bytes);
  Label ended = masm_.new_label(), interrupted = masm_.new_label();
  masm_.jump_if_zero(W32, x0, ended, false);
  masm_.load_half(x11, context(offsetof(InstanceContext, interrupt)));
  masm_.add(W64, k_guest_sp, k_arguments, 8);
  masm_.jump_if_zero(W32, x11, interrupted, false);
  masm_.load_word(x0, mem(k_arguments));
  masm_.v(op::fmov_dx, 0, x0);
  masm_.ret(k_return);

  masm_.bind(interrupted);
  masm_.store_word(link(offsetof(MachineLink, pc)), k_return);
  masm_.mov_imm(x11, std::max(popped, 1u) + 1);
  masm_.store_word(link(offsetof(MachineLink, values)), x11);
  leave(LeaveReason::interrupted_after_call);

  masm_.bind(ended);
  masm_.mov(W64, k_guest_sp, k_arguments);
  Label raised = masm_.new_label(), exited = masm_.new_label();
  masm_.compare(W32, x0, static_cast<uint64_t>(HostStatus::raise));
  masm_.jump_if(EQ, raised);
  masm_.compare(W32, x0, static_cast<uint64_t>(HostStatus::exit));
  masm_.jump_if(EQ, exited);
  leave(LeaveReason::host_trap);
  masm_.bind(raised);
  leave(LeaveReason::host_raise);
  masm_.bind(exited);
  leave(LeaveReason::exited);
  return place();
}

constexpr size_t k_thunk_target = 12;  // offset of the Instr in a thunk

}  // namespace

Stubs make_stubs(CodeArena& space, std::vector<DebugPiece>*) { return StubMaker(space).make_all(); }

const void* make_host_entry(CodeArena& space, const Stubs& stubs, uint32_t param_slots, uint32_t result_slots,
                            std::vector<DebugPiece>*) {
  return StubMaker(space).make_host_entry(stubs, param_slots, result_slots);
}

const void* make_return_thunk(CodeArena& space, const Stubs& stubs, const Instr* return_ip) {
  Masm masm;
  masm.begin(0, 0);
  Label target = masm.new_label();
  masm.load_literal(ldr_x, k_index, target);
  masm.jump_external(stubs.interpreted_return);
  masm.nop();
  masm.bind(target);
  auto bits = reinterpret_cast<uint64_t>(return_ip);
  masm.word(static_cast<uint32_t>(bits));
  masm.word(static_cast<uint32_t>(bits >> 32));
  masm.finish();
  return space.place_thunk(masm);
}

const Instr* thunk_target(const void* thunk) {
  const Instr* target;
  std::memcpy(&target, static_cast<const uint8_t*>(thunk) + k_thunk_target, sizeof target);
  return target;
}

uint64_t* guest_stack_pointer(const FaultContext& fault) {
  return reinterpret_cast<uint64_t*>(*fault.reg("x28"));
}

}  // namespace lindvm::jit::a64
