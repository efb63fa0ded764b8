#pragma once
// What the parts of the address map's implementation share. Included by them only.

#include <cerrno>

#include "memory/address_map.h"

namespace lindvm {

inline constexpr uint32_t k_area_lock_mask = k_area_locked | k_area_locked_on_fault;

/// Rounds up to pages; no address of a guest overflows it.
constexpr uint64_t page_up(uint64_t bytes) { return (bytes + k_guest_page - 1) & ~(k_guest_page - 1); }

template <class Visit>
int AddressMap::visit(uint64_t begin, uint64_t end, Holes holes, Visit&& visit) {
  int result = 0;
  uint64_t expected = begin;
  // The visitor changes areas, so it is given copies.
  for (const Area& area : areas_.within(begin, end)) {
    if (area.begin != expected) result = -ENOMEM;
    if (result != 0 && holes == Holes::stop) return result;
    if (int error = visit(area); error != 0) return error;
    expected = area.end;
  }
  return expected != end ? -ENOMEM : result;
}

}  // namespace lindvm
