#include "vm/runtime/tier.h"

#include "vm/interp/tuning.h"

namespace lindvm {
namespace {

std::unique_ptr<CompilingTier> g_tier;
TierOptions g_options;

}  // namespace

CompilingTier* compiling_tier() { return g_tier.get(); }

void install_tier(std::unique_ptr<CompilingTier> tier, const TierOptions& options) {
  g_tier = std::move(tier);
  g_options = options;
}

const TierOptions& tier_options() { return g_options; }

uint32_t hot_entries() { return g_options.threshold.value_or(interp::k_hot_entries); }

uint32_t hot_loop_passes() { return hot_entries() * interp::k_loop_passes_per_entry; }

}  // namespace lindvm
