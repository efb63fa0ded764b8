#include "jit/x64/stubs.h"

#include <cstddef>

#include "jit/baseline/helpers.h"
#include "memory/os/fault.h"
#include "vm/runtime/host_function.h"
#include "vm/runtime/store.h"

namespace lindvm::jit::x64 {
namespace {

constexpr Gpr k_host_saved[] = {rbp, rbx, r12, r13, r14, r15};

Mem link(size_t offset) { return mem(rbx, static_cast<int32_t>(offset)); }
Mem context(size_t offset) { return mem(k_context, static_cast<int32_t>(offset)); }

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
  void load_link() { masm_.mov(W64, rbx, context(offsetof(InstanceContext, link))); }

  /// enter(state, link): rdi, rsi.
  const uint8_t* make_enter() {
    begin();
    for (Gpr reg : k_host_saved) masm_.push(reg);
    masm_.alu(SUB, W64, rsp, 8);
    masm_.mov(W64, mem(rsi, offsetof(MachineLink, host_sp)), rsp);
    masm_.mov(W64, k_context, mem(rdi, offsetof(MachineState, ctx)));
    masm_.mov(W64, k_memory, context(offsetof(InstanceContext, memory_base)));
    masm_.mov(W64, rax, mem(rdi, offsetof(MachineState, result)));
    masm_.vun(op::movq, vec(0), Operand{rax, {}});
    masm_.mov(W64, rcx, mem(rdi, offsetof(MachineState, pc)));
    masm_.mov(W64, rsp, mem(rdi, offsetof(MachineState, sp)));
    masm_.jmp_reg(rcx);
    return place();
  }

  /// With the host stack pointer as enter() left it: returns from there. Faults come here from anywhere.
  const uint8_t* make_leave() {
    begin();
    masm_.mov(W64, rcx, context(offsetof(InstanceContext, link)));
    masm_.mov(W64, mem(rcx, offsetof(MachineLink, ctx)), k_context);
    masm_.alu(ADD, W64, rsp, 8);
    for (size_t i = std::size(k_host_saved); i-- > 0;) masm_.pop(k_host_saved[i]);
    masm_.ret();
    return place();
  }

  /// Notes why and from which stack pointer, and returns to the host. rbx holds the link.
  void leave(LeaveReason reason) {
    masm_.mov(W64, link(offsetof(MachineLink, reason)), static_cast<int32_t>(reason));
    masm_.mov(W64, link(offsetof(MachineLink, sp)), rsp);
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    masm_.jump_external(leave_);
  }
  /// Called; the return address is where machine code goes on. rax and rcx may be operands.
  const uint8_t* make_exit(LeaveReason reason, bool has_operands = false) {
    begin();
    load_link();
    if (has_operands) {
      masm_.mov(W64, link(offsetof(MachineLink, values)), rax);
      masm_.mov(W64, link(offsetof(MachineLink, values) + 8), rcx);
    }
    masm_.pop(rdx);
    masm_.mov(W64, link(offsetof(MachineLink, pc)), rdx);
    leave(reason);
    return place();
  }
  const uint8_t* make_trap(unsigned trap) {
    begin();
    masm_.mov_imm(rax, trap);
    masm_.jump_external(trap_);
    return place();
  }
  const uint8_t* make_throw_ref() {
    begin();
    load_link();
    masm_.mov(W64, rdx, context(offsetof(InstanceContext, thread)));
    masm_.mov(W64, mem(rdx, ThreadContext::pending_exception_offset()), rax);
    masm_.pop(rdx);
    masm_.mov(W64, link(offsetof(MachineLink, pc)), rdx);
    leave(LeaveReason::throw_ref);
    return place();
  }

  /// rax: the callee. The stack pointer is at its return address.
  const uint8_t* make_interpreted_call() {
    begin();
    load_link();
    masm_.mov(W64, link(offsetof(MachineLink, values)), rax);
    leave(LeaveReason::interpreted_call);
    return place();
  }
  /// rcx: the Instr to return to; rax: what the first result slot holds.
  const uint8_t* make_interpreted_return() {
    begin();
    load_link();
    masm_.mov(W64, mem(rsp, -8), rax);
    masm_.mov(W64, link(offsetof(MachineLink, values)), rcx);
    leave(LeaveReason::interpreted_return);
    return place();
  }

  /// Runs the helper in rax with rsi, rdx, rcx as its further arguments; what it answers is a trap.
  const uint8_t* make_helper() {
    begin();
    load_link();
    masm_.mov(W64, rbp, rsp);
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    masm_.mov(W64, rdi, k_context);
    masm_.call_reg(rax);
    masm_.mov(W64, rsp, rbp);
    Label trapped = masm_.new_label();
    masm_.test(W64, rax, rax);
    masm_.jcc(NE, trapped);
    masm_.ret();
    masm_.bind(trapped);
    masm_.jump_external(trap_);
    return place();
  }

