#pragma once
// Where a module's internal code lies: chunks of address space that are filled from the bottom and never
// move, since return addresses point into them [R7]. A CompiledModule owns one, and its translation lock
// orders reserve() and take(). find() may be called by any thread.

#include <cstddef>
#include <memory>
#include <vector>

#include "memory/os/virtual_memory.h"

namespace lindvm {

struct Instr;
class FunctionTranslation;

class CodeSpace {
 public:
  CodeSpace();
  ~CodeSpace();
  CodeSpace(const CodeSpace&) = delete;
  CodeSpace& operator=(const CodeSpace&) = delete;

  /// Room for `bytes`, aligned for Instrs, that nobody has yet; null if the host has no memory.
  std::byte* reserve(size_t bytes);
  /// Takes the first `bytes` of the room reserved last, which now hold the translation's code.
  void take(size_t bytes, const FunctionTranslation& translation);

  /// The translation, of any module of the process, whose code contains `ip`, or null. O(log n).
  static const FunctionTranslation* find(const Instr* ip);

 private:
  struct Chunk;
  Chunk* add_chunk(size_t bytes);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t total_ = 0;  ///< bytes of all chunks
};

}  // namespace lindvm
