#pragma once
// Machine code as text, and as symbols for perf. Disassembly is by the system's objdump.

#include <span>
#include <string>

#include "jit/jit.h"

namespace lindvm {

/// The function's machine code with the wasm instructions that it came from. Without objdump, bytes.
std::string machine_listing(const MachineCode& code, std::span<const jit::InstructionStart> starts);

/// Appends a line to this process's perf map (/tmp/perf-PID.map).
void add_to_perf_map(const MachineCode& code);

}  // namespace lindvm
