#include "jit/code_arena.h"

namespace lindvm::jit {

std::unique_ptr<CodeArena> CodeArena::create(bool allows_breakpoints) {
  std::unique_ptr<CodeArena> space(new CodeArena);
  space->memory_ = CodeMemory::create(Masm::k_code_bytes, allows_breakpoints);
  if (!space->memory_) return nullptr;
  space->thunks_ = space->memory_->allocate(k_thunk_bytes, 4096);
  return space;
}

const uint8_t* CodeArena::place(Masm& masm, size_t alignment) {
  const uint8_t* address = memory_->allocate(masm.offset(), alignment);
  if (address) write(masm, address);
  return address;
}

const uint8_t* CodeArena::place(std::span<uint8_t> code, std::span<const Relocation> relocations) {
  const uint8_t* address = memory_->allocate(code.size(), k_function_alignment);
  if (!address) return nullptr;
  for (const Relocation& relocation : relocations) Masm::patch(code.data(), address, relocation);
  memory_->write(address, code);
  return address;
}

const uint8_t* CodeArena::place_thunk(Masm& masm) {
  size_t offset = next_thunk_.fetch_add(Masm::k_thunk_stride);
  if (offset + Masm::k_thunk_stride > k_thunk_bytes) return nullptr;
  const uint8_t* thunk = thunks_ + offset + Masm::k_thunk_start;
  write(masm, thunk);
  return thunk;
}

void CodeArena::write(Masm& masm, const uint8_t* address) {
  masm.relocate(address);
  memory_->write(address, {masm.data(), masm.offset()});
}

}  // namespace lindvm::jit
