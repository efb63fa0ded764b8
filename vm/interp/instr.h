#pragma once
// The interpreter's internal code: fixed-size, direct-threaded instructions made by the translator.
// Immutable once published and never moved: guest frames hold return addresses into it [R6, R7].
//
// Frames. A frame is addressed from `fp`, in 64-bit words; frames grow downward and the callee's
// parameters are the caller's outgoing slots, so that calls copy nothing:
//
//   fp[1 + n - k]   parameter slot k of n   (written by the caller)
//   fp[1]           return address: the Instr after the call
//   fp[0]           index of the instance that the frame runs in
//   fp[-1 - j]      slot n + j: declared locals, then the operand stack
//
// A v128 takes slots s and s + 1; its 16 bytes start at the address of slot s + 1. i32 values are kept
// zero-extended, so that an i32 address needs no extension. Results replace the parameters from the
// slot of parameter 0 (fp[1 + n]) downward.

#include <cstdint>

namespace lindvm {

struct alignas(16) Instr {
  const void* handler;  ///< handler address; in operand units a pointer or 64 bits of data
  int16_t x = 0;
  int16_t y = 0;
  union {
    struct {
      int16_t z, w;
    };
    int32_t imm = 0;
    uint32_t offset;
  };

  uint64_t data() const { return reinterpret_cast<uint64_t>(handler); }
};
static_assert(sizeof(Instr) == 16);

/// Slots a frame may have: slot offsets are 16-bit words.
inline constexpr uint32_t k_max_frame_slots = 32'000;

/// Units of a call instruction, counted back from the return address: [-2] holds the frame deltas
/// (x: slot of the first argument, y: the callee's fp), [-1] the slots to reload into the pinned registers.
inline constexpr int k_call_deltas = -2;
inline constexpr int k_call_reload = -1;

}  // namespace lindvm
