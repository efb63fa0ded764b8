#include "memory/area_map.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>

namespace lindvm {

AreaMap::Areas::const_iterator AreaMap::first_ending_after(uint64_t address) const {
  auto at = areas_.upper_bound(address);
  if (at != areas_.begin() && std::prev(at)->second.end > address) --at;
  return at;
}

const Area* AreaMap::find(uint64_t address) const {
  auto at = first_ending_after(address);
  return at != areas_.end() && at->first <= address ? &at->second : nullptr;
}

bool AreaMap::is_free(uint64_t begin, uint64_t end) const {
  auto at = first_ending_after(begin);
  return at == areas_.end() || at->first >= end;
}

bool AreaMap::covers(uint64_t begin, uint64_t end) const {
  for (auto at = first_ending_after(begin); begin < end; begin = at->second.end, ++at) {
    if (at == areas_.end() || at->first > begin) return false;
  }
  return true;
}

uint64_t AreaMap::mapped_within(uint64_t begin, uint64_t end) const {
  uint64_t bytes = 0;
  for (auto at = first_ending_after(begin); at != areas_.end() && at->first < end; ++at) {
    bytes += std::min(end, at->second.end) - std::max(begin, at->first);
  }
  return bytes;
}

std::vector<Area> AreaMap::within(uint64_t begin, uint64_t end) const {
  std::vector<Area> found;
  if (begin >= end) return found;
  for (auto at = first_ending_after(begin); at != areas_.end() && at->first < end; ++at) {
    Area area = at->second;
    if (area.begin < begin) {
      if (area.has_file()) area.offset += begin - area.begin;
      area.begin = begin;
    }
    area.end = std::min(area.end, end);
    found.push_back(std::move(area));
  }
  return found;
}

void AreaMap::insert(Area area) {
  assert(area.begin < area.end && is_free(area.begin, area.end));
  uint64_t begin = area.begin, end = area.end;
  decide_origin(area);
  account(area, +1);
  free_.take(begin, end);
  areas_.emplace(begin, std::move(area));
  join_at(begin);
  join_at(end);
}

void AreaMap::erase(uint64_t begin, uint64_t end) {
  split_at(begin);
  split_at(end);
  auto first = areas_.lower_bound(begin), last = areas_.lower_bound(end);
  for (auto at = first; at != last; ++at) {
    account(at->second, -1);
    free_.give(at->first, at->second.end);
  }
  areas_.erase(first, last);
}

void AreaMap::split_at(uint64_t address) {
  auto at = areas_.upper_bound(address);
  if (at == areas_.begin()) return;
  Area& lower = std::prev(at)->second;
  if (lower.begin == address || lower.end <= address) return;
  Area upper = lower;
  upper.begin = address;
  if (upper.has_file()) upper.offset += address - lower.begin;
  lower.end = address;
  areas_.emplace_hint(at, address, std::move(upper));
}

void AreaMap::join_at(uint64_t address) {
  auto upper = areas_.find(address);
  if (upper == areas_.end() || upper == areas_.begin()) return;
  Area& lower = std::prev(upper)->second;
  const Area& next = upper->second;
  if (!lower.continues_as(next) || lower.origin != next.origin || lower.shift != next.shift) return;
  lower.end = next.end;
  areas_.erase(upper);
}

void AreaMap::join_all(uint64_t begin, uint64_t end) {
  join_at(begin);
  for (auto at = areas_.upper_bound(begin); at != areas_.end() && at->first <= end;) {
    uint64_t boundary = (at++)->first;  // joining erases the area that begins there
    join_at(boundary);
  }
}

// The host joins a new mapping to a neighbour like it, whose pages are where they were first touched.
void AreaMap::decide_origin(Area& area) {
  if (area.origin != 0 || area.is_shared()) return;
  auto next = areas_.lower_bound(area.begin);
  if (next != areas_.begin()) {
    const Area& lower = std::prev(next)->second;
    if (lower.shift == 0 && lower.continues_as(area)) area.origin = lower.origin;
  }
  if (area.origin == 0 && next != areas_.end()) {
    const Area& upper = next->second;
    if (upper.shift == 0 && area.continues_as(upper)) area.origin = upper.origin;
  }
  if (area.origin == 0) area.origin = new_origin();
}

void AreaMap::account(const Area& area, int sign) {
  auto add = [&](uint64_t& sum) { sum += sign > 0 ? area.bytes() : uint64_t{0} - area.bytes(); };
  add(totals_.mapped);
  if (!area.is_shared() && area.prot & PROT_WRITE) add(totals_.data);
  if (area.is_shared() || area.has_file()) add(totals_.shared);
  if (area.flags & k_area_locked) add(totals_.locked);
  if (area.flags & k_area_stack) add(totals_.stack);
}

}  // namespace lindvm
