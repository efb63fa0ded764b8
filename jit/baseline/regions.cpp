#include "jit/baseline/regions.h"

#include <algorithm>

#include "jit/tuning.h"

namespace lindvm::jit {

namespace {

bool is_integer(ValKind kind) { return kind == ValKind::i32 || kind == ValKind::i64 || kind == ValKind::ref; }

}  // namespace

void RegionPlanner::add(std::span<const LocalUse> uses, uint32_t weight) {
  uint32_t count = touched_count_;
  for (LocalUse use : uses) {
    Use& local = uses_of_[use >> 1];
    touched_[count] = use >> 1;
    count += local.weight == 0;
    local.weight += weight;
    local.is_assigned |= use & 1;
  }
  touched_count_ = count;
}

/// Sums the weights of the locals used; loops inside are found by their ranges of uses.
void RegionPlanner::weigh(const Scan& scan, uint32_t first, uint32_t last, uint32_t depth, uint32_t locals) {
  if (uses_of_.size() < locals) {
    uses_of_.resize(locals);
    touched_.resize(locals + 1);
  }
  touched_count_ = 0;
  auto loop = std::lower_bound(scan.loops.begin(), scan.loops.end(), first,
                               [](const ScannedLoop& l, uint32_t use) { return l.first_use < use; });
  for (; loop != scan.loops.end() && loop->first_use < last; ++loop) {
    if (loop->depth != depth || loop->first_use < first) continue;
    add(scan.uses.between(first, loop->first_use), 1);
    add(scan.uses.between(loop->first_use, loop->last_use), 1u << k_nested_weight_log2);
    first = loop->last_use;
  }
  add(scan.uses.between(first, last), 1);
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
                           const Region* outer, std::span<const Local> locals, bool has_calls) {
  weigh(scan, first, last, depth, static_cast<uint32_t>(locals.size()));
  ints_.clear();
  floats_.clear();
  uint32_t least = outer ? 1 : k_min_weight;
  const std::span<const uint32_t> touched(touched_.data(), touched_count_);
  for (uint32_t local : touched) {
    if (uses_of_[local].weight < least) continue;
    (is_integer(locals[local].kind) ? ints_ : floats_).push_back({local, uses_of_[local].weight});
  }
  Region region;
  choose(region, ints_, 0, integers_, outer);
  choose(region, floats_, integers_, vectors_, outer);
  for (unsigned pin = 0; pin < integers_ + vectors_; ++pin) {
    uint32_t local = region.local[pin];
    if (local == k_no_local) continue;
    region.used |= 1u << pin;
    if (uses_of_[local].is_assigned) region.assigned |= 1u << pin;
    if (!has_calls || uses_of_[local].weight >= k_min_eager_weight) region.eager |= 1u << pin;
  }
  for (uint32_t local : touched) uses_of_[local] = {};
  return region;
}

}  // namespace lindvm::jit
