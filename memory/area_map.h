#pragma once
// The ordered set of areas of an address space, with the free ranges between them and the sums that limits
// and statistics need: bookkeeping only, nothing is mapped here. An area is (nearly) one mapping of the host;
// neighbours are joined when the host joins them too. Owned and synchronised by an AddressMap.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "memory/area.h"
#include "memory/free_ranges.h"

namespace lindvm {

/// Bytes of areas, by kind.
struct AreaTotals {
  uint64_t mapped = 0;
  uint64_t data = 0;    ///< private and writable: what a data limit counts
  uint64_t shared = 0;  ///< shared, or of a file
  uint64_t locked = 0;
  uint64_t stack = 0;
};

class AreaMap {
 public:
  using Areas = std::map<uint64_t, Area>;  // by begin

  /// Space is looked for in [floor, ceiling); areas may lie elsewhere.
  AreaMap(uint64_t floor, uint64_t ceiling) : free_(floor, ceiling) {}

  /// The area at `address`; null if none.
  const Area* find(uint64_t address) const;
  bool is_free(uint64_t begin, uint64_t end) const;
  /// No holes.
  bool covers(uint64_t begin, uint64_t end) const;
  /// Bytes of areas within the range.
  uint64_t mapped_within(uint64_t begin, uint64_t end) const;
  /// The areas that touch the range, cut to it.
  std::vector<Area> within(uint64_t begin, uint64_t end) const;
  std::optional<uint64_t> find_space(uint64_t length) const { return free_.highest_fit(length); }

  /// The range must be free. Decides the area's origin if that is open.
  void insert(Area area);
  void erase(uint64_t begin, uint64_t end);
  /// Applies `change` (to prot, flags, offset, backing) to all areas within the range.
  template <class Change>
  void change(uint64_t begin, uint64_t end, Change&& change) {
    split_at(begin);
    split_at(end);
    for (auto at = areas_.lower_bound(begin); at != areas_.end() && at->first < end; ++at) {
      account(at->second, -1);
      change(at->second);
      account(at->second, +1);
    }
    join_all(begin, end);
  }

  const Areas& all() const { return areas_; }
  const AreaTotals& totals() const { return totals_; }
  /// About how many host mappings the areas and the gaps between them are.
  size_t host_mappings() const { return areas_.size() + free_.count() + 1; }
  uint64_t new_origin() { return ++last_origin_; }

 private:
  Areas::const_iterator first_ending_after(uint64_t address) const;
  void split_at(uint64_t address);
  /// Joins the areas that meet at `address` if they are one host mapping.
  void join_at(uint64_t address);
  void join_all(uint64_t begin, uint64_t end);
  void decide_origin(Area& area);
  void account(const Area& area, int sign);

  Areas areas_;
  FreeRanges free_;
  AreaTotals totals_;
  uint64_t last_origin_ = 0;
};

}  // namespace lindvm
