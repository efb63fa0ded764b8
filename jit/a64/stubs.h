#pragma once
// Makes the stubs for AArch64. The conventions are in jit/README.md.

#include <string>
#include <vector>

#include "jit/code_arena.h"
#include "jit/debug/debug_piece.h"
#include "jit/stubs.h"

namespace lindvm::jit::a64 {

/// Debuggers are told nothing (dwarf.h).
Stubs make_stubs(CodeArena& space, std::vector<DebugPiece>* pieces = nullptr);

/// What machine code calls for host functions with that many slots of parameters and results.
const void* make_host_entry(CodeArena& space, const Stubs& stubs, uint32_t param_slots, uint32_t result_slots,
                            std::vector<DebugPiece>* pieces = nullptr);

/// A return address that continues in the interpreter at `return_ip`; never a multiple of 16.
const void* make_return_thunk(CodeArena& space, const Stubs& stubs, const Instr* return_ip);
inline DebugPiece return_thunks_piece(std::span<const uint8_t>) { return {}; }
/// The Instr that a thunk holds.
const Instr* thunk_target(const void* thunk);

/// What compiled code may consist of on this processor, as text: code is good only where the same is said.
inline std::string instruction_set() { return CpuFeatures::host().lse ? "aarch64 lse" : "aarch64"; }

/// Can this processor run what the compiler makes? Each can: the base architecture has what is needed.
inline bool is_supported() { return true; }
/// The guest stack pointer of a thread that faulted in machine code.
uint64_t* guest_stack_pointer(const FaultContext& fault);

}  // namespace lindvm::jit::a64
