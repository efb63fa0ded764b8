#pragma once
// Machine code of one function as the rest of the engine sees it: where it lies, and the tables that stack
// walks, traps and exceptions need. Made by a compiling tier (jit/), registered process-wide, immutable once
// registered, and never freed while the process lives: guest stacks may refer to it [R7]. Any thread.
//
// Frames are the interpreter's (vm/interp/instr.h), with the stack pointer at the lowest slot of the frame
// and, at calls, the machine's return address in fp[1]. Return addresses into machine code are never
// multiples of 16, those of the interpreter (Instr) always: that is how the two are told apart.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vm/interp/translation.h"

namespace lindvm {

struct FunctionCode;

/// An instruction that may leave or trap. For calls `offset` is the return address minus one.
struct CodeSite {
  uint32_t offset = 0;         ///< from the start of the function's code
  uint32_t wasm_offset = 0;    ///< of the wasm instruction, in the module
  int32_t first_argument = 0;  ///< of guest calls: slot of the first argument, in words from fp
  uint32_t home = 0;  ///< the place that handler ranges cover: `offset`, or what rare code was split from
};

/// Where a loop can be entered with all values in their slots.
struct LoopEntry {
  uint32_t wasm_offset = 0;
  uint32_t offset = 0;
};

class MachineCode {
 public:
  FunctionCode* function = nullptr;
  const uint8_t* begin = nullptr;
  uint32_t size = 0;
  uint32_t frame_slots = 0;            ///< words below the frame header
  std::vector<CodeSite> sites;         ///< ascending offsets
  std::vector<HandlerRange> handlers;  ///< begin, end and target are offsets of code
  std::vector<LoopEntry> loops;        ///< ascending wasm offsets

  bool contains(const void* pc) const { return pc >= begin && pc < begin + size; }
  /// Null if the instruction is no site.
  const CodeSite* site_at(const void* pc) const;
  /// Null if the loop cannot be entered.
  const uint8_t* loop_entry(uint32_t wasm_offset) const;
  /// Of a frame of this function.
  uint64_t* stack_pointer(const uint64_t* fp) const { return const_cast<uint64_t*>(fp) - frame_slots; }

  /// Makes the code known to find(); it lives from now on.
  static const MachineCode* add(std::unique_ptr<MachineCode> code);
  /// The machine code that contains `pc`, or null. O(log n).
  static const MachineCode* find(const void* pc);
};

/// Is this return address, taken from a frame, one into machine code?
inline bool is_machine_return(uint64_t address) { return (address & 15) != 0; }

}  // namespace lindvm
