#if defined(__aarch64__)

#include <ucontext.h>

#include <charconv>

#include "memory/os/fault.h"

namespace lindvm {
namespace {

constexpr unsigned k_link_register = 30;

mcontext_t& registers_of(void* machine) { return static_cast<ucontext_t*>(machine)->uc_mcontext; }

}  // namespace

uintptr_t FaultContext::pc() const { return registers_of(machine_).pc; }
uintptr_t FaultContext::sp() const { return registers_of(machine_).sp; }

std::optional<uint64_t> FaultContext::reg(std::string_view name) const {
  if (name == "sp") return registers_of(machine_).sp;
  if (!name.starts_with('x')) return std::nullopt;
  unsigned number = k_link_register + 1;
  auto parsed = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (parsed.ptr != name.data() + name.size() || number > k_link_register) return std::nullopt;
  return registers_of(machine_).regs[number];
}

void FaultContext::redirect(void (*landing)(void*), void* argument) {
  registers_of(machine_).regs[0] = reinterpret_cast<uint64_t>(argument);
  registers_of(machine_).regs[k_link_register] = pc();
  resume_at(reinterpret_cast<uintptr_t>(landing), sp() & ~uintptr_t{15});
}

void FaultContext::resume_at(uintptr_t pc, uintptr_t sp) {
  registers_of(machine_).pc = pc;
  registers_of(machine_).sp = sp;
}

}  // namespace lindvm

#endif
