#include "vm/runtime/exceptions.h"

#include <algorithm>

namespace lindvm {

uint64_t ExceptionHeap::allocate(const Tag& tag, std::span<const uint64_t> payload) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(records_.size()));
    records_.emplace_back();
  }
  uint32_t number = free_.back();
  free_.pop_back();
  Exception& record = records_[number];
  record.tag = &tag;
  record.payload.assign(payload.begin(), payload.end());
  ++record.generation;
  ++live_;
  return k_pattern << 48 | uint64_t{record.generation} << 32 | number;
}

void ExceptionHeap::mark_handle(uint64_t handle) {
  to_scan_.clear();
  auto reach = [this](uint64_t word) {
    uint32_t number = static_cast<uint32_t>(word);
    if (word >> 48 != k_pattern || number >= records_.size()) return;
    Exception& record = records_[number];
    if (!record.tag || record.marked || record.generation != static_cast<uint16_t>(word >> 32)) return;
    record.marked = true;
    to_scan_.push_back(number);
  };
  reach(handle);
  while (!to_scan_.empty()) {
    const Exception& record = records_[to_scan_.back()];
    to_scan_.pop_back();
    for (uint64_t word : record.payload) reach(word);
  }
}

void ExceptionHeap::sweep() {
  for (uint32_t number = 0; number < records_.size(); ++number) {
    Exception& record = records_[number];
    if (record.tag && !record.marked) {
      record.tag = nullptr;
      record.payload.clear();
      free_.push_back(number);
      --live_;
    }
    record.marked = false;
  }
  threshold_ = std::max(k_min_threshold, 2 * live_);
}

}  // namespace lindvm
