#pragma once
// What the façades of all back ends have in common, on top of their encoders: the layout of frames, and the
// notes of what in the code depends on the process. One compilation, one thread.

#include <span>
#include <vector>

#include "jit/registers.h"
#include "jit/relocation.h"
#include "vm/types/types.h"

namespace lindvm::jit {

/// `Masm` is the façade that derives from this. It has word_at (the memory operand of a word of the frame,
/// counted from fp), load and store, and the static patch and field_size of relocated fields.
template <class Masm, class Encoder>
class MasmBase : public Encoder {
 public:
  void begin(uint32_t param_slots, uint32_t frame_slots) {
    this->clear();
    relocations_.clear();
    param_slots_ = static_cast<int32_t>(param_slots);
    frame_slots_ = static_cast<int32_t>(frame_slots);
  }

  /// Resolves references to the outside for code that is about to be placed at an address.
  void relocate(const uint8_t* address) {
    for (const Relocation& relocation : relocations_) Masm::patch(this->buffer(), address, relocation);
  }
  std::span<const Relocation> relocations() const { return relocations_; }

  /// Words from fp, as vm/interp/instr.h lays frames out.
  int32_t words_from_fp(uint32_t slot) const {
    auto s = static_cast<int32_t>(slot);
    return s < param_slots_ ? 1 + param_slots_ - s : -1 - (s - param_slots_);
  }
  int32_t frame_slots() const { return frame_slots_; }
  int32_t param_slots() const { return param_slots_; }
  auto slot(uint32_t slot) const { return masm().word_at(words_from_fp(slot)); }
  /// Where the value in a slot begins: vectors take the slot below as well.
  auto value_slot(ValKind kind, uint32_t s) const { return slot(kind == ValKind::v128 ? s + 1 : s); }
  void load_slot(ValKind kind, Reg d, uint32_t slot) { masm().load(kind, d, value_slot(kind, slot)); }
  void store_slot(ValKind kind, uint32_t slot, Reg s) { masm().store(kind, value_slot(kind, slot), s); }

 protected:
  /// A relocated field was just written.
  void note(RelocationKind kind, uint64_t target) {
    relocations_.push_back({this->offset() - Masm::field_size(kind), kind, target});
  }

 private:
  Masm& masm() { return static_cast<Masm&>(*this); }
  const Masm& masm() const { return static_cast<const Masm&>(*this); }

  int32_t param_slots_ = 0;
  int32_t frame_slots_ = 0;
  std::vector<Relocation> relocations_;
};

}  // namespace lindvm::jit
