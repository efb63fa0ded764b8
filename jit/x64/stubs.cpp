#include "jit/x64/stubs.h"

#include <cstddef>

#include "jit/baseline/helpers.h"
#include "jit/debug/cfi.h"
#include "jit/host_call.h"
#include "jit/x64/dwarf.h"
#include "memory/os/fault.h"
#include "vm/runtime/store.h"

namespace lindvm::jit::x64 {
namespace {

constexpr Gpr k_host_saved[] = {rbp, rbx, r12, r13, r14, r15};

Mem link(size_t offset) { return mem(rbx, static_cast<int32_t>(offset)); }
Mem context(size_t offset) { return mem(k_context, static_cast<int32_t>(offset)); }

/// What enter() leaves on the host's stack: its return address, the saved registers, a word that aligns.
constexpr int32_t k_enter_bytes = 8 * (1 + static_cast<int32_t>(std::size(k_host_saved)) + 1);
constexpr uint8_t k_caller = k_dwarf_return_address;

uint8_t dwarf(Gpr reg) { return dwarf_number(reg); }

/// Unwinds to the caller of enter(), whose frame MachineLink::host_sp tells. Any context leads there, and
/// r14 is one throughout guest code, stubs, and C++ that they call and that restores it.
void unwind_by_link(CfiWriter& cfi) {
  cfi.cfa(DwarfExpression()
              .reg(dwarf(k_context), offsetof(InstanceContext, link))
              .load64()
              .add(offsetof(MachineLink, host_sp))
              .load64()
              .add(k_enter_bytes));
}

/// Where enter() saved registers, from the canonical frame address down.
void saved_by_enter(CfiWriter& cfi, size_t count = std::size(k_host_saved)) {
  cfi.saved(k_caller, 8);
  for (size_t i = 0; i < count; ++i) cfi.saved(dwarf(k_host_saved[i]), 16 + 8 * static_cast<int32_t>(i));
}

/// Writes one stub after the other.
class StubMaker {
 public:
  StubMaker(CodeArena& space, std::vector<DebugPiece>* pieces) : space_(space), pieces_(pieces) {}

  Stubs make_all() {
    Stubs stubs;
    stubs.leave = leave_ = make_leave();
    stubs.enter = reinterpret_cast<decltype(stubs.enter)>(const_cast<uint8_t*>(make_enter()));
    stubs.interrupt = make_exit("stub:interrupt", LeaveReason::interrupted);
    stubs.throw_tag = make_exit("stub:throw", LeaveReason::throw_tag, true);
    stubs.throw_ref = make_throw_ref();
    stubs.interpreted_call = make_interpreted_call();
    stubs.interpreted_return = make_interpreted_return();
    trap_ = make_exit("stub:trap", LeaveReason::trapped, true);
    for (unsigned trap = 0; trap < k_trap_count; ++trap) stubs.traps[trap] = make_trap(trap);
    stubs.helper = make_helper();
    stubs.resolve_callee = make_resolve_callee();
    stubs.find_function = make_find_function();
    return stubs;
  }

  const uint8_t* make_host_entry(const Stubs& stubs, uint32_t param_slots, uint32_t result_slots);

 private:
  void begin() {
    masm_.begin(0, 0);
    return_address_above(rsp);
  }
  const uint8_t* place(const char* name) {
    masm_.finish();
    const uint8_t* address = space_.place(masm_, 16);
    std::vector<uint8_t> unwind = cfi_.take();
    if (pieces_) pieces_->push_back({name, address, masm_.offset(), std::move(unwind)});
    return address;
  }

  // What a debugger is told, from the next instruction on:
  /// The return address is where the register points, and above it the words that the stub pops.
  void return_address_above(Gpr reg, int32_t words = 0) {
    cfi_.at(masm_.offset());
    cfi_.cfa(dwarf(reg), 8 + 8 * words);
    cfi_.saved(k_caller, 8 + 8 * words);
  }
  void return_address_in(Gpr reg, Gpr base, int32_t distance) {
    cfi_.at(masm_.offset());
    cfi_.cfa(dwarf(base), distance);
    cfi_.moved(k_caller, dwarf(reg));
  }
  void on_host_stack(int32_t distance = k_enter_bytes) {
    cfi_.at(masm_.offset());
    cfi_.cfa(dwarf(rsp), distance);
    saved_by_enter(cfi_);
  }
  void load_link() { masm_.mov(W64, rbx, context(offsetof(InstanceContext, link))); }

