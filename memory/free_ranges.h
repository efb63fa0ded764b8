#pragma once
// The free ranges of an address space, for finding the highest one that is large enough in logarithmic time
// however many there are: a treap by address whose nodes know the longest range below them. Owned by an
// AreaMap; not synchronised.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lindvm {

class FreeRanges {
 public:
  /// Tracks [floor, ceiling), all of it free; what callers say of other addresses is ignored.
  FreeRanges(uint64_t floor, uint64_t ceiling);

  /// [begin, end) was free and is no more.
  void take(uint64_t begin, uint64_t end);
  /// [begin, end) was not free and is now.
  void give(uint64_t begin, uint64_t end);

  /// The highest free address range of `length` bytes: its begin.
  std::optional<uint64_t> highest_fit(uint64_t length) const;
  size_t count() const { return count_; }

 private:
  using NodeIndex = uint32_t;
  static constexpr NodeIndex k_none = 0;
  struct Node {
    uint64_t begin = 0, end = 0;
    uint64_t longest = 0;  ///< among this node and those below
    uint32_t priority = 0;
    NodeIndex left = k_none, right = k_none;
  };

  NodeIndex make_node(uint64_t begin, uint64_t end);
  void update(NodeIndex node);
  /// Nodes that begin below `key`, and the others.
  void split(NodeIndex node, uint64_t key, NodeIndex& below, NodeIndex& rest);
  NodeIndex merge(NodeIndex below, NodeIndex rest);
  void insert(uint64_t begin, uint64_t end);
  /// Removes the node that begins at `begin`.
  void erase(uint64_t begin);
  /// The last node that begins at or below `address`; k_none.
  NodeIndex at_or_below(uint64_t address) const;

  uint64_t floor_, ceiling_;
  std::vector<Node> nodes_{1};  // 0 stands for none
  std::vector<NodeIndex> spare_;
  NodeIndex root_ = k_none;
  uint32_t random_ = 0x9e3779b9;
  size_t count_ = 0;
};

}  // namespace lindvm
