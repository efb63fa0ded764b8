#pragma once
// The interpreter's knobs: they change speed, never meaning.

#include <cstdint>

namespace lindvm::interp {

/// A use in a loop counts 8 times one outside, per level, up to this power of two.
inline constexpr int k_max_loop_weight_log2 = 15;
/// Cost of reloading pinned registers by an instruction of its own, in half reads.
inline constexpr int64_t k_reload_cost = 4;
/// A local is pinned if that saves more than this, in half reads.
inline constexpr int64_t k_min_pin_benefit = 2;
/// Entries of the abstract stack that may name a local.
inline constexpr uint32_t k_max_lazy_entries = 48;
/// Frame slots for constants used in loops.
inline constexpr uint32_t k_loop_constants = 8;
/// Bytes of a body up to which every branch distance is sure to fit 16 bits.
inline constexpr uint32_t k_max_short_branch_body = 10'000;
/// Words that function entry probes beyond its own frame: the header of a callee and slack.
inline constexpr uint32_t k_frame_probe_slack = 64;

/// Interpreted entries of a function until machine code is made of it.
inline constexpr uint32_t k_hot_entries = 200;
/// How many passes through a loop's head weigh as much as one entry.
inline constexpr uint32_t k_loop_passes_per_entry = 5;
/// Entries or passes until hot code whose machine code is still in the making asks again.
inline constexpr int32_t k_hot_recheck = 500;

}  // namespace lindvm::interp
