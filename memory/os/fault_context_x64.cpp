#if defined(__x86_64__)

#include <ucontext.h>

#include "memory/os/fault.h"

namespace lindvm {
namespace {

constexpr uintptr_t k_red_zone = 128;
constexpr greg_t k_direction_flag = 1 << 10;

struct RegisterName {
  std::string_view name;
  int index;
};
constexpr RegisterName k_registers[] = {
    {"rax", REG_RAX}, {"rbx", REG_RBX}, {"rcx", REG_RCX}, {"rdx", REG_RDX},
    {"rsi", REG_RSI}, {"rdi", REG_RDI}, {"rbp", REG_RBP}, {"rsp", REG_RSP},
    {"r8", REG_R8},   {"r9", REG_R9},   {"r10", REG_R10}, {"r11", REG_R11},
    {"r12", REG_R12}, {"r13", REG_R13}, {"r14", REG_R14}, {"r15", REG_R15},
};

greg_t* registers_of(void* machine) { return static_cast<ucontext_t*>(machine)->uc_mcontext.gregs; }

}  // namespace

uintptr_t FaultContext::pc() const { return static_cast<uintptr_t>(registers_of(machine_)[REG_RIP]); }
uintptr_t FaultContext::sp() const { return static_cast<uintptr_t>(registers_of(machine_)[REG_RSP]); }

std::optional<uint64_t> FaultContext::reg(std::string_view name) const {
  if (name.starts_with('%')) name.remove_prefix(1);
  for (const RegisterName& entry : k_registers) {
    if (entry.name == name) return static_cast<uint64_t>(registers_of(machine_)[entry.index]);
  }
  return std::nullopt;
}

void FaultContext::redirect(void (*landing)(void*), void* argument) {
  // As after a call: the stack was aligned to 16 bytes, then the return address was pushed.
  uintptr_t landing_sp = ((sp() - k_red_zone) & ~uintptr_t{15}) - sizeof(uintptr_t);
  *reinterpret_cast<uintptr_t*>(landing_sp) = pc();
  registers_of(machine_)[REG_RDI] = reinterpret_cast<greg_t>(argument);
  registers_of(machine_)[REG_EFL] &= ~k_direction_flag;
  resume_at(reinterpret_cast<uintptr_t>(landing), landing_sp);
}

void FaultContext::resume_at(uintptr_t pc, uintptr_t sp) {
  registers_of(machine_)[REG_RIP] = static_cast<greg_t>(pc);
  registers_of(machine_)[REG_RSP] = static_cast<greg_t>(sp);
}

}  // namespace lindvm

#endif
