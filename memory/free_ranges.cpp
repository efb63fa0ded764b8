#include "memory/free_ranges.h"

#include <algorithm>
#include <cassert>

namespace lindvm {

FreeRanges::FreeRanges(uint64_t floor, uint64_t ceiling) : floor_(floor), ceiling_(ceiling) {
  if (floor < ceiling) insert(floor, ceiling);
}

void FreeRanges::take(uint64_t begin, uint64_t end) {
  begin = std::max(begin, floor_);
  end = std::min(end, ceiling_);
  if (begin >= end) return;
  NodeIndex node = at_or_below(begin);
  assert(node != k_none && nodes_[node].end >= end);
  uint64_t first = nodes_[node].begin, last = nodes_[node].end;
  erase(first);
  if (first < begin) insert(first, begin);
  if (end < last) insert(end, last);
}

void FreeRanges::give(uint64_t begin, uint64_t end) {
  begin = std::max(begin, floor_);
  end = std::min(end, ceiling_);
  if (begin >= end) return;
  NodeIndex before = at_or_below(begin);
  if (before != k_none && nodes_[before].end == begin) {
    begin = nodes_[before].begin;
    erase(begin);
  }
  NodeIndex after = at_or_below(end);
  if (after != k_none && nodes_[after].begin == end) {
    uint64_t last = nodes_[after].end;
    erase(end);
    end = last;
  }
  insert(begin, end);
}

std::optional<uint64_t> FreeRanges::highest_fit(uint64_t length) const {
  if (nodes_[root_].longest < length || length == 0) return std::nullopt;
  for (NodeIndex at = root_;;) {
    const Node& node = nodes_[at];
    if (nodes_[node.right].longest >= length) {
      at = node.right;
    } else if (node.end - node.begin >= length) {
      return node.end - length;
    } else {
      at = node.left;
    }
  }
}

FreeRanges::NodeIndex FreeRanges::make_node(uint64_t begin, uint64_t end) {
  NodeIndex index;
  if (spare_.empty()) {
    index = static_cast<NodeIndex>(nodes_.size());
    nodes_.emplace_back();
  } else {
    index = spare_.back();
    spare_.pop_back();
  }
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  nodes_[index] = {begin, end, end - begin, random_, k_none, k_none};
  return index;
}

void FreeRanges::update(NodeIndex index) {
  Node& node = nodes_[index];
  node.longest = std::max({node.end - node.begin, nodes_[node.left].longest, nodes_[node.right].longest});
}

void FreeRanges::split(NodeIndex node, uint64_t key, NodeIndex& below, NodeIndex& rest) {
  if (node == k_none) {
    below = rest = k_none;
    return;
  }
  if (nodes_[node].begin < key) {
    below = node;
    split(nodes_[node].right, key, nodes_[node].right, rest);
  } else {
    rest = node;
    split(nodes_[node].left, key, below, nodes_[node].left);
  }
  update(node);
}

FreeRanges::NodeIndex FreeRanges::merge(NodeIndex below, NodeIndex rest) {
  if (below == k_none) return rest;
  if (rest == k_none) return below;
  NodeIndex top;
  if (nodes_[below].priority > nodes_[rest].priority) {
    top = below;
    nodes_[top].right = merge(nodes_[top].right, rest);
  } else {
    top = rest;
    nodes_[top].left = merge(below, nodes_[top].left);
  }
  update(top);
  return top;
}

void FreeRanges::insert(uint64_t begin, uint64_t end) {
  NodeIndex node = make_node(begin, end), below, rest;
  split(root_, begin, below, rest);
  root_ = merge(merge(below, node), rest);
  ++count_;
}

void FreeRanges::erase(uint64_t begin) {
  NodeIndex below, node, rest;
  split(root_, begin, below, rest);
  split(rest, begin + 1, node, rest);
  assert(node != k_none && nodes_[node].left == k_none && nodes_[node].right == k_none);
  spare_.push_back(node);
  root_ = merge(below, rest);
  --count_;
}

FreeRanges::NodeIndex FreeRanges::at_or_below(uint64_t address) const {
  NodeIndex found = k_none;
  for (NodeIndex at = root_; at != k_none;) {
    bool fits = nodes_[at].begin <= address;
    if (fits) found = at;
    at = fits ? nodes_[at].right : nodes_[at].left;
  }
  return found;
}

}  // namespace lindvm
