#include "jit/debug/debug_piece.h"

#include "jit/debug/cfi.h"
#include "jit/jit.h"
#include "jit/target_stubs.h"
#include "vm/runtime/code.h"

namespace lindvm::jit {
namespace {

constexpr int32_t k_word = 8;

/// The canonical frame address is the end of the parameters, not that of the return address: where the
/// caller's stack pointer is after the call does not depend on who answers it, before it does (tail calls).
void write_note(CfiWriter& cfi, const FrameNote& note, int32_t frame_end) {
  cfi.at(note.code_offset);
  cfi.cfa(target::k_dwarf_stack_pointer, k_word * (frame_end - note.stack_pointer));
  if (note.return_register != k_no_reg) {
    cfi.moved(target::k_dwarf_return_address, target::dwarf_number(note.return_register));
  } else {
    cfi.saved(target::k_dwarf_return_address, k_word * (frame_end - note.return_address));
  }
}

}  // namespace

DebugPiece debug_piece(const MachineCode& code, std::span<const FrameNote> notes) {
  CfiWriter cfi;
  auto frame_end = static_cast<int32_t>(2 + code.function->param_slots);
  for (const FrameNote& note : notes) write_note(cfi, note, frame_end);
  return {machine_code_name(code), code.begin, code.size, cfi.take()};
}

}  // namespace lindvm::jit
