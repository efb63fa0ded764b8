#include "jit/baseline/regions.h"

#include <algorithm>

#include "jit/tuning.h"

namespace lindvm::jit {

/// Sums the weights of the locals used; loops inside are found by their ranges of uses.
void RegionPlanner::weigh(const Scan& scan, uint32_t first, uint32_t last, uint32_t depth, uint32_t locals) {
  if (weight_.size() < locals) {
    weight_.resize(locals);
    assigned_.resize(locals);
  }
  auto loop = std::lower_bound(scan.loops.begin(), scan.loops.end(), first,
                               [](const ScannedLoop& l, uint32_t use) { return l.first_use < use; });
  uint32_t nested_until = 0;
  for (uint32_t use = first; use < last; ++use) {
    while (loop != scan.loops.end() && loop->first_use <= use) {
      if (loop->depth == depth) nested_until = loop->last_use;
      ++loop;
    }
    uint32_t local = scan.uses[use] >> 1;
    if (weight_[local] == 0) touched_.push_back(local);
    weight_[local] += use < nested_until ? 1u << k_nested_weight_log2 : 1;
    if (scan.uses[use] & 1) assigned_[local] = true;
  }
}

void RegionPlanner::choose(Region& region, std::vector<Candidate>& candidates, unsigned first_pin,
                           unsigned count, const Region* outer) {
  auto heavier = [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.local < b.local;
  };
  if (candidates.size() > count) {
    std::nth_element(candidates.begin(), candidates.begin() + count, candidates.end(), heavier);
    candidates.resize(count);
  }
  auto pinned = [&](uint32_t local) {
    for (unsigned pin = first_pin; outer && pin < first_pin + count; ++pin) {
      if (outer->local[pin] == local) return pin;
    }
    return k_max_pins;
  };
  std::erase_if(candidates, [&](const Candidate& candidate) {
    unsigned pin = pinned(candidate.local);
    if (pin == k_max_pins) return false;
    region.local[pin] = candidate.local;
    return true;
  });
  unsigned pin = first_pin;
  for (const Candidate& candidate : candidates) {
    while (region.local[pin] != k_no_local) ++pin;
    region.local[pin] = candidate.local;
  }
}

Region RegionPlanner::plan(const Scan& scan, uint32_t first, uint32_t last, uint32_t depth,
                           const Region* outer, const std::vector<ValType>& local_types, bool has_calls) {
  weigh(scan, first, last, depth, static_cast<uint32_t>(local_types.size()));
  ints_.clear();
  floats_.clear();
  uint32_t least = outer ? 1 : k_min_weight;
  for (uint32_t local : touched_) {
    if (weight_[local] < least) continue;
    ValKind kind = local_types[local].kind();
    bool is_int = kind == ValKind::i32 || kind == ValKind::i64 || kind == ValKind::ref;
    (is_int ? ints_ : floats_).push_back({local, weight_[local]});
  }
  Region region;
  choose(region, ints_, 0, integers_, outer);
  choose(region, floats_, integers_, vectors_, outer);
  for (unsigned pin = 0; pin < integers_ + vectors_; ++pin) {
    uint32_t local = region.local[pin];
    if (local == k_no_local) continue;
    region.used |= 1u << pin;
    if (assigned_[local]) region.assigned |= 1u << pin;
    if (!has_calls || weight_[local] >= k_min_eager_weight) region.eager |= 1u << pin;
  }
  for (uint32_t local : touched_) {
    weight_[local] = 0;
    assigned_[local] = false;
  }
  touched_.clear();
  return region;
}

}  // namespace lindvm::jit
