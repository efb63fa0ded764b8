#pragma once
// An entry of the compiler's abstract operand stack. Two words, written and read whole: entries are popped
// right after they were pushed, and a load of a word waits for stores of its parts. Plain data.

#include <cstdint>

#include "jit/registers.h"
#include "jit/target.h"
#include "vm/types/types.h"

namespace lindvm::jit {

struct Entry {
  enum class Where : uint8_t {
    slot,      ///< its own slot of the frame
    reg,       ///< `reg`
    local,     ///< the present value of local `local`
    constant,  ///< `bits`
    flags,     ///< an i32 condition, in the processor's flags: consumed by the next instruction
  };
  Where where : 8 = Where::slot;
  ValKind kind : 8 = ValKind::i32;
  Reg reg : 8 = k_no_reg;
  Cond cond : 8 = {};
  uint32_t slot : 32 = 0;  ///< its own slot
  union {
    uint64_t bits = 0;
    uint64_t local;
  };

  static Entry in_slot(ValKind kind, uint32_t slot) {
    Entry entry;
    entry.kind = kind;
    entry.slot = slot;
    return entry;
  }
  static Entry in_reg(ValKind kind, uint32_t slot, Reg reg) {
    Entry entry = in_slot(kind, slot);
    entry.where = Where::reg;
    entry.reg = reg;
    return entry;
  }
  static Entry of_local(ValKind kind, uint32_t slot, uint32_t local) {
    Entry entry = in_slot(kind, slot);
    entry.where = Where::local;
    entry.local = local;
    return entry;
  }
  static Entry constant(ValKind kind, uint32_t slot, uint64_t bits) {
    Entry entry = in_slot(kind, slot);
    entry.where = Where::constant;
    entry.bits = bits;
    return entry;
  }
  static Entry in_flags(uint32_t slot, Cond cond) {
    Entry entry = in_slot(ValKind::i32, slot);
    entry.where = Where::flags;
    entry.cond = cond;
    return entry;
  }

  bool is_const() const { return where == Where::constant; }
};
static_assert(sizeof(Entry) == 16);

}  // namespace lindvm::jit