  /// rdx: a table entry of another type than the call's, which is in rax. Answers rax: the FunctionCode to
  /// call, rcx: its instance's index; or traps.
  const uint8_t* make_resolve_callee() {
    begin();
    load_link();
    masm_.mov(W64, rbp, rsp);
    masm_.mov(W64, rcx, mem(rsp));
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    masm_.mov(W64, rdi, k_context);
    masm_.mov(W64, rsi, rdx);
    masm_.mov(W64, rdx, rax);
    masm_.mov_imm(rax, reinterpret_cast<uint64_t>(&resolve_callee));
    masm_.call_reg(rax);
    masm_.mov(W64, rsp, rbp);
    Label trapped = masm_.new_label();
    masm_.test(W64, rax, rax);
    masm_.jcc(E, trapped);
    load_function();
    masm_.ret();
    masm_.bind(trapped);
    masm_.mov_imm(rax, static_cast<uint64_t>(Trap::IndirectCallTypeMismatch));
    masm_.jump_external(trap_);
    return place();
  }
  /// rax: a Function, instead of which its code is there and its instance's index in rcx.
  void load_function() {
    masm_.mov(W32, rcx, mem(rax, offsetof(Function, instance_index)));
    masm_.mov(W64, rax, mem(rax, offsetof(Function, code)));
  }

  /// rcx: a function reference. Answers rax: its FunctionCode, rcx: its instance's index.
  const uint8_t* make_find_function() {
    begin();
    load_link();
    masm_.mov(W64, rbp, rsp);
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    masm_.mov(W64, rdi, k_context);
    masm_.mov(W64, rsi, rcx);
    masm_.mov_imm(rax, reinterpret_cast<uint64_t>(&find_function));
    masm_.call_reg(rax);
    masm_.mov(W64, rsp, rbp);
    load_function();
    masm_.ret();
    return place();
  }

  CodeArena& space_;
  Masm masm_;
  const uint8_t* leave_ = nullptr;
  const uint8_t* trap_ = nullptr;
};

/// rax: the callee's FunctionCode. r12 keeps the return address and rbp the first argument's slot over the
/// host's code; results may cover the former's place in the frame.
const uint8_t* StubMaker::make_host_entry(const Stubs& stubs, uint32_t param_slots, uint32_t result_slots) {
  leave_ = static_cast<const uint8_t*>(stubs.leave);
  auto params = static_cast<int32_t>(param_slots);
  int32_t popped = std::max(params, static_cast<int32_t>(result_slots));
  begin();
  load_link();
  masm_.mov(W64, r12, mem(rsp));
  masm_.lea(W64, rbp, mem(rsp, 8 * params));
  masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
  masm_.mov(W64, rdi, k_context);
  masm_.mov(W64, rsi, rax);
  masm_.mov(W64, rdx, rbp);
  masm_.mov(W64, rcx, r12);
  masm_.mov_imm(rax, reinterpret_cast<uint64_t>(&call_host));
  masm_.call_reg(rax);
  Label ended = masm_.new_label(), interrupted = masm_.new_label();
  masm_.test(W32, rax, rax);
  masm_.jcc(NE, ended);
  masm_.alu(CMP, W32, context(offsetof(InstanceContext, interrupt)), 0);
  masm_.jcc(NE, interrupted);
  masm_.mov(W64, rax, mem(rbp));
  masm_.vun(op::movq, vec(0), Operand{rax, {}});
  masm_.mov(W64, mem(rbp, -8 * popped), r12);
  masm_.lea(W64, rsp, mem(rbp, -8 * popped));
  masm_.ret(static_cast<uint16_t>(8 * popped));

  masm_.bind(interrupted);
  masm_.mov(W64, link(offsetof(MachineLink, pc)), r12);
  masm_.mov(W64, link(offsetof(MachineLink, values)), std::max(popped, 1) + 1);
  masm_.lea(W64, rsp, mem(rbp, 8));
  leave(LeaveReason::interrupted_after_call);

  masm_.bind(ended);
  masm_.mov(W64, rsp, rbp);
  Label raised = masm_.new_label(), exited = masm_.new_label();
  masm_.alu(CMP, W32, rax, static_cast<int32_t>(HostStatus::raise));
  masm_.jcc(E, raised);
  masm_.alu(CMP, W32, rax, static_cast<int32_t>(HostStatus::exit));
  masm_.jcc(E, exited);
  leave(LeaveReason::host_trap);
  masm_.bind(raised);
  leave(LeaveReason::host_raise);
  masm_.bind(exited);
  leave(LeaveReason::exited);
  masm_.finish();
  return space_.place(masm_, 16);
}

constexpr size_t k_thunk_target = 2;  // offset of the Instr in a thunk

}  // namespace

Stubs make_stubs(CodeArena& space) { return StubMaker(space).make_all(); }

const void* make_host_entry(CodeArena& space, const Stubs& stubs, uint32_t param_slots,
                            uint32_t result_slots) {
  return StubMaker(space).make_host_entry(stubs, param_slots, result_slots);
}

const void* make_return_thunk(CodeArena& space, const Stubs& stubs, const Instr* return_ip) {
  Masm masm;
  masm.begin(0, 0);
  masm.mov_imm64(rcx, reinterpret_cast<uint64_t>(return_ip));
  masm.jump_external(stubs.interpreted_return);
  masm.finish();
  return space.place_thunk(masm);
}

const Instr* thunk_target(const void* thunk) {
  const Instr* target;
  std::memcpy(&target, static_cast<const uint8_t*>(thunk) + k_thunk_target, sizeof target);
  return target;
}

bool is_supported() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2");
}

uint64_t* guest_stack_pointer(const FaultContext& fault) { return reinterpret_cast<uint64_t*>(fault.sp()); }

}  // namespace lindvm::jit::x64
