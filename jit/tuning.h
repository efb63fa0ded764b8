#pragma once
// The JIT's knobs: they change speed, never meaning.

#include <cstddef>
#include <cstdint>

namespace lindvm::jit {

/// A use of a local in a nested loop counts this power of two more than one outside it.
inline constexpr uint32_t k_nested_weight_log2 = 2;
/// Loops nested deeper than this share the registers of the loop around them.
inline constexpr uint32_t k_max_planned_depth = 6;
/// In loops with calls, locals of less weight are loaded when used, not at the loop's head.
inline constexpr uint32_t k_min_eager_weight = 3;
/// Outside loops a local needs this many uses to be kept in a register.
inline constexpr uint32_t k_min_weight = 2;
/// Alignment of loop heads.
inline constexpr uint32_t k_loop_alignment = 16;
/// Leaf functions with frames of at most this many words rely on their caller's stack probe.
inline constexpr uint32_t k_unprobed_frame_words = 56;

}  // namespace lindvm::jit