  /// enter(state, link): rdi, rsi.
  const uint8_t* make_enter() {
    begin();
    for (size_t i = 0; i < std::size(k_host_saved); ++i) {
      masm_.push(k_host_saved[i]);
      cfi_.at(masm_.offset());
      cfi_.cfa(dwarf(rsp), 16 + 8 * static_cast<int32_t>(i));
      saved_by_enter(cfi_, i + 1);
    }
    masm_.alu(SUB, W64, rsp, 8);
    on_host_stack();
    masm_.mov(W64, mem(rsi, offsetof(MachineLink, host_sp)), rsp);
    masm_.mov(W64, k_context, mem(rdi, offsetof(MachineState, ctx)));
    masm_.mov(W64, k_memory, context(offsetof(InstanceContext, memory_base)));
    masm_.mov(W64, rax, mem(rdi, offsetof(MachineState, result)));
    masm_.vun(op::movq, vec(0), Operand{rax, {}});
    masm_.mov(W64, rcx, mem(rdi, offsetof(MachineState, pc)));
    masm_.mov(W64, rsp, mem(rdi, offsetof(MachineState, sp)));
    cfi_.at(masm_.offset());
    unwind_by_link(cfi_);
    masm_.jmp_reg(rcx);
    return place("stub:enter");
  }

  /// With the host stack pointer as enter() left it: returns from there. Faults come here from anywhere.
  const uint8_t* make_leave() {
    begin();
    on_host_stack();
    masm_.mov(W64, rcx, context(offsetof(InstanceContext, link)));
    masm_.mov(W64, mem(rcx, offsetof(MachineLink, ctx)), k_context);
    masm_.alu(ADD, W64, rsp, 8);
    on_host_stack(k_enter_bytes - 8);
    for (size_t i = std::size(k_host_saved); i-- > 0;) {
      masm_.pop(k_host_saved[i]);
      on_host_stack(8 + 8 * static_cast<int32_t>(i));
    }
    masm_.ret();
    return place("stub:leave");
  }

  /// Notes why and from which stack pointer, and returns to the host. rbx holds the link.
  void leave(LeaveReason reason) {
    masm_.mov(W64, link(offsetof(MachineLink, reason)), static_cast<int32_t>(reason));
    masm_.mov(W64, link(offsetof(MachineLink, sp)), rsp);
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    cfi_.remember();
    on_host_stack();
    masm_.jump_external(leave_);
    cfi_.at(masm_.offset());
    cfi_.restore();
  }
  /// Called; the return address is where machine code goes on. rax and rcx may be operands.
  const uint8_t* make_exit(const char* name, LeaveReason reason, bool has_operands = false) {
    begin();
    load_link();
    if (has_operands) {
      masm_.mov(W64, link(offsetof(MachineLink, values)), rax);
      masm_.mov(W64, link(offsetof(MachineLink, values) + 8), rcx);
    }
    masm_.pop(rdx);
    return_address_in(rdx, rsp, 0);
    masm_.mov(W64, link(offsetof(MachineLink, pc)), rdx);
    leave(reason);
    return place(name);
  }
  const uint8_t* make_trap(unsigned trap) {
    begin();
    masm_.mov_imm(rax, trap);
    masm_.jump_external(trap_);
    return place("stub:trap");
  }
  const uint8_t* make_throw_ref() {
    begin();
    load_link();
    masm_.mov(W64, rdx, context(offsetof(InstanceContext, thread)));
    masm_.mov(W64, mem(rdx, ThreadContext::pending_exception_offset()), rax);
    masm_.pop(rdx);
    return_address_in(rdx, rsp, 0);
    masm_.mov(W64, link(offsetof(MachineLink, pc)), rdx);
    leave(LeaveReason::throw_ref);
    return place("stub:throw_ref");
  }

  /// rax: the callee. The stack pointer is at its return address.
  const uint8_t* make_interpreted_call() {
    begin();
    cfi_.cfa(DwarfExpression()
                 .reg(dwarf(rax), offsetof(FunctionCode, param_slots))
                 .load32()
                 .shift_left(3)
                 .reg(dwarf(rsp), 8)
                 .add());
    cfi_.saved(k_caller, DwarfExpression().reg(dwarf(rsp)));
    load_link();
    masm_.mov(W64, link(offsetof(MachineLink, values)), rax);
    leave(LeaveReason::interpreted_call);
    return place("stub:interpreted_call");
  }
  /// rcx: the Instr to return to; rax: what the first result slot holds.
  const uint8_t* make_interpreted_return() {
    begin();
    unwind_by_link(cfi_);
    saved_by_enter(cfi_);
    load_link();
    masm_.mov(W64, mem(rsp, -8), rax);
    masm_.mov(W64, link(offsetof(MachineLink, values)), rcx);
    leave(LeaveReason::interpreted_return);
    return place("stub:interpreted_return");
  }

