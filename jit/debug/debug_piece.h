#pragma once
// Machine code as a debugger is told of it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "jit/debug/frame_note.h"
#include "vm/runtime/machine_code.h"

namespace lindvm::jit {

/// What the symbols of code are called that goes on on another stack than its caller's. gdb takes a stack
/// that goes back in the wrong direction for a corrupt one, except in functions of this name (gcc's split
/// stacks).
inline constexpr const char* k_stack_switch_name = "__morestack";

/// A function or stub.
struct DebugPiece {
  std::string name;
  const uint8_t* begin = nullptr;
  size_t size = 0;
  std::vector<uint8_t> unwind;  ///< call frame instructions (cfi.h)
};

/// A compiled function, with what the compiler noted about its frames.
DebugPiece debug_piece(const MachineCode& code, std::span<const FrameNote> notes);

/// An ELF file in memory with a symbol and unwind information for each piece, which lie close to each other.
/// The code itself is not in it.
std::vector<uint8_t> make_elf_image(std::span<const DebugPiece> pieces);

}  // namespace lindvm::jit
