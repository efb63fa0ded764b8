#pragma once
// AArch64 as DWARF and ELF number it (DWARF for the Arm 64-bit Architecture, section 4.1).

#include <elf.h>

#include <cstdint>

#include "jit/registers.h"

namespace lindvm::jit::a64 {

/// Frames here have a stack pointer of their own, x28, which unwinders do not take for one: it would need a
/// rule in every frame. Until the lowering and the stubs note theirs, debuggers are told nothing.
inline constexpr bool k_tells_debugger = false;

inline constexpr uint16_t k_elf_machine = EM_AARCH64;
inline constexpr uint8_t k_dwarf_return_address = 30;
inline constexpr uint8_t k_dwarf_stack_pointer = 31;

/// DWARF's number of a general-purpose register.
constexpr uint8_t dwarf_number(Reg reg) { return reg; }

}  // namespace lindvm::jit::a64
