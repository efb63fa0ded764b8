#pragma once
// The internal code of one function (vm/interp/instr.h) and its side tables: wasm offsets for traps and
// backtraces, exception handler ranges. Immutable once published; owned by its CompiledModule, the code
// itself by that one's CodeSpace.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vm/runtime/code.h"

namespace lindvm {

class MachineCode;

/// A protected range of internal code. Ranges are searched innermost first (vector order).
struct HandlerRange {
  uint32_t begin = 0;          ///< first instruction index covered
  uint32_t end = 0;            ///< one past the last covered
  uint32_t tag = 0;            ///< tag index in the module, or k_catch_all
  uint32_t target = 0;         ///< instruction index to continue at
  int32_t payload_offset = 0;  ///< where caught values go, in words from fp downward
  bool push_payload = false;
  bool push_exnref = false;
  bool exnref_first = false;  ///< the exnref goes before the payload, not after it
  uint32_t depth = 0;         ///< nesting of the try among the function's blocks
  bool is_delegate = false;   ///< the search goes on with handlers of at most delegate_depth
  uint32_t delegate_depth = 0;
  static constexpr uint32_t k_catch_all = ~uint32_t{0};
};

class FunctionTranslation {
 public:
  FunctionCode* code = nullptr;
  const Instr* instrs = nullptr;
  uint32_t instr_count = 0;
  /// Module byte offsets, from that of the function's body on: for each unit of code how much further than
  /// the unit before, in one byte; k_far_offset and the offset itself in four bytes where that does not do.
  const uint8_t* offset_deltas = nullptr;
  static constexpr uint8_t k_far_offset = 0xff;
  std::vector<HandlerRange> handlers;
  uint32_t frame_slots = 0;  ///< words below the frame header
  /// Slots (words from fp) that are pinned to machine registers; 0 where there is none.
  int16_t int_pins[3] = {};
  int16_t f64_pins[2] = {};
  int16_t f32_pins[2] = {};

  bool contains(const Instr* ip) const;
  /// Module byte offset of the wasm instruction that `ip` came from: O(size of the function).
  uint32_t wasm_offset(const Instr* ip) const;
};

/// One frame of a guest stack, as a stack walk yields it, innermost first. Either `translation` or `machine`
/// is set.
struct FrameView {
  const FunctionTranslation* translation = nullptr;
  const MachineCode* machine = nullptr;
  /// The Instr executing or of the call in progress; in machine code the instruction that trapped, or the
  /// return address of the call in progress, minus one.
  const void* ip = nullptr;
  const uint64_t* fp = nullptr;

  const FunctionCode& function() const;
  uint32_t wasm_offset() const;
  const std::vector<HandlerRange>& handlers() const;
  /// In the unit of the handlers' ranges.
  uint32_t position() const;
};

/// Walks guest frames from (ip, fp) to the end of the innermost host entry.
class StackWalker {
 public:
  StackWalker(const void* ip, const uint64_t* fp);
  /// From the frame that made a call, given its return address and its first argument's slot.
  static StackWalker from_call(const void* return_address, const uint64_t* arguments);
  bool done() const { return frame_.translation == nullptr && frame_.machine == nullptr; }
  const FrameView& frame() const { return frame_; }
  void next();

 private:
  StackWalker() = default;
  void go_to_caller(const void* return_address, const uint64_t* arguments);
  FrameView frame_;
};

}  // namespace lindvm
