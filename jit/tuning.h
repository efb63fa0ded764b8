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

/// The code cache's folder holds no more than this, unless told otherwise.
inline constexpr uint64_t k_cache_bytes = uint64_t{1} << 30;
/// At the end of a run an entry is written for so much new machine code (which took about a millisecond to
/// make; writing takes less), and at least this part of what the entry holds already.
inline constexpr uint64_t k_cache_min_code_bytes = uint64_t{64} << 10;
inline constexpr uint64_t k_cache_min_growth = 16;
/// Modules of this size have an entry even without code: it spares validation, a millisecond for 200 kB.
inline constexpr uint64_t k_cache_min_module_bytes = uint64_t{256} << 10;

}  // namespace lindvm::jit
