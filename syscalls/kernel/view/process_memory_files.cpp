// /proc/PID: what is mapped, and how much of it there is. Empty for guests that do not map their own memory.

#include "syscalls/kernel/memory_report.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

std::string report(const VirtualContext& context, std::string (*text_of)(const AddressMap&)) {
  MemoryState* memory = context.process.memory();
  return memory ? text_of(memory->addresses()) : std::string();
}

}  // namespace

std::string maps(const VirtualContext& context) { return report(context, memory_report::maps); }
std::string smaps(const VirtualContext& context) { return report(context, memory_report::smaps); }
std::string process_statm(const VirtualContext& context) { return report(context, memory_report::statm); }
std::string memory_lines(const VirtualContext& context) {
  return report(context, memory_report::status_lines);
}

}  // namespace lindvm::virtual_files
