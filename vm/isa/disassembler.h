#pragma once
// Instructions as text, in the style of the specification's text format: for `lind-vm disasm`, traces and
// test messages. Works on any bytes, validated or not, and never reads beyond them. Stateless, free to use
// from any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vm/isa/opcodes.h"

namespace lindvm {

struct Disassembly {
  Op op = k_no_op;   ///< k_no_op if the bytes are no instruction
  size_t size = 0;   ///< bytes that it takes; 1 for a byte that starts no instruction
  std::string text;  ///< e.g. "i32.load offset=8", or ".byte 0xff"
};

/// The instruction at `offset`; at or beyond the end, size 0 and no text.
Disassembly disassemble(std::span<const uint8_t> code, size_t offset);

/// A line of a listing.
struct DisassemblyLine {
  size_t offset = 0;    ///< of the instruction, within `code`
  size_t size = 0;      ///< bytes that it takes
  uint32_t indent = 0;  ///< number of enclosing blocks
  std::string text;
};

/// All instructions of an expression or function body (without its local declarations), nested by blocks.
std::vector<DisassemblyLine> disassemble_all(std::span<const uint8_t> code);

/// One row of the opcode table in words, for `lind-vm opcodes`.
struct OpcodeRow {
  std::string code;        ///< e.g. "0x6a", "0xfd 0x0e"
  std::string name;        ///< text-format name
  std::string immediates;  ///< e.g. "type, table"; empty if none
  std::string signature;   ///< e.g. "[i32 i32] -> [i32]"; "by operands" where it depends on them
  std::string feature;
  std::string traits;  ///< e.g. "pure commutes"
};

std::vector<OpcodeRow> opcode_rows();

}  // namespace lindvm
