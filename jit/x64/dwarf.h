#pragma once
// x86-64 as DWARF and ELF number it (System V ABI, AMD64 supplement, figure 3.36).

#include <elf.h>

#include <cstdint>

#include "jit/registers.h"

namespace lindvm::jit::x64 {

/// Can debuggers be told of machine code?
inline constexpr bool k_tells_debugger = true;

inline constexpr uint16_t k_elf_machine = EM_X86_64;
inline constexpr uint8_t k_dwarf_return_address = 16;
inline constexpr uint8_t k_dwarf_stack_pointer = 7;

/// DWARF's number of a general-purpose register.
constexpr uint8_t dwarf_number(Reg reg) {
  constexpr uint8_t k_numbers[] = {0, 2, 1, 3, 7, 6, 4, 5};
  return reg < 8 ? k_numbers[reg] : reg;
}

}  // namespace lindvm::jit::x64
