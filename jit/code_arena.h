#pragma once
// Where machine code is put: the process's code memory, with references between pieces of code resolved as
// they are placed. Any thread.

#include <atomic>
#include <memory>
#include <span>

#include "jit/relocation.h"
#include "jit/target.h"
#include "memory/os/code_memory.h"

namespace lindvm::jit {

class CodeArena {
 public:
  static constexpr size_t k_function_alignment = 32;

  /// Null if the host gives no executable memory. See CodeMemory about breakpoints.
  static std::unique_ptr<CodeArena> create(bool allows_breakpoints = false);

  /// Places the code that `masm` holds, finished; null if there is no room.
  const uint8_t* place(Masm& masm, size_t alignment = k_function_alignment);

  /// The same for code that was made elsewhere.
  const uint8_t* place(std::span<uint8_t> code, std::span<const Relocation> relocations);

  /// The same for return thunks, which have a range of their own so that they can be told from other code: at
  /// most what the target has for one, at an address that is no multiple of 16.
  const uint8_t* place_thunk(Masm& masm);
  bool is_thunk(const void* address) const { return address >= thunks_ && address < thunks_ + k_thunk_bytes; }

  std::span<const uint8_t> thunks() const { return {thunks_, k_thunk_bytes}; }

  std::span<const uint8_t> range() const { return {memory_->begin(), memory_->end()}; }
  size_t used_bytes() const { return memory_->used_bytes() - k_thunk_bytes; }

 private:
  static constexpr size_t k_thunk_bytes = Masm::k_code_bytes / 16;

  CodeArena() = default;
  void write(Masm& masm, const uint8_t* address);

  std::unique_ptr<CodeMemory> memory_;
  const uint8_t* thunks_ = nullptr;
  std::atomic<size_t> next_thunk_{0};
};

}  // namespace lindvm::jit
