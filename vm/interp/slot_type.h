#pragma once
// Value types as the interpreter sees them: what a slot holds, how many slots that takes, and which registers
// can cache it. References are 64-bit integers.

#include <cstdint>

#include "vm/types/types.h"

namespace lindvm::interp {

enum class SlotType : uint8_t { i32, i64, f32, f64, v128 };

/// Registers that a value of some type may be cached in.
enum class Bank : uint8_t { none, integer, f64, f32 };

constexpr SlotType slot_type(ValKind kind) {
  switch (kind) {
    case ValKind::i32:
      return SlotType::i32;
    case ValKind::f32:
      return SlotType::f32;
    case ValKind::f64:
      return SlotType::f64;
    case ValKind::v128:
      return SlotType::v128;
    case ValKind::i64:
    case ValKind::ref:
    case ValKind::bottom:
      return SlotType::i64;
  }
  return SlotType::i64;
}
constexpr SlotType slot_type(ValType type) { return slot_type(type.kind()); }

constexpr Bank bank_of(SlotType type) {
  constexpr Bank banks[] = {Bank::integer, Bank::integer, Bank::f32, Bank::f64, Bank::none};
  return banks[static_cast<int>(type)];
}

constexpr uint32_t slot_count(SlotType type) { return type == SlotType::v128 ? 2 : 1; }

}  // namespace lindvm::interp