  /// Runs the helper in rax with rsi, rdx, rcx as its further arguments; what it answers is a trap.
  const uint8_t* make_helper() {
    begin();
    load_link();
    masm_.mov(W64, rbp, rsp);
    return_address_above(rbp);
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
    return place(k_stack_switch_name);
  }

  /// rdx: a table entry of another type than the call's, which is in rax. Answers rax: the FunctionCode to
  /// call, rcx: its instance's index; or traps.
  const uint8_t* make_resolve_callee() {
    begin();
    load_link();
    masm_.mov(W64, rbp, rsp);
    return_address_above(rbp);
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
    return place(k_stack_switch_name);
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
    return_address_above(rbp);
    masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
    masm_.mov(W64, rdi, k_context);
    masm_.mov(W64, rsi, rcx);
    masm_.mov_imm(rax, reinterpret_cast<uint64_t>(&find_function));
    masm_.call_reg(rax);
    masm_.mov(W64, rsp, rbp);
    load_function();
    masm_.ret();
    return place(k_stack_switch_name);
  }

  CodeArena& space_;
  std::vector<DebugPiece>* pieces_;  // null: no debugger is told
  Masm masm_;
  CfiWriter cfi_;
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
  return_address_above(rsp, params);
  load_link();
  masm_.mov(W64, r12, mem(rsp));
  masm_.lea(W64, rbp, mem(rsp, 8 * params));
  return_address_in(r12, rbp, 8);
  masm_.mov(W64, rsp, link(offsetof(MachineLink, host_sp)));
  masm_.alu(SUB, W64, rsp, k_host_call_bytes);
  masm_.mov(W64, rdi, context(offsetof(InstanceContext, thread)));
  masm_.lea(W64, rcx, mem(rbp, -8 * (params + k_entry_gap)));
  masm_.mov(W64, mem(rdi, HostCallOffsets::entry_sp), rcx);
  masm_.mov(W64, mem(rdi, HostCallOffsets::return_address), r12);
  masm_.mov(W64, mem(rdi, HostCallOffsets::arguments), rbp);
  masm_.mov(W64, mem(rsp), rdi);
  masm_.mov(W64, mem(rsp, 8), k_context);
  masm_.mov(W64, mem(rsp, 16), rbp);
  masm_.mov(W64, rax, mem(rax, offsetof(FunctionCode, host)));
  masm_.mov(W64, rdi, rsp);
  masm_.mov(W64, rsi, mem(rax, HostCallOffsets::data));
  masm_.call_mem(mem(rax, HostCallOffsets::callable));
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
  return place(k_stack_switch_name);
}

constexpr size_t k_thunk_target = 2;  // offset of the Instr in a thunk

}  // namespace

Stubs make_stubs(CodeArena& space, std::vector<DebugPiece>* pieces) {
  return StubMaker(space, pieces).make_all();
}

const void* make_host_entry(CodeArena& space, const Stubs& stubs, uint32_t param_slots, uint32_t result_slots,
                            std::vector<DebugPiece>* pieces) {
  return StubMaker(space, pieces).make_host_entry(stubs, param_slots, result_slots);
}

const void* make_return_thunk(CodeArena& space, const Stubs& stubs, const Instr* return_ip) {
  Masm masm;
  masm.begin(0, 0);
  masm.mov_imm64(rcx, reinterpret_cast<uint64_t>(return_ip));
  masm.jump_external(stubs.interpreted_return);
  masm.finish();
  return space.place_thunk(masm);
}

DebugPiece return_thunks_piece(std::span<const uint8_t> range) {
  CfiWriter cfi;
  unwind_by_link(cfi);
  saved_by_enter(cfi);
  return {k_stack_switch_name, range.data(), range.size(), cfi.take()};
}

const Instr* thunk_target(const void* thunk) {
  const Instr* target;
  std::memcpy(&target, static_cast<const uint8_t*>(thunk) + k_thunk_target, sizeof target);
  return target;
}

std::string instruction_set() {
  const CpuFeatures& cpu = CpuFeatures::host();
  std::string text = "x86-64";
  if (cpu.avx) text += " avx";
  if (cpu.bmi1) text += " bmi1";
  if (cpu.bmi2) text += " bmi2";
  if (cpu.lzcnt) text += " lzcnt";
  if (cpu.popcnt) text += " popcnt";
  return text;
}

bool is_supported() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("sse4.2");
}

uint64_t* guest_stack_pointer(const FaultContext& fault) { return reinterpret_cast<uint64_t*>(fault.sp()); }

}  // namespace lindvm::jit::x64
