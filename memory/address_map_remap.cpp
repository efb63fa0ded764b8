// mremap(2) of the address map. The order of checks is Linux's, since it decides which error a guest sees.

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "memory/address_map_parts.h"
#include "memory/os/host_pages.h"

namespace lindvm {

struct AddressMap::Move {
  uint64_t begin;
  uint64_t old_length;
  uint64_t new_length;
  uint32_t flags;
  uint64_t to;

  bool names_place() const { return flags & (MREMAP_FIXED | MREMAP_DONTUNMAP); }
  bool grows() const { return new_length > old_length; }
  uint64_t old_end() const { return begin + old_length; }
};

namespace {

constexpr uint32_t k_known_flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;

/// A range that may be several host mappings: halves are moved where the whole is refused for that.
int move_host(std::byte* from, std::byte* to, uint64_t bytes) {
  int error = host_pages::move(from, to, bytes);
  if (error != -EFAULT || bytes == k_guest_page) return error == -EFAULT ? -ENOMEM : error;
  uint64_t half = page_up(bytes / 2);
  if (error = move_host(from, to, half); error != 0) return error;
  error = move_host(from + half, to + half, bytes - half);
  if (error != 0) move_host(to, from, half);
  return error;
}

/// Of the area's file, `distance` beyond its begin.
uint64_t offset_at(const Area& area, uint64_t address) {
  return area.has_file() ? area.offset + (address - area.begin) : 0;
}

/// More of the same, somewhere.
Area like(const Area& area, uint64_t begin, uint64_t end, uint64_t offset) {
  Area more = area;
  more.begin = begin;
  more.end = end;
  more.offset = offset;
  more.origin = more.shift = 0;
  return more;
}

}  // namespace

int64_t AddressMap::remap(uint64_t begin, uint64_t old_length, uint64_t new_length, uint32_t flags,
                          uint64_t new_begin) {
  if (old_length > end_) old_length = end_;  // more than any area
  if (new_length > end_) return -EINVAL;
  Move move{begin, page_up(old_length), page_up(new_length), flags, new_begin};
  std::lock_guard lock(mutex_);
  if (int error = check_move(move); error != 0) return error;
  Area area;
  if (int error = check_source(move, area); error != 0) return error;
  if (!move.names_place() && !move.grows()) {
    if (move.old_end() > end_) return -EINVAL;
    int error = move.old_length > move.new_length ? remove(begin + move.new_length, move.old_end()) : 0;
    return error != 0 ? error : static_cast<int64_t>(begin);
  }
  if (move.old_length == 0) return duplicate(move, area);
  if (!move.names_place()) {
    int64_t grown = remap_in_place(move, area);
    if (grown != -ENOMEM || !(flags & MREMAP_MAYMOVE)) return grown;
  }
  return move_to(move, area);
}

int AddressMap::check_move(Move& move) const {
  if (move.flags & ~k_known_flags) return -EINVAL;
  if (move.flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(move.flags & MREMAP_MAYMOVE)) return -EINVAL;
  if (move.begin % k_guest_page != 0 || move.new_length == 0) return -EINVAL;
  if (move.flags & MREMAP_DONTUNMAP && move.old_length != move.new_length) return -EINVAL;
  if (!move.names_place()) return 0;
  if (move.flags & MREMAP_FIXED) {
    if (move.to % k_guest_page != 0 || move.to > end_ - move.new_length) return -EINVAL;
    if (move.to < k_guest_page) return -EPERM;  // NULL
    if (move.old_end() > move.to && move.to + move.new_length > move.begin) return -EINVAL;
  }
  return has_room_for_mappings(6) ? 0 : -ENOMEM;
}

/// Finds the area that is to change, as the guest sees it, and whether it may.
int AddressMap::check_source(const Move& move, Area& area) const {
  const Area* found = areas_.find(move.begin);
  if (!found) return -EFAULT;
  area = *found;
  if (!move.names_place() && !move.grows()) return 0;
  if (move.old_length == 0 && !area.is_shared()) return -EINVAL;
  uint64_t wanted = move.begin + std::min(move.old_length, move.new_length);
  while (area.end <= wanted) {
    const Area* next = areas_.find(area.end);
    if (!next || !area.continues_as(*next)) break;
    area.end = next->end;
  }
  if (area.end < wanted) return -EFAULT;
  uint64_t more = move.grows() ? move.new_length - move.old_length : 0;
  return more != 0 ? check_growth(area, more) : 0;
}

int AddressMap::check_growth(const Area& area, uint64_t more_bytes) const {
  if (area.flags & k_area_locked && areas_.totals().locked + more_bytes > limits_.locked) return -EAGAIN;
  return check_limits(like(area, area.begin, area.begin + more_bytes, area.offset), 0);
}

/// An old length of zero asks for a second mapping of what is shared.
int64_t AddressMap::duplicate(Move& move, Area area) {
  if (!(move.flags & MREMAP_MAYMOVE)) return -ENOMEM;
  int64_t placed = move.flags & MREMAP_FIXED ? static_cast<int64_t>(move.to) : find_space(0, move.new_length);
  if (placed < 0) return placed;
  uint64_t to = static_cast<uint64_t>(placed);
  Area copy = like(area, to, to + move.new_length, offset_at(area, move.begin));
  int error = add(std::move(copy), false);
  return error != 0 ? error : placed;
}

int64_t AddressMap::remap_in_place(const Move& move, const Area& area) {
  uint64_t end = move.begin + move.new_length;
  if (area.end != move.old_end() || end > end_ || !areas_.is_free(area.end, end)) return -ENOMEM;
  int error = add(like(area, area.end, end, offset_at(area, area.end)), false);
  return error != 0 ? error : static_cast<int64_t>(move.begin);
}

int64_t AddressMap::move_to(Move& move, const Area& area) {
  bool is_fixed = move.flags & MREMAP_FIXED, keeps_source = move.flags & MREMAP_DONTUNMAP;
  if (keeps_source && areas_.totals().mapped + move.new_length > limits_.address_space) return -ENOMEM;
  if (is_fixed && !areas_.is_free(move.to, move.to + move.new_length)) {
    if (int error = remove(move.to, move.to + move.new_length); error != 0) return error;
  }
  if (move.old_length > move.new_length) {
    if (int error = remove(move.begin + move.new_length, move.old_end()); error != 0) return error;
    move.old_length = move.new_length;
  }
  uint64_t hint = keeps_source ? move.to : 0;
  int64_t placed = is_fixed ? static_cast<int64_t>(move.to) : find_space(hint, move.new_length);
  if (placed < 0) return placed;
  uint64_t to = static_cast<uint64_t>(placed);
  if (move.grows()) {
    uint64_t tail = to + move.old_length;
    Area more = like(area, tail, to + move.new_length, offset_at(area, move.old_end()));
    if (int error = add(std::move(more), false); error != 0) return error;
  }
  int error = move_pages(move.begin, to, move.old_length, keeps_source);
  if (error != 0 && move.grows()) remove(to + move.old_length, to + move.new_length);
  return error != 0 ? error : placed;
}

int AddressMap::move_pages(uint64_t from, uint64_t to, uint64_t length, bool keeps_source) {
  std::vector<Area> pieces = areas_.within(from, from + length);
  uint64_t distance = to - from;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Area& piece = pieces[i];
    int error = move_host(host(piece.begin), host(piece.begin + distance), piece.bytes());
    if (error == 0) continue;
    for (size_t undo = 0; undo < i; ++undo) {
      move_host(host(pieces[undo].begin + distance), host(pieces[undo].begin), pieces[undo].bytes());
    }
    host_pages::release(host(to), length);
    return error;
  }
  if (!keeps_source) {
    remove(from, from + length);
  } else {
    areas_.change(from, from + length, [](Area& area) { area.flags &= ~k_area_lock_mask; });
  }
  for (Area& piece : pieces) {
    piece.begin += distance;
    piece.end += distance;
    piece.shift += distance;
    areas_.insert(std::move(piece));
  }
  note_usage();
  return 0;
}

}  // namespace lindvm
