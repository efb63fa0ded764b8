#include "memory/os/fault_sites.h"

#include <cstring>
#include <string_view>

#include "memory/os/fault.h"

// The linker's names for the ends of the section; absent in a program without guarded accesses.
extern "C" {
[[gnu::weak, gnu::visibility("hidden")]] extern const lindvm::FaultSite __start_lindvm_fault_sites[];
[[gnu::weak, gnu::visibility("hidden")]] extern const lindvm::FaultSite __stop_lindvm_fault_sites[];
}

namespace lindvm {
namespace {

const void* as_pointer(uint64_t value) { return reinterpret_cast<const void*>(value); }

}  // namespace

// A walk over the whole table: some thousand entries cost about as much as the fault itself, and programs
// without faults never touch its pages.
const FaultSite* find_fault_site(uintptr_t pc) {
  const FaultSite* end = __stop_lindvm_fault_sites;
  for (const FaultSite* site = __start_lindvm_fault_sites; site != end; ++site) {
    if (site->pc() == pc) return site;
  }
  return nullptr;
}

std::optional<SiteOperands> site_operands(const FaultSite& site, const FaultContext& context) {
  std::string_view names(site.registers, strnlen(site.registers, sizeof site.registers));
  size_t comma = names.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  auto ip = context.reg(names.substr(0, comma));
  auto fp = context.reg(names.substr(comma + 1));
  if (!ip || !fp) return std::nullopt;
  return SiteOperands{as_pointer(*ip), as_pointer(*fp)};
}

}  // namespace lindvm
