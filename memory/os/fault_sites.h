#pragma once
// The table of guarded accesses: instructions that may fault for a guest, each with the names of the
// registers that hold the interpreter's ip and fp there. Written by the inline assembly of
// memory/os/guarded_access.h into a section of its own and read by the fault handler; immutable.

#include <cstdint>
#include <optional>

namespace lindvm {

class FaultContext;

/// As laid out by LINDVM_FAULT_SITE in memory/os/guarded_access.h.
struct FaultSite {
  int32_t instruction;  ///< relative to this field
  char registers[28];   ///< "ip,fp" as the assembler spells them, zero-padded

  uintptr_t pc() const {
    return reinterpret_cast<uintptr_t>(&instruction) + static_cast<intptr_t>(instruction);
  }
};
static_assert(sizeof(FaultSite) == 32);

const FaultSite* find_fault_site(uintptr_t pc);

struct SiteOperands {
  const void* ip;
  const void* fp;
};
std::optional<SiteOperands> site_operands(const FaultSite& site, const FaultContext& context);

}  // namespace lindvm
